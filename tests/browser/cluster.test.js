// Two replicas behind a balancer that sends request by request to the next one: the pages
// need no sticky sessions.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { check, launch, world } from './support/browser.js';
import { withAndWithoutScript } from './support/person.js';
import { Proxy } from './support/proxy.js';
import { newEmail, password, Server } from './support/server.js';

const script = new URL('../../scripts/cluster.sh', import.meta.url).pathname;
const codes = { '+8613900000001': '246810', '+8613900000002': '135791' };
const phones = Object.keys(codes);
let proxy;
before(async () => {
  world.server = new Server();
  world.server.run(script, [], {
    CLUSTER_BINARY: process.env.SERVER_BINARY,
    TINYBOOK_CODES_TEST_NUMBERS: Object.entries(codes).map(one => one.join('=')).join(','),
    TINYBOOK_PASSWORDS_ARGON2_MEMORY: '1MiB',
  });
  await world.server.printed(/Two replicas are ready/, 180000);
  proxy = await Proxy.start(['http://127.0.0.1:8081', 'http://127.0.0.1:8083']);
  world.address = proxy.address;
  world.browser = await launch();
});
after(async () => {
  await world.browser?.close();
  proxy?.stop();
  await world.server.stop('SIGTERM'); // In order: the replicas, then what they need.
});

check('two replicas, in turn', withAndWithoutScript, async p => {
  const email = newEmail();
  const phone = phones.pop();
  await p.open('/signup');
  await p.fillAndSend({ email, password, confirmPassword: password }, 'sign_up_submit');
  assert.equal(p.path, '/');
  await p.open('/profile/phone');
  await p.fillAndSend({ phone }, 'send_code');
  await p.fillAndSend({ code: codes[phone] }, 'bind_submit');
  await p.notice('done_phone_bound');
  await p.open('/write');
  await p.fillAndSend({ title: `Both ${phone}`, content: 'c' }, 'preview');
  await p.press('save_draft');
  await p.notice('done_saved');
  await p.press('publish');
  await p.notice('done_published');
  const read = p.path;
  await p.touch(p.button('like'));
  await p.page.locator('form', { hasText: p.t('likes', 1) }).waitFor();
  for (let i = 0; i < 3; ++i) {
    await p.open(read);
    await p.says('likes', 1);
  }
  const row = p.page.locator('.board li', { hasText: phone });
  for (const end = Date.now() + 20000; !await row.count() && Date.now() < end;)
    await p.open('/ranking');
  assert.ok(await row.count());
  await p.press('log_out', p.page.locator('header'));
  await p.notice('done_logged_out');
  await p.open('/profile');
  assert.equal(p.path, '/login');
});
