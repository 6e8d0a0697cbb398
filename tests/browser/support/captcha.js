// A CAPTCHA's service and an operator's endpoint that asks it: the script and the frame that
// a page loads, over TLS and from two origins, and the verdicts (docs/verdicts.md).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const denial = 'Please solve the puzzle.';
const field = 'test-captcha-response';

const listen = server => new Promise(ready => {
  server.listen(0, '127.0.0.1', () => ready(server.address().port));
});

/// As those of the known services: fills a field where the person has pressed the button of
/// a frame, which is of another origin.
const script = parts => `{
  const run = () => {
    const style = document.createElement('link');
    Object.assign(style, { rel: 'stylesheet', href: '${parts}/style.css' });
    document.head.append(style);
    for (const box of document.querySelectorAll('.test-captcha')) {
      const frame = document.createElement('iframe');
      Object.assign(frame, { title: 'Puzzle', src: '${parts}/frame?' + box.dataset.sitekey });
      const field = document.createElement('input');
      Object.assign(field, { type: 'hidden', name: '${field}' });
      box.append(frame, field);
      addEventListener('message', async event => {
        if (event.source !== frame.contentWindow || event.origin !== '${parts}') return;
        field.value = await (await fetch('${parts}/token', { method: 'POST' })).text();
        box.dataset.solved = '';
      });
    }
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', run);
  else run();
}`;

const frame = `<!doctype html><html lang="en"><title>Puzzle</title>
<button>I am a person</button>
<script>document.querySelector('button').onclick = () => parent.postMessage('solved', '*');</script>`;

export class Captcha {
  /// What the endpoint was asked.
  questions = [];
  #given = new Set();
  #folder = mkdtempSync(join(tmpdir(), 'tinybook-captcha-'));
  #servers = [];

  static async start() {
    const captcha = new Captcha();
    await captcha.#start();
    return captcha;
  }

  async #start() {
    const [key, cert] = ['key.pem', 'cert.pem'].map(name => join(this.#folder, name));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1',
      '-subj', '/CN=captcha', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const tls = { key: readFileSync(key), cert: readFileSync(cert) };
    const service = https.createServer(tls, (request, response) => this.#serve(request, response));
    const endpoint = http.createServer((request, response) => this.#judge(request, response));
    this.#servers = [service, endpoint];
    const port = await listen(service);
    this.origin = `https://127.0.0.1:${port}`;
    this.parts = `https://localhost:${port}`;
    const asked = await listen(endpoint);
    const file = join(this.#folder, 'webhook.key');
    writeFileSync(file, `whsec_${Buffer.alloc(32, 'k').toString('base64')}\n`, { mode: 0o600 });
    this.settings = [`abuse.webhook=http://127.0.0.1:${asked}/ask`,
      `abuse.webhook_key_file=${file}`, 'abuse.webhook_fails=closed',
      `abuse.widget_script=${this.origin}/api.js`, 'abuse.widget_class=test-captcha',
      'abuse.widget_site_key=site-key_1', `abuse.widget_field=${field}`,
      `abuse.widget_sources=["${this.parts}"]`];
  }

  #serve(request, response) {
    const answer = (type, text) => {
      response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' });
      response.end(text);
    };
    const { pathname, search } = new URL(request.url, this.origin);
    if (pathname === '/api.js') return answer('text/javascript', script(this.parts));
    if (pathname === '/style.css')
      return answer('text/css', '.test-captcha iframe { width: 300px; height: 70px; border: 0; }');
    if (pathname === '/frame' && search === '?site-key_1') return answer('text/html', frame);
    if (pathname === '/token') {
      const token = `token-${this.#given.size + this.questions.length}-${Math.random()}`;
      this.#given.add(token);
      return answer('text/plain', token);
    }
    response.writeHead(404).end();
  }

  /// A token is good once.
  #judge(request, response) {
    let text = '';
    request.setEncoding('utf8').on('data', part => { text += part; }).on('end', () => {
      const question = JSON.parse(text);
      this.questions.push(question);
      const solved = this.#given.delete(question.token);
      response.end(JSON.stringify(solved ? { verdict: 'allow' }
        : { verdict: 'deny', text: denial }));
    });
  }

  stop() {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    rmSync(this.#folder, { recursive: true });
  }
}
