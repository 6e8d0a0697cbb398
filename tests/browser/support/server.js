// The built server over a data folder of its own, and its API.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Limits that a test's own traffic would reach are off.
const quick = [
  'http.port=0', 'admin.port=0', 'passwords.argon2_passes=1', 'passwords.argon2_memory=1MiB',
  'login.signups_per_address=0', 'login.failures_per_address=0',
  'login.attempts_per_address=0', 'codes.sends_per_hour=0',
  'codes.sends_per_address_hour=0', 'codes.sends_per_address_day=0',
  'articles.saves_per_hour=0', 'articles.saves_per_day=0', 'articles.likes_per_minute=0',
];

export const password = 'correct horse battery';

let number = 0;
/// What no other account has.
export const newEmail = () => `person${++number}@example.org`;
export const newPhone = () => `+86139${String(10000000 + ++number)}`;

export class Server {
  #process;
  #folder;
  #text = '';
  #waiting = [];

  /// settings: `section.key=value`, which win over those of all tests.
  static async start(settings = []) {
    const server = new Server();
    server.#folder = mkdtempSync(join(tmpdir(), 'tinybook-browser-'));
    const all = [`storage.path=${server.#folder}`, ...quick, ...settings];
    server.run(process.env.SERVER_BINARY, all.flatMap(one => ['--set', one]));
    const [, port] = await server.printed(/ listener=public .*port=(\d+)/);
    const [, inside] = await server.printed(/ listener=admin .*port=(\d+)/);
    await server.printed(/ ready /);
    server.address = `http://127.0.0.1:${port}`;
    server.inside = `http://127.0.0.1:${inside}`;
    return server;
  }

  run(program, words, variables = {}) {
    // Others of that name would be settings.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TINYBOOK_'));
    this.#process = spawn(program, words, { env: { ...Object.fromEntries(own), ...variables } });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream.setEncoding('utf8').on('data', part => {
        this.#text += part;
        this.#waiting = this.#waiting.filter(one => !one());
      });
  }

  async stop(signal = 'SIGKILL') {
    const ended = once(this.#process, 'exit');
    if (this.#process.exitCode === null) {
      this.#process.kill(signal);
      await ended;
    }
    if (this.#folder) rmSync(this.#folder, { recursive: true });
  }

  /// Waits until the server prints what matches; answers the last match.
  printed(pattern, bound = 20000) {
    const every = new RegExp(pattern, 'g');
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(Error(`no ${pattern} in: ${this.#text.slice(-2000)}`)), bound);
      const look = () => {
        const found = [...this.#text.matchAll(every)].at(-1);
        if (!found) return false;
        clearTimeout(late);
        resolve(found);
        return true;
      };
      if (!look()) this.#waiting.push(look);
    });
  }

  async codeFor(phone) {
    return (await this.printed(`SMS to ${phone.replace('+', '\\+')}.*?\\b(\\d{6})\\b`))[1];
  }
  messagesTo(phone) {
    return this.#text.split(`SMS to ${phone}`).length - 1;
  }

  /// Calls the API; answers the tokens, too.
  async call(path, body, token) {
    const answer = await fetch(this.address + path, {
      method: body ? 'POST' : 'GET',
      body: body && JSON.stringify(body),
      headers: {
        'Content-Type': 'application/json',
        ...(token && { Authorization: `Bearer ${token}` }),
      },
    });
    const text = await answer.text();
    if (!answer.ok) throw Error(`${path}: ${answer.status} ${text}`);
    return {
      data: JSON.parse(text).data,
      access: answer.headers.get('x-jwt-token'),
      refresh: answer.headers.get('x-refresh-token'),
    };
  }

  /// As the operator, with a reason.
  async act(path) {
    const token = readFileSync(join(this.#folder, 'admin.token'), 'utf8').trim();
    const answer = await fetch(this.inside + path, {
      method: 'POST',
      body: JSON.stringify({ reason: 'a test' }),
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  /// A new account that is logged in.
  async account(nickname = 'Ann', email = newEmail()) {
    const { data: { userId: id } } =
      await this.call('/users/signup', { email, password, confirmPassword: password });
    const { access, refresh } = await this.call('/users/login', { email, password });
    await this.call('/users/edit', { nickname, birthday: '', aboutMe: '' }, access);
    return { id, email, nickname, access, refresh };
  }

  async publish(author, title, content = '<p>Words.</p>') {
    return (await this.call('/articles/publish', { title, content }, author.access)).data;
  }
}
