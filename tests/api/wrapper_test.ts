// The wrapper of docs/clients.md against a server: node wrapper_test.mjs ADDRESS
import assert from "node:assert/strict";
import type { components, paths } from "./api";
import { connect, Refused } from "./wrapper.js";

type Schemas = components["schemas"];
const real = globalThis.fetch;
const asked: string[] = [];

/** The next request gets `answer` in place of the server's. */
function answerOnce(answer: Response) {
  globalThis.fetch = async (to) => {
    asked.push(String(to));
    globalThis.fetch = real;
    return answer;
  };
}

function refusal(status: number, error: Schemas["Error"]["error"], headers = {}) {
  const said: Schemas["Error"] = { code: 2002, error, msg: "", data: null, fields: [], requestId: "" };
  return new Response(JSON.stringify(said), { status, headers });
}

const base = process.argv[2];
const tokens = { access: "", refresh: "" };
const call = connect(base, tokens);
const who: Schemas["LogInRequest"] = { email: "wrapper@example.org", password: "correct horse" };

// What is wrong with each field.
const short: Schemas["SignUpRequest"] = { email: "nobody", password: "short", confirmPassword: "short" };
await assert.rejects(call("/users/signup", short), (refused: Refused) => {
  assert.deepEqual(Object.keys(refused.fields).sort(), ["email", "password"]);
  assert.equal(refused.why.error, "invalid_field");
  return true;
});

// Tokens are kept.
await call<Schemas["SignedUpAnswer"]>("/users/signup", { ...who, confirmPassword: who.password });
await call<Schemas["Done"]>("/users/login", who);
const profile = await call<Schemas["Profile"]>("/users/profile");
assert.equal(profile.Email, who.email);

// An expired token is traded for a new one, and the request sent again.
const before = { ...tokens };
answerOnce(refusal(401, "token_expired"));
assert.deepEqual(await call<Schemas["Profile"]>("/users/profile"), profile);
assert.notEqual(tokens.refresh, before.refresh);

// Only once.
const pages: (keyof paths)[] = ["/users/profile"];
globalThis.fetch = async () => refusal(401, "token_expired");
await assert.rejects(call(pages[0]), (refused: Refused) => refused.why.error === "token_expired");
globalThis.fetch = real;

// Retry-After is honoured, and told where it is long. No test waits.
const setTimer = globalThis.setTimeout;
const waits: (number | undefined)[] = [];
globalThis.setTimeout = ((wake: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
  waits.push(ms);
  return setTimer(wake, ms === 2000 ? 0 : ms, ...given); // fetch has timers of its own.
}) as typeof setTimeout;
answerOnce(refusal(503, "overloaded", { "Retry-After": "2" }));
await call<Schemas["BoardAnswer"]>("/articles/rank/10");
globalThis.setTimeout = setTimer;
assert.ok(waits.includes(2000));
answerOnce(refusal(429, "send_cooldown", { "Retry-After": "60" }));
await assert.rejects(call("/articles/rank/10"), (refused: Refused) => refused.retryAfter === 60);
