// An operator's widget, such as a CAPTCHA, on the pages that lead to a code or a sign-up.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { check, serve, world } from './support/browser.js';
import { Captcha, denial } from './support/captcha.js';
import { inspect } from './support/inspect.js';
import { newEmail, newPhone, password } from './support/server.js';

let captcha;
serve(async () => {
  captcha = await Captcha.start();
  world.others = [captcha.origin, captcha.parts];
  return [...captcha.settings, 'codes.resend_interval=1s'];
});
after(() => captcha?.stop());

const withScript = [{ lang: 'en' }, { lang: 'zh-CN', keyboard: true, width: 360 }];
const withoutScript = ['en', 'zh-CN'].map(lang => ({ lang, script: false }));

const solve = async p => {
  const button = p.page.frameLocator('.test-captcha iframe').getByRole('button');
  await button.waitFor();
  await p.touch(button);
  await p.page.locator('.test-captcha[data-solved]').waitFor();
};
const denied = async p => {
  assert.equal(p.status, 403);
  await p.refuses();
  const summary = p.page.locator('.wrong[role=alert]');
  assert.ok((await summary.innerText()).includes(denial));
  await summary.getByRole('link').click();
  const widget = p.page.locator('#f-test-captcha-response');
  assert.ok(await widget.evaluate(one => one === document.activeElement), 'leads to the widget');
  assert.ok((await widget.locator('.error').innerText()).includes(denial));
};

check('a sign-up needs what the widget asks for', withScript, async p => {
  const email = newEmail();
  await p.open('/signup');
  await p.fillAndSend({ email, password, confirmPassword: password }, 'sign_up_submit');
  await denied(p);
  await p.fill({ password, confirmPassword: password });
  await solve(p);
  await p.press('sign_up_submit');
  assert.equal(p.path, '/');
  await p.notice('done_welcome');
  const [first, second] = captcha.questions.slice(-2);
  assert.equal(first.token, '');
  assert.match(second.token, /^token-/);
  assert.equal(second.type, 'sign_up');
});

check('each code needs it, the next one of the same phone, too', withScript, async p => {
  const phone = newPhone();
  await p.open('/login/code');
  await p.fillAndSend({ phone }, 'send_code');
  await denied(p);
  assert.equal(p.server.messagesTo(phone), 0);
  await solve(p);
  await p.press('send_code');
  assert.equal(p.path, '/login/code/enter');
  await p.server.codeFor(phone);
  const again = p.button('resend_code');
  await p.page.waitForFunction(one => !one.disabled, await again.elementHandle());
  await p.press('resend_code');
  await denied(p);
  await p.open('/login/code/enter');
  await solve(p);
  await p.page.waitForFunction(one => !one.disabled, await again.elementHandle());
  await p.press('resend_code');
  assert.equal(p.path, '/login/code/enter');
  await p.server.printed(`(SMS to \\${phone}[^]*){2}`);
  await p.fillAndSend({ code: await p.server.codeFor(phone) }, 'code_enter_submit');
  assert.equal(p.path, '/');
});

check('a code instead of the password has a page of its own', withScript, async p => {
  const phone = newPhone();
  await p.open('/signup');
  await p.fill({ email: newEmail(), password, confirmPassword: password });
  await solve(p);
  await p.press('sign_up_submit');
  await p.open('/profile/phone');
  await p.fill({ phone });
  await solve(p);
  await p.press('send_code');
  await p.fillAndSend({ code: await p.server.codeFor(phone) }, 'bind_submit');
  await p.notice('done_phone_bound');
  await p.open('/security/prove?next=/profile');
  assert.equal(await p.page.locator('.test-captcha').count(), 0);
  const masked = `${phone.slice(0, 6)}****${phone.slice(10)}`;
  await p.follow(p.page.getByRole('link', { name: p.t('prove_code_instead', masked) }));
  await solve(p);
  await p.press('prove_send_code');
  assert.equal(p.path, '/security/prove/enter');
  await p.server.printed(`(SMS to \\${phone}[^]*){2}`);
  await p.fillAndSend({ code: await p.server.codeFor(phone) }, 'prove_submit');
  assert.equal(p.path, '/profile');
});

check('who runs no scripts is told, and is denied', withoutScript, async p => {
  await p.open('/signup');
  await p.says('widget_needs_script');
  await p.fillAndSend({ email: newEmail(), password, confirmPassword: password },
    'sign_up_submit');
  assert.equal(p.status, 403);
  await p.says('widget_needs_script');
  assert.ok((await p.page.locator('main').innerText()).includes(denial));
});

check('a page with a widget is as accessible as others', withScript, async p => {
  await inspect(p, async () => {
    await p.open('/signup');
    await p.page.frameLocator('.test-captcha iframe').getByRole('button').waitFor();
    // What the service adds is its own; axe would ask its frame and fetch its style.
    await p.page.evaluate(() => {
      document.querySelector('.test-captcha').replaceChildren();
      document.querySelector('link[href^="https:"]').remove();
    });
  });
});
