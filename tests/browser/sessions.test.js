// Sessions that are renewed, end and are left; forms that are sent twice.
import assert from 'node:assert/strict';
import { check, serve } from './support/browser.js';
import { withAndWithoutScript } from './support/person.js';
import { newEmail, newPhone, password } from './support/server.js';

// The back button shows pages from memory, as it does for people.
serve(['sessions.access_lifetime=2s', 'sessions.refresh_grace=1s'],
  { hold: 250, ignoreDefaultArgs: ['--disable-back-forward-cache'] });

const sessionOf = async p =>
  (await p.context.cookies()).find(one => one.name === 'tb_session')?.value;
const endElsewhere = async p => {
  const refresh = (await sessionOf(p)).split('~')[1];
  const { access } = await p.server.call('/users/refresh_token', undefined, refresh);
  await p.server.call('/users/logout', {}, access);
};

check('tabs that load at once while the session is renewed stay logged in', [{}], async p => {
  await p.be(await p.server.account());
  const tabs = [p.page];
  while (tabs.length < 4) tabs.push(await p.context.newPage());
  const seen = new Set();
  for (const end = Date.now() + 30000; seen.size < 4 && Date.now() < end;) {
    await Promise.all(tabs.map(async tab => {
      const answer = await tab.goto('/profile');
      assert.equal(answer.status(), 200);
      assert.equal(new URL(tab.url()).pathname, '/profile');
    }));
    seen.add(await sessionOf(p));
  }
  assert.ok(seen.size >= 4, 'renewed three times');
});

check('the back button shows nothing personal after a log-out', withAndWithoutScript, async p => {
  await p.be(await p.server.account('Secretive'));
  await p.open('/profile');
  const { email } = p.account;
  assert.ok((await p.page.content()).includes(email));
  await p.follow('mine');
  await p.press('log_out', p.page.locator('header'));
  for (let back = 0; back < 2; ++back) {
    await p.page.goBack({ waitUntil: 'load' });
    const html = await p.page.content();
    assert.ok(!html.includes(email) && !html.includes('action="/logout"'), p.page.url());
  }
});

check('what was written outlives the session', withAndWithoutScript, async p => {
  await p.be(await p.server.account());
  await p.open('/write');
  const words = 'My words & yours.\n\nAll of < them.';
  await p.fill({ title: 'Kept', content: words });
  await endElsewhere(p);
  await p.press('publish');
  assert.equal(p.status, 401);
  await p.says('kept_text');
  const { email } = p.account;
  await p.fillAndSend({ email, password: 'wrong horse battery' }, 'log_in_submit');
  assert.equal(p.status, 401);
  await p.says('kept_text');
  await p.fillAndSend({ email, password }, 'log_in_submit');
  await p.says('kept_go_on', email);
  await p.says('article_title');
  await p.press('send_again');
  assert.match(p.path, /^\/read\/\d+$/);
  await p.follow('edit');
  assert.equal(await p.page.locator('#f-content').inputValue(), words);
});

check('what was typed as somebody else is looked at before it is sent', withAndWithoutScript,
  async p => {
    await p.be(await p.server.account('Ann'));
    await p.open('/profile/edit');
    await p.fill({ nickname: 'Typed' });
    await p.be(await p.server.account('Bob'));
    await p.press('save');
    assert.equal(p.status, 403);
    await p.says('form_expired');
    assert.equal(await p.page.locator('#f-nickname').inputValue(), 'Typed');
    const other = await p.context.newPage();
    await other.goto('/profile');
    assert.ok((await other.locator('main').innerText()).includes('Bob'), 'nothing was saved');
    await p.press('save');
    await p.notice('done_profile_saved');
  });

check('a password is in no page, even where the session has ended', withAndWithoutScript,
  async p => {
    await p.be(await p.server.account());
    await p.open('/profile/password');
    await p.fill({ oldPassword: password, password: 'another horse battery' });
    await endElsewhere(p);
    await p.press('change_password');
    assert.equal(p.status, 401);
    assert.ok(!(await p.page.content()).includes('horse battery'));
  });

check('a second tab replaces nothing unseen', withAndWithoutScript, async p => {
  const { page: first } = await p.be(await p.server.account());
  const second = await p.context.newPage();
  await p.open('/write');
  await p.fillAndSend({ title: 'T', content: 'one' }, 'save_draft');
  const { path } = p;
  p.page = second;
  await p.open(path);
  p.page = first;
  await p.fillAndSend({ content: 'from the first tab' }, 'save_draft');
  await p.notice('done_saved');
  p.page = second;
  await p.fillAndSend({ content: 'from the second tab' }, 'save_draft');
  assert.equal(p.status, 409);
  await p.says('conflict_text');
  assert.equal(await second.locator('#f-content').inputValue(), 'from the second tab');
  p.page = first;
  await p.open(path);
  assert.equal(await first.locator('#f-content').inputValue(), 'from the first tab');
  p.page = second;
  await p.press('save_draft');
  await p.notice('done_saved');
});

/// The answer to the first press is still under way at the second one; then waits for the
/// page that comes.
async function doubleClick(p, key, within = p.page.locator('main')) {
  const { page } = p;
  const from = await page.locator('html').elementHandle();
  await within.getByRole('button', { name: p.t(key), exact: true }).dblclick({ delay: 20 });
  await from.waitForElementState('hidden').catch(() => {}); // Its page is gone.
  await page.waitForLoadState();
}

check('a double click does it once', withAndWithoutScript, async p => {
  const email = newEmail();
  const phone = newPhone();
  await p.open('/signup');
  await p.fill({ email, password, confirmPassword: password });
  await doubleClick(p, 'sign_up_submit');
  assert.equal(p.path, '/', 'sign up');

  await p.open('/write');
  await p.fill({ title: 'Once', content: 'c' });
  await doubleClick(p, 'publish');
  assert.match(p.path, /^\/read\/\d+$/, 'publish');
  const read = p.path;
  const id = read.split('/')[2];
  await p.open('/mine');
  assert.equal(await p.page.locator('.rows > li').count(), 1, 'publish');

  await p.open('/profile/edit');
  await p.fill({ nickname: 'Twice' });
  await doubleClick(p, 'save');
  await p.notice('done_profile_saved');

  await p.open('/profile/phone');
  await p.fill({ phone });
  await doubleClick(p, 'send_code');
  assert.equal(p.path, '/profile/phone/enter', 'send a code');
  await p.fill({ code: await p.server.codeFor(phone) });
  assert.equal(p.server.messagesTo(phone), 1, 'send a code');
  await doubleClick(p, 'bind_submit');
  await p.open('/profile');
  assert.ok((await p.page.locator('main').innerText()).includes(phone), 'bind the phone');

  await p.open(read);
  await p.button('like').dblclick({ delay: 20 });
  await p.page.locator('form', { hasText: p.t('likes', 1) }).waitFor();
  await p.button('collect').dblclick({ delay: 20 });
  await p.button('in_collection').waitFor();
  await p.open(read);
  await p.says('likes', 1);
  await p.says('collects', 1);

  await p.open('/profile/password');
  await p.fill({ oldPassword: password, password: 'another horse battery' });
  await doubleClick(p, 'change_password');
  await p.be({ email, ...await p.server.call('/users/login',
    { email, password: 'another horse battery' }) });

  await p.open(`/write/${id}`);
  await doubleClick(p, 'withdraw');
  await p.notice('done_withdrawn');
  await p.open(`/write/${id}/delete`);
  await doubleClick(p, 'delete_submit');
  await p.notice('done_deleted');
  await doubleClick(p, 'log_out', p.page.locator('header'));
  await p.notice('done_logged_out');
  await p.open('/login');
  await p.fill({ email, password: 'another horse battery' });
  await doubleClick(p, 'log_in_submit');
  assert.equal(p.path, '/', 'log in');
});

// What another site can make the browser of one who is logged in send: forms of every type,
// and requests by script.
check('the page of another site posts nothing', [{}], async p => {
  await p.be(await p.server.account());
  const { address } = p;
  const foreign = await p.context.newPage();
  await foreign.route('http://other.example/**', route => route.fulfill({
    contentType: 'text/html',
    body: `<form method=post><input name='{"email":"x@y.org","password":"' value='"}'></form>`,
  }));
  const refused = async path => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      await foreign.goto('http://other.example/');
      const [answer] = await Promise.all([
        foreign.waitForNavigation(),
        foreign.evaluate(([action, enctype]) => {
          Object.assign(document.forms[0], { action, enctype }).submit();
        }, [address + path, type]),
      ]);
      assert.equal(answer.status(), 403, `${path} as ${type}`);
    }
  };
  for (const path of ['/users/login', '/users/signup', '/users/logout', '/login', '/logout'])
    await refused(path);
  await foreign.goto('http://other.example/');
  const sent = (path, options) => foreign.evaluate(
    ([to, more]) => fetch(to, { method: 'POST', credentials: 'include', ...more })
      .then(answer => answer.type, () => 'kept from the page'),
    [address + path, options]);
  const headers = { 'Content-Type': 'application/json' };
  assert.equal(await sent('/users/logout', { headers, body: '{}' }), 'kept from the page');
  assert.equal(await sent('/users/logout', { body: '{}' }), 'kept from the page');
  await foreign.close();
  p.faults.length = 0; // What the browser tells of the other page.
  await p.open('/profile');
  assert.equal(p.status, 200);
});
