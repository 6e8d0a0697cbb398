// A server that is empty, and one that has too much to do.
import assert from 'node:assert/strict';
import { check, serve } from './support/browser.js';
import { inspect } from './support/inspect.js';

// One request at a time; a log-in takes about a second.
serve(['http.max_in_flight=1', 'http.max_in_flight_per_actor=1', 'passwords.argon2_passes=8',
  'passwords.argon2_memory=256MiB']);
const looks = [{ lang: 'en', width: 1280 }, { lang: 'zh-CN', width: 360 }];

check('nothing published yet', looks, async p => {
  await inspect(p, () => p.open('/'));
  await p.says('home_empty');
  await p.says('board_empty');
});

check('overloaded', looks, async p => {
  await inspect(p, async () => {
    const busy = fetch(`${p.server.address}/users/login`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'a@example.org', password: 'correct horse' }),
    });
    let over = false;
    busy.finally(() => { over = true; });
    do await p.open('/login'); while (p.status !== 503 && !over);
    await busy;
  });
  assert.equal(p.status, 503);
  await p.says('overloaded_heading');
  await p.follow('go_home');
  assert.equal(p.status, 200);
});
