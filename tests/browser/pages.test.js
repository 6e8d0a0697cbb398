// Every page in every state: accessible, in both themes and languages, narrow and wide; light.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { axeFile, check, serve, world } from './support/browser.js';
import { all } from './support/person.js';
import { fillServer, memberScenes, visitorScenes } from './support/scenes.js';

serve([], { fill: fillServer });
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
  return [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > root.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 100));
});

// In the usual run every page is looked at in one language, where its theme changes; the
// colours are all that a theme changes.
const looks = i => (all
  ? ['en', 'zh-CN'].flatMap(lang => [1280, 360].map(width => ({ lang, width })))
  : [{ lang: ['en', 'zh-CN'][i % 2], width: [1280, 360][(i >> 1) % 2] }]);

const scenes = [
  ...Object.entries(visitorScenes).map(([name, show]) => [name, show, false]),
  ...Object.entries(memberScenes).map(([name, show]) => [name, show, true]),
];
for (const [i, [name, show, member]] of scenes.entries())
  check(name, looks(i), async p => {
    p.leaves = true;
    let html;
    p.page.on('response', answer => {
      if (answer.request().resourceType() === 'document') html = answer;
    });
    if (member) await p.be(await p.server.account());
    await show(p, world.content);
    const { responseBodySize } = await html.request().sizes();
    assert.ok(responseBodySize <= 6 * 1024, `HTML: ${responseBodySize} bytes`);
    assert.deepEqual(await findings(p.page), []);
    await p.page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    assert.deepEqual(await findings(p.page, all ? undefined : ['color-contrast']), []);
    const { width } = p.page.viewportSize();
    for (const narrow of [width, 360, 320]) {
      await p.page.setViewportSize({ width: narrow, height: 800 });
      assert.deepEqual(await overflow(p.page), [], `scrolls sideways at ${narrow}`);
    }
  });

check('the first page is light', [{ lang: 'en' }, { lang: 'zh-CN' }], async p => {
  const sizes = new Map();
  const asked = [];
  p.page.on('requestfinished', request => asked.push(request));
  await p.open('/');
  await p.page.waitForLoadState('networkidle');
  let whole = 0;
  for (const request of asked) {
    const { responseBodySize: body, responseHeadersSize: head } = await request.sizes();
    sizes.set(request.url().split('/').at(-1) || 'html', body);
    whole += body + head;
  }
  const said = JSON.stringify([...sizes]);
  assert.ok(sizes.get('html') <= 6 * 1024, said);
  assert.ok(sizes.get('style.css') <= 4 * 1024, said);
  assert.ok(sizes.get('script.js') <= 4 * 1024, said);
  assert.ok(whole <= 14.6 * 1024, `${whole} ${said}`);
});
