// Sign-up, log-in, codes, passwords, profile, languages.
import assert from 'node:assert/strict';
import { check, serve, world } from './support/browser.js';
import { ways } from './support/person.js';
import { newEmail, newPhone, password } from './support/server.js';

serve();

const wrongCode = code => (code === '000000' ? '000001' : '000000');

check('sign up, log out, log in', ways, async p => {
  await p.open('/');
  await p.follow('sign_up');
  await p.fillAndSend({ email: 'ann', password: 'short', confirmPassword: 'other' },
    'sign_up_submit');
  assert.equal(p.status, 400);
  await p.refuses('email', 'password', 'confirmPassword');
  assert.equal(await p.page.locator('#f-email').inputValue(), 'ann');
  const email = newEmail();
  await p.fillAndSend({ email, password, confirmPassword: password }, 'sign_up_submit');
  assert.equal(p.path, '/');
  await p.notice('done_welcome');
  await p.press('log_out', p.page.locator('header'));
  await p.notice('done_logged_out');
  await p.follow('log_in');
  await p.fillAndSend({ email, password: 'wrong horse battery' }, 'log_in_submit');
  assert.equal(p.status, 401);
  await p.refuses();
  await p.fillAndSend({ password }, 'log_in_submit');
  assert.equal(p.path, '/');
  await p.notice('done_welcome');
  await p.link('profile').waitFor();
});

check('log in by a code, and go where one wanted to', ways, async p => {
  const phone = newPhone();
  await p.open('/mine');
  assert.equal(p.path, '/login');
  await p.follow('code_log_in_instead');
  await p.fillAndSend({ phone: '12' }, 'send_code');
  await p.refuses('phone');
  await p.fillAndSend({ phone }, 'send_code');
  await p.says('code_sent', phone.replace(/^(...)(...)(....)(....)$/, '$1 $2 $3 $4'));
  const field = p.page.locator('#f-code');
  assert.equal(await field.getAttribute('inputmode'), 'numeric');
  assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
  const again = p.button('resend_code');
  assert.equal(await again.isDisabled(), p.script, 'a countdown where there is a script');
  const code = await p.server.codeFor(phone);
  await p.fillAndSend({ code: wrongCode(code) }, 'code_enter_submit');
  assert.equal(p.status, 401);
  await p.refuses(...(await p.page.locator('[aria-invalid]').count() ? ['code'] : []));
  await p.fillAndSend({ code: ` ${code.slice(0, 3)} ${code.slice(3)} ` }, 'code_enter_submit');
  assert.equal(p.path, '/mine');
});

check('bind a phone, then a new password by a code', ways, async p => {
  const phone = newPhone();
  const { email } = (await p.be(await p.server.account())).account;
  await p.open('/profile');
  await p.follow('bind_phone');
  await p.fillAndSend({ phone }, 'send_code');
  await p.fillAndSend({ code: await p.server.codeFor(phone) }, 'bind_submit');
  await p.notice('done_phone_bound');
  assert.ok((await p.page.locator('main').innerText()).includes(phone));
  await p.press('log_out', p.page.locator('header'));
  await p.open('/login');
  await p.follow('forgot_password');
  await p.fillAndSend({ phone }, 'send_code');
  await p.server.printed(`(SMS to \\${phone}[^]*){2}`);
  const code = await p.server.codeFor(phone);
  await p.fillAndSend({ code: '1', password: 'short' }, 'new_password_submit');
  await p.refuses('code', 'password');
  const next = 'another horse battery';
  await p.fillAndSend({ code, password: next }, 'new_password_submit');
  await p.notice('done_password_changed');
  await p.fillAndSend({ email, password: next }, 'log_in_submit');
  assert.equal(p.path, '/');
});

check('a new password of who has no e-mail leads to the log-in by a code', ways, async p => {
  const phone = newPhone();
  await p.open('/login/code');
  await p.fillAndSend({ phone }, 'send_code');
  await p.fillAndSend({ code: await p.server.codeFor(phone) }, 'code_enter_submit');
  await p.press('log_out', p.page.locator('header'));
  await p.open('/password/new');
  await p.fillAndSend({ phone }, 'send_code');
  await p.server.printed(`(SMS to \\${phone}[^]*){2}`);
  await p.fillAndSend({ code: await p.server.codeFor(phone), password: 'another horse battery' },
    'new_password_submit');
  assert.equal(p.path, '/login/code');
  await p.notice('done_password_changed');
});

check('profile: see, edit, change the password, log out here', ways, async p => {
  await p.be(await p.server.account('Ann'));
  await p.open('/');
  await p.follow('profile');
  await p.says('not_given');
  await p.follow('edit_profile');
  await p.fillAndSend({ nickname: 'n'.repeat(11), birthday: '1990-02-30', aboutMe: 'I <write>.' },
    'save');
  await p.refuses('nickname', 'birthday');
  await p.fillAndSend({ nickname: 'Anna', birthday: '1990-02-28' }, 'save');
  await p.notice('done_profile_saved');
  const seen = await p.page.locator('main').innerText();
  for (const text of ['Anna', '1990-02-28', 'I <write>.', p.account.email])
    assert.ok(seen.includes(text), text);
  await p.follow('change_password');
  await p.fillAndSend({ oldPassword: 'wrong horse battery', password: 'another horse battery' },
    'change_password');
  assert.ok(p.status === 401 || p.status === 400);
  await p.fillAndSend({ oldPassword: password, password: 'another horse battery' },
    'change_password');
  await p.notice('done_password_changed');
  assert.equal(p.path, '/security');
  await p.press('log_out_here');
  await p.notice('done_logged_out');
});

check('account: prove who it is, see what happened, leave, and come back', ways, async p => {
  await p.be(await p.server.account('Ann'));
  await p.open('/security/prove?next=/profile');
  await p.fillAndSend({ password: 'wrong horse battery' }, 'prove_submit');
  await p.refuses('password');
  await p.fillAndSend({ password }, 'prove_submit');
  await p.notice('done_proved');
  assert.equal(p.path, '/profile');
  await p.open('/security');
  for (const key of ['event_log_in', 'event_step_up', 'event_step_up_failed']) await p.says(key);
  await p.follow('delete_account');
  await p.press('delete_account_submit');
  await p.notice('done_account_leaves');
  assert.equal(p.path, '/');
  await p.open('/login');
  await p.fillAndSend({ email: p.account.email, password }, 'log_in_submit');
  await p.notice('done_account_stays');
  await p.open('/security');
  for (const key of ['event_account_restored', 'event_deletion_asked']) await p.says(key);
});

check('who is banned takes the data along, leaves, and comes back', ways, async p => {
  const { account } = await p.be(await p.server.account('Ann'));
  const { email } = account;
  await p.server.act(`/admin/users/${account.id}/ban`);
  const enter = async () => {
    await p.open('/login');
    await p.fillAndSend({ email, password }, 'log_in_submit');
    assert.equal(p.path, '/banned');
    await p.says('banned_title');
    await p.link('log_in').waitFor();
  };
  await enter();
  assert.equal((await p.download('export')).account.email, email);
  await p.open('/');
  await p.open('/write');
  assert.equal(p.path, '/banned');
  assert.equal((await p.download('export')).account.email, email);
  await p.follow('delete_account');
  await p.follow('cancel');
  assert.equal(p.path, '/banned');
  await p.follow('delete_account');
  await p.press('delete_account_submit');
  await p.notice('done_account_leaves');
  await enter();
  await p.notice('done_deletion_taken_back');
  await p.press('log_out');
  await p.notice('done_logged_out');
  await p.open('/banned');
  assert.equal(p.path, '/login');
  await enter();
  await p.server.act(`/admin/users/${account.id}/unban`);
  await p.follow('delete_account');
  assert.equal(p.path, '/login');
  await p.notice('done_ban_lifted');
  await p.open('/banned');
  await p.fillAndSend({ email, password }, 'log_in_submit');
  assert.equal(p.path, '/security');
});

check('the own data may be had once more, on a page that stays', [{}], async p => {
  await p.page.clock.install();
  await p.be(await p.server.account());
  await p.open('/security');
  for (let i = 0; i < 2; ++i) {
    assert.equal((await p.download('export')).account.email, p.account.email);
    await p.page.clock.runFor(1000);
  }
});

check('each language is chosen by its own name, and kept', ways, async p => {
  await p.open('/signup');
  const html = p.page.locator('html');
  assert.equal(await html.getAttribute('lang'), p.lang);
  const [name, lang] = p.lang === 'en' ? ['中文', 'zh-CN'] : ['English', 'en'];
  await p.follow(p.page.getByRole('link', { name, exact: true }));
  assert.equal(p.path, '/signup');
  p.lang = lang;
  assert.equal(await html.getAttribute('lang'), lang);
  await p.follow('home');
  assert.equal(await html.getAttribute('lang'), lang);
});

check('the code field takes what is pasted, and the button counts down', [{}], async p => {
  await p.page.clock.install();
  const phone = newPhone();
  await p.open('/login/code');
  await p.fillAndSend({ phone }, 'send_code');
  await p.page.locator('#f-code').fill('１２ 3-4 56');
  assert.equal(await p.page.locator('#f-code').inputValue(), '123456');
  const again = p.button('resend_code');
  assert.ok(await again.isDisabled());
  const { clock } = p.page;
  await clock.pauseAt(await p.page.evaluate(() => Date.now() + 5000));
  await clock.runFor(250);
  const left = await p.page.locator('[data-wait]').innerText();
  await clock.runFor((Number(left.match(/\d+/)[0]) - 1) * 1000);
  await p.says('resend_wait', 1);
  await p.page.clock.runFor(2000);
  assert.ok(await again.isEnabled());
  assert.equal(world.server.messagesTo(phone), 1);
});
