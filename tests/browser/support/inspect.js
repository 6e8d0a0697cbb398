// What holds for every page in every state.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { axeFile } from './browser.js';
import { all } from './person.js';

const axe = readFileSync(axeFile, 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/// What axe finds; `rules`: only these.
async function findings(page, rules) {
  // By the debugger, which no policy binds.
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
  const { violations, incomplete } = await page.evaluate(
    runOnly => axe.run(document, { runOnly, resultTypes: ['violations', 'incomplete'] }),
    rules ? { type: 'rule', values: rules } : { type: 'tag', values: tags });
  assert.ok(violations && incomplete);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(one => `${id}: ${one.html.slice(0, 200)} ${one.failureSummary}`));
}

const overflow = page => page.evaluate(() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [`${root.scrollWidth} pixels wide`, ...[...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > root.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 100))];
});

/// `show` leads to the page; it is looked at in both themes and at three widths.
export async function inspect(p, show) {
  p.leaves = true;
  let html;
  p.page.on('response', answer => {
    if (answer.request().resourceType() === 'document') html = answer;
  });
  await show();
  const { responseBodySize } = await html.request().sizes();
  const most = html.url().endsWith('/docs') ? 8 : 6;
  assert.ok(responseBodySize <= most * 1024, `HTML: ${responseBodySize} bytes`);
  assert.deepEqual(await findings(p.page), []);
  await p.page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  assert.deepEqual(await findings(p.page, all ? undefined : ['color-contrast']), []);
  const { width } = p.page.viewportSize();
  for (const narrow of [width, 360, 320]) {
    await p.page.setViewportSize({ width: narrow, height: 800 });
    assert.deepEqual(await overflow(p.page), [], `scrolls sideways at ${narrow}`);
    const head = await p.page.evaluate(() => document.querySelector('.top').offsetHeight);
    assert.ok(head < 3 * 44, `the head has more than two rows at ${narrow}`);
  }
}
