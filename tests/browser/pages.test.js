// Every page in every state: accessible, in both themes and languages, narrow and wide; light.
import assert from 'node:assert/strict';
import { check, serve, world } from './support/browser.js';
import { inspect } from './support/inspect.js';
import { all } from './support/person.js';
import { fillServer, memberScenes, visitorScenes } from './support/scenes.js';

serve([], { fill: fillServer });

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
    if (member) await p.be(await p.server.account());
    await inspect(p, () => show(p, world.content));
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
