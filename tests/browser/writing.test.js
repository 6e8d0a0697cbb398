// Writing, reading, likes, collections, the own articles, the ranking.
import assert from 'node:assert/strict';
import { check, serve } from './support/browser.js';
import { ways } from './support/person.js';

serve();

check('draft, preview, publish, edit, withdraw, delete', ways, async p => {
  const { page } = await p.be(await p.server.account());
  await p.open('/');
  await p.follow('write');
  await p.press('publish');
  assert.equal(p.status, 400);
  await p.refuses('title', 'content');
  const words = 'First & < best.\n\nSecond paragraph.';
  await p.fill({ title: 'On <tea>', content: words });
  await p.press('preview');
  await p.says('preview_heading');
  assert.equal(await page.locator('.preview .article p').count(), 2);
  assert.equal(await page.locator('#f-content').inputValue(), words);
  await p.press('save_draft');
  await p.notice('done_saved');
  const written = p.path;
  await p.press('publish');
  await p.notice('done_published');
  const read = p.path;
  assert.equal(await page.locator('h1').innerText(), 'On <tea>');
  await p.follow('edit');
  assert.equal(p.path, written);
  await p.press('withdraw');
  await p.notice('done_withdrawn');
  await p.says('status_withdrawn');
  await p.open(read);
  assert.equal(p.status, 404);
  await p.says('not_found_heading');
  await p.open(written);
  await p.follow('delete');
  await p.follow('cancel');
  assert.equal(p.path, written);
  await p.follow('delete');
  await p.press('delete_submit');
  await p.notice('done_deleted');
  await p.says('mine_empty');
});

check('read, like and collect; with a script on the same page', ways, async p => {
  const author = await p.server.account('Author');
  const title = `Tea ${author.email}`;
  await p.server.publish(author, title);
  await p.open('/');
  await p.follow(p.page.locator('.item').getByRole('link', { name: title }));
  const read = p.path;
  await p.follow('like');
  assert.equal(p.path, '/login');
  const { email } = await p.server.account();
  await p.fillAndSend({ email, password: 'correct horse battery' }, 'log_in_submit');
  assert.equal(p.path, read);
  for (const [key, then, pressed, text] of [['like', 'like', 'true', p.t('likes', 1)],
    ['collect', 'in_collection', null, p.script ? p.t('done_collected') : p.t('collects', 1)],
    ['like', 'like', 'false', p.t('likes', 0)]]) {
    const loaded = p.page.waitForEvent('load', { timeout: 1000 }).then(() => true, () => false);
    await p.touch(p.button(key));
    if (!p.script) assert.ok(await loaded);
    const button = p.button(then);
    await p.page.locator('form', { has: button, hasText: text }).waitFor();
    if (p.script) assert.equal(await loaded, false);
    assert.equal(await button.getAttribute('aria-pressed'), pressed);
    assert.equal(await button.isDisabled(), pressed === null);
  }
});

check('the own articles, page by page', ways.slice(0, 2), async p => {
  const { account, page } = await p.be(await p.server.account());
  for (let i = 0; i < 21; ++i)
    await p.server.call('/articles/edit', { title: `Draft ${i}`, content: 'c' }, account.access);
  await p.open('/');
  await p.follow('mine');
  const rows = page.locator('.rows > li');
  assert.equal(await rows.count(), 20);
  await p.follow('older');
  assert.equal(await rows.count(), 1);
  await p.follow('newer');
  assert.equal(await rows.count(), 20);
});

/// Loads the page until it shows what is looked for: the ranking is a second behind.
async function until(p, path, shown) {
  for (const end = Date.now() + 20000; Date.now() < end;) {
    await p.open(path);
    if (await shown()) return;
  }
  assert.fail(`${path} does not show it`);
}

check('the ranking, and where one stands in it', ways, async p => {
  const { account, page } = await p.be(await p.server.account('Best'));
  const title = `Milk ${account.email}`;
  await p.open('/ranking');
  await p.says('places_none');
  const id = await p.server.publish(account, title);
  for (let i = 0; i < 3; ++i)
    await p.server.call('/articles/like', { id, like: true },
      (await p.server.account()).access);
  const row = page.locator('.board ol li', { hasText: title });
  const place = page.locator('.places li', { hasText: title });
  // A like may arrive between the two.
  await until(p, '/ranking', async () => await row.count() && await place.count()
    && await place.innerText() === p.t('rank_of', title, await row.locator('.rank').innerText()));
  assert.match(await row.getAttribute('class'), /own/);
  assert.equal(await page.locator('[data-pause]').isVisible(), p.script);
  await p.follow('board_day');
  assert.equal(await p.link('board_day').getAttribute('aria-current'), 'true');
  assert.ok(await row.count());
  await p.follow(row.getByRole('link'));
  assert.equal(p.path, `/read/${id}`);
});

check('the ranking follows by itself, and can be told to rest', [{}], async p => {
  const author = await p.server.account('Quick');
  const id = await p.server.publish(author, `Fast ${author.email}`);
  await p.be(author);
  await p.page.clock.install();
  await p.open('/ranking');
  await p.says('places_none');
  const row = p.page.locator('.board ol li', { hasText: author.email });
  const poll = await p.page.locator('.board').getAttribute('data-poll');
  await p.server.call('/articles/like', { id, like: true }, author.access);
  for (const end = Date.now() + 20000; !await row.count() && Date.now() < end;) {
    const polled = p.page.waitForResponse(answer => answer.url().endsWith(poll));
    await p.page.clock.runFor(5000);
    await polled;
  }
  assert.ok(await row.count());
  // The own places are of the same moment.
  const rank = await row.locator('.rank').innerText();
  assert.equal(await p.page.locator('.places li').innerText(),
    p.t('rank_of', `Fast ${author.email}`, rank));
  await p.touch(p.button('pause_updates'));
  let asked = 0;
  p.page.on('request', () => { ++asked; });
  await p.page.clock.runFor(20000);
  assert.equal(asked, 0);
  assert.ok(await p.button('resume_updates').isVisible());
});
