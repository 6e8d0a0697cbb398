// The attacks that the cleaner is tested with, published and opened: nothing of them runs.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { check, serve } from './support/browser.js';
import { all, withAndWithoutScript } from './support/person.js';

serve(['http.max_in_flight_per_address=0']);

const tests = new URL('../', import.meta.url);
const corpus = new URL('fuzz/corpus/html/', tests);

/// Texts of C++ that hold a tag.
function literals(file) {
  const source = readFileSync(new URL(file, tests), 'utf8');
  return [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)]
    .map(([, text]) => text.replace(/\\x([0-9a-f]{2})/g, '\\u00$1').replace(/\\0/g, '\\u0000'))
    .filter(text => text.includes('<') || text.includes('&#'))
    .map(text => JSON.parse(`"${text}"`));
}
const attacks = [
  ...literals('actors/articles/html_cleaner.cpp'),
  ...readdirSync(corpus).map(name => readFileSync(new URL(name, corpus), 'utf8')),
  // What was published by others.
  '<img src=x onerror=alert(1)><a href=https://a.org onclick=alert(1)>x</a>',
  '<details open ontoggle=alert(1)>x</details><video><source onerror=alert(1)></video>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<p><a href="https://a.org/&quot; onmouseover=&quot;alert(1)" autofocus>x</a>',
  '{{{content}}}{{#x}}<b>{{/x}}',
  '<form action=/logout method=post><input name=csrf><button>x</button></form>',
];

check('nothing that an article holds runs', all ? withAndWithoutScript : [{}], async p => {
  assert.ok(attacks.length > 100, `${attacks.length} attacks`);
  const { page } = await p.be(await p.server.account());
  await p.open('/write');
  const csrf = await page.locator('form.write [name=csrf]').inputValue();
  p.leaves = true;
  let refused = 0;
  for (const [i, attack] of attacks.entries()) {
    const content = attack.replaceAll('alert(1)', 'alert(window.ran=1)');
    for (const wish of all || i % 5 === 0 ? ['preview', 'publish'] : ['publish']) {
      const answer = await page.request.post('/write', { maxRedirects: 0,
        headers: { 'Sec-Fetch-Site': 'same-origin' },
        form: { csrf, title: content.slice(0, 100) || 'x', content, do: wish, key: '' } });
      if (answer.status() === 303) await p.open(answer.headers().location);
      else if (answer.status() === 400) { ++refused; continue; }
      else assert.fail(`${answer.status()} for ${attack}`);
      assert.equal(await page.evaluate(() => window.ran), undefined, attack);
      assert.deepEqual(p.faults, [], attack);
      const odd = await page.locator('.article').evaluate(article =>
        [...article.querySelectorAll('*')].flatMap(one => [...one.attributes])
          .map(one => one.name).filter(name => /^on|^style$|^id$/.test(name)));
      assert.deepEqual(odd, [], attack);
    }
  }
  assert.ok(refused < attacks.length / 2, `${refused} refused`);
});
