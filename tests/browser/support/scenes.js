// Every page in every state, for those who look at all of them: pages.test.js and pictures.js.
// A scene leads a person to its page; `member` scenes begin logged in.
import { newEmail, newPhone, password } from './server.js';

const article = `<p>It is six, and the kettle is the only one in the house with an opinion.</p>
<h2>What the leaves do</h2><p>They <b>open</b>, slowly; see <a href="https://example.org/tea">the
long answer</a>.</p><blockquote><p>Never hurry a pot.</p></blockquote><ul><li>Green: 75&nbsp;°C</li>
<li>Black: 95&nbsp;°C</li></ul><pre><code class="language-c">int main() { return brew(LEAVES, WATER, 180 /* seconds */, "and not one second more"); }</code></pre>
<p><img src="https://example.org/pot.jpg" alt="A blue pot"></p>
<table><tr><th>Leaf</th><th>Minutes</th></tr><tr><td>Sencha</td><td>1</td></tr></table>
<p>Averyveryveryveryveryveryveryveryveryveryveryveryveryverylongwordthatnobodycanbreak.</p>`;

/// What the scenes need: some articles with likes by several people.
export async function fillServer(server) {
  const ann = await server.account('Ann');
  const lin = await server.account('林晚');
  const ids = [];
  for (const [author, title] of [[ann, 'Tea at six'], [lin, '雨后的巷子'],
    [ann, 'A title that goes on for so long that it has to be broken into several lines, twice'],
    [lin, '一个人的旅行：从北方的海边到南方的山里，走了四十天']])
    ids.push(await server.publish(author, title, article));
  for (let i = 0; i < 22; ++i) await server.publish(ann, `Note ${i}`, `<p>Note ${i}.</p>`);
  for (const [i, id] of ids.entries())
    for (const fan of [ann, lin].slice(0, 1 + i % 2))
      await server.call('/articles/like', { id, like: true }, fan.access);
  return { read: ids[0], article };
}

const wrong = async (p, path, fields, key) => {
  await p.open(path);
  await p.fillAndSend(fields, key);
};
const draft = async p => {
  const { data } = await p.server.call('/articles/edit', { title: 'A draft', content: article },
    p.account.access);
  return `/write/${data}`;
};
const codeSent = async (p, path) => {
  await p.open(path);
  await p.fillAndSend({ phone: newPhone() }, 'send_code');
};
/// The page at `path` as it is after something was done.
const told = async (p, done, path) => {
  await p.context.addCookies([{ name: 'tb_done', value: done, url: p.address }]);
  await p.open(path);
};
const endSession = p => p.server.call('/users/logout', {}, p.account.access);
/// The form that was opened in the last session of this browser.
const fromOldSession = async p => {
  await p.open('/profile/edit');
  await p.be(await p.server.account());
  await p.fillAndSend({ nickname: 'Ann' }, 'save');
};

export const visitorScenes = {
  'home': p => p.open('/'),
  'home, after a log-out': p => told(p, 'logged_out', '/'),
  'home, older': async p => { await p.open('/'); await p.follow('older'); },
  'ranking': p => p.open('/ranking'),
  'ranking, week': async p => { await p.open('/ranking'); await p.follow('board_week'); },
  'read': (p, { read }) => p.open(`/read/${read}`),
  'sign-up': p => p.open('/signup'),
  'sign-up, refused': p => wrong(p, '/signup',
    { email: 'ann', password: 'short', confirmPassword: 'other' }, 'sign_up_submit'),
  'log-in': p => p.open('/login'),
  'log-in, refused': p => wrong(p, '/login', { email: newEmail(), password }, 'log_in_submit'),
  'log-in by code': p => p.open('/login/code'),
  'log-in by code, refused': p => wrong(p, '/login/code', { phone: '12' }, 'send_code'),
  'code': p => codeSent(p, '/login/code'),
  'code, refused': async p => {
    await codeSent(p, '/login/code');
    await p.fillAndSend({ code: '1' }, 'code_enter_submit');
  },
  'new password': p => p.open('/password/new'),
  'new password, code': p => codeSent(p, '/password/new'),
  'new password, refused': async p => {
    await codeSent(p, '/password/new');
    await p.fillAndSend({ code: '', password: 'short' }, 'new_password_submit');
  },
  'reference': p => p.open('/docs'),
  'not found': p => p.open('/nothing-here'),
};

export const memberScenes = {
  'home, member': p => p.open('/'),
  'ranking, none of mine': p => p.open('/ranking'),
  'ranking, mine': async p => {
    const id = await p.server.publish(p.account, 'Mine on the board');
    await p.server.call('/articles/like', { id, like: true }, p.account.access);
    for (const end = Date.now() + 10000; Date.now() < end;) {
      await p.open('/ranking');
      if (await p.page.locator('.places li').count()) return;
    }
    throw Error('it is on no board');
  },
  'read, member': async (p, { read }) => {
    await p.server.call('/articles/like', { id: read, like: true }, p.account.access);
    await p.server.call('/articles/collect', { id: read, cid: 0 }, p.account.access);
    await p.open(`/read/${read}`);
  },
  'read, own': async p => {
    await told(p, 'published', `/read/${await p.server.publish(p.account, 'My own', article)}`);
  },
  'write': p => p.open('/write'),
  'write, refused': p => wrong(p, '/write', { title: '', content: article }, 'publish'),
  'write, preview': p => wrong(p, '/write', { title: 'Tea', content: article }, 'preview'),
  'write, stored': async p => told(p, 'saved', await draft(p)),
  'write, published': async p =>
    p.open(`/write/${await p.server.publish(p.account, 'Out', article)}`),
  'write, conflict': async p => {
    const path = await draft(p);
    await p.open(path);
    await p.server.call('/articles/edit',
      { id: Number(path.split('/')[2]), title: 'Other', content: 'Other.' }, p.account.access);
    await p.fillAndSend({ title: 'Mine' }, 'save_draft');
  },
  'delete': async p => p.open(`${await draft(p)}/delete`),
  'mine': async p => {
    await draft(p);
    await p.server.publish(p.account, 'One that everybody can read');
    const id = await p.server.publish(p.account, 'One that was taken back');
    await p.server.call('/articles/withdraw', { id }, p.account.access);
    await p.open('/mine');
  },
  'mine, empty': p => p.open('/mine'),
  'profile': p => told(p, 'profile_saved', '/profile'),
  'edit profile': p => p.open('/profile/edit'),
  'edit profile, refused': p => wrong(p, '/profile/edit',
    { nickname: 'n'.repeat(11), birthday: '1990-02-30' }, 'save'),
  'change password': p => p.open('/profile/password'),
  'change password, refused': p => wrong(p, '/profile/password',
    { oldPassword: 'wrong horse battery', password: 'short' }, 'change_password'),
  'bind phone': p => p.open('/profile/phone'),
  'bind phone, code': p => codeSent(p, '/profile/phone'),
  'security': p => p.open('/security'),
  'events': p => p.open('/security/events'),
  'delete account': p => p.open('/security/delete'),
  'banned': async p => {
    const { id, email } = p.account;
    await p.server.act(`/admin/users/${id}/ban`);
    await p.open('/login');
    await p.fillAndSend({ email, password }, 'log_in_submit');
  },
  'prove': p => p.open('/security/prove?next=/profile'),
  'prove, refused': p => wrong(p, '/security/prove', { password: 'wrong horse battery' },
    'prove_submit'),
  'prove, code': p => p.open('/security/prove/enter'),
  'edit profile, of an old session': fromOldSession,
  'log-in, words kept': async p => {
    await p.open('/write');
    await p.fill({ title: 'Kept', content: article });
    await endSession(p);
    await p.press('publish');
  },
  'logged in again': async p => {
    await memberScenes['log-in, words kept'](p);
    await p.fillAndSend({ email: p.account.email, password }, 'log_in_submit');
  },
};
