// Holds an OpenAPI document to Redocly's rules: node lint.mjs openapi.json
import { createConfig, formatProblems, getTotals, lint } from "@redocly/openapi-core";

const config = await createConfig({
  extends: ["recommended-strict"],
  // tinybook has no licence yet.
  rules: { "info-license": "off" },
});
const problems = await lint({ ref: process.argv[2], config });
formatProblems(problems, { format: "codeframe", totals: getTotals(problems), version: "" });
console.log(`${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
