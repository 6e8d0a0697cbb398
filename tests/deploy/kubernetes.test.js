// deploy/kubernetes/ as processes of this machine: what the manifests ask for works together,
// and a roll-out is nothing that people notice.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { launch } from '../browser/support/browser.js';
import { Person } from '../browser/support/person.js';
import { newEmail, password } from '../browser/support/server.js';
import { Cluster } from './support/cluster.js';
import { images } from './support/images.js';

const root = new URL('../../', import.meta.url).pathname;
const { SERVER_BINARY: binary, KAFKA_FOLDER: kafkaFolder, CLUSTER_FOLDER: folder } = process.env;

let cluster;
let browser;
const site = { host: '127.0.0.1', port: 8081 };
before(async () => {
  const files = join(folder, 'secrets');
  execFileSync(join(root, 'deploy/make-secrets.sh'), [files],
    { env: { ...process.env, TINYBOOK: binary }, stdio: 'pipe' });
  const secrets = { tinybook: Object.fromEntries(
    readdirSync(files).map(name => [name, readFileSync(join(files, name), 'utf8')])) };
  cluster = new Cluster({ manifests: join(root, 'deploy/kubernetes'), folder, secrets,
    images: images({ binary, kafkaFolder }) });
  await cluster.start();
  browser = await launch();
}, { timeout: 120000 });
after(async () => {
  await browser?.close();
  cluster?.kill();
});

/// Calls the API; any status but 200 is an error.
function call(agent, path, { body, token } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json',
      ...token && { Authorization: `Bearer ${token}` } };
    const sent = http.request({ ...site, agent, path, method: body ? 'POST' : 'GET', headers,
      timeout: 15000 }, answer => {
      let text = '';
      answer.setEncoding('utf8').on('data', part => { text += part; }).on('end', () => {
        if (answer.statusCode !== 200) reject(Error(`${path}: ${answer.statusCode} ${text}`));
        else resolve({ token: answer.headers['x-jwt-token'], text });
      }).on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(Error('timeout')));
    sent.on('error', error => reject(Error(`${path}: ${error.message}`)));
    sent.end(body && JSON.stringify(body));
  });
}

/// Waits until it says that nothing is missing: it works on, more slowly, without Kafka.
async function missesNothing({ name, address }) {
  let degraded;
  for (const end = Date.now() + 20000; Date.now() < end; await pause(100)) {
    degraded = (await (await fetch(`http://${address}:8081/readyz`)).json()).data.degraded;
    if (!degraded.length) return;
  }
  assert.fail(`${name} misses ${degraded}`);
}

test('no manifest holds a secret or a pod that may do more than it needs', () => {
  assert.deepEqual(cluster.all('Secret'), []);
  for (const { spec: { template: { spec } } } of
    [...cluster.all('Deployment'), ...cluster.all('StatefulSet')]) {
    assert.equal(spec.automountServiceAccountToken, false);
    assert.equal(spec.securityContext.runAsNonRoot, true);
    assert.equal(spec.securityContext.seccompProfile.type, 'RuntimeDefault');
    for (const { securityContext, resources } of spec.containers) {
      assert.equal(securityContext.allowPrivilegeEscalation, false);
      assert.deepEqual(securityContext.capabilities.drop, ['ALL']);
      assert.ok(resources.limits.memory && resources.requests.cpu);
    }
  }
});

test('pods write where they may, and see secrets as a kubelet lays them', async () => {
  const [pod] = cluster.podsOf('tinybook');
  await assert.rejects(pod.exec(['touch', '/usr/local/bin/new']), /Read-only file system/);
  await assert.rejects(pod.exec(['touch', '/run/secrets/tinybook/new']), /Read-only file system/);
  const { stdout } = await pod.exec(['stat', '-L', '-c', '%u %g %a',
    '/run/secrets/tinybook/keys.json', '/run/secrets/tinybook/admin.token']);
  assert.equal(stdout, '0 10001 440\n0 10001 440\n');
  assert.match((await pod.exec(['tinybook', '--probe', 'http://127.0.0.1:8081/readyz'])).stdout, / 200/);
});

test('who may talk to whom', async () => {
  const [web] = cluster.podsOf('tinybook');
  const [database] = cluster.podsOf('database');
  const [redis] = cluster.podsOf('redis');
  const [kafka] = cluster.podsOf('kafka');
  const inNamespace = (name, labels = {}) =>
    ({ labels, namespaceLabels: { 'kubernetes.io/metadata.name': name } });
  const prometheus = { 'app.kubernetes.io/name': 'prometheus' };
  const may = [[web, database, 5432], [web, redis, 6379], [web, kafka, 9092],
    [inNamespace('ingress-nginx'), web, 8081], [inNamespace('monitoring', prometheus), web, 8082]];
  for (const [from, to, port] of may) assert.ok(cluster.allows(from, to, port), `${to.name} ${port}`);
  const strangers = [inNamespace('default'), inNamespace('default', prometheus),
    inNamespace('monitoring'), database, redis, kafka, { labels: {} }];
  for (const from of strangers)
    for (const [, to, port] of may)
      assert.ok(!cluster.allows(from, to, port), `${from.name} ${to.name} ${port}`);
  // The balancer of the Services holds them, too.
  const psql = ['psql', '-h', 'database', '-p', '3308', '-U', 'tinybook', '-c', 'SELECT 1'];
  await assert.rejects(redis.exec(psql));
  assert.ok(cluster.refused.includes('redis-0 to database'));
});

test('Prometheus reads the metrics of each pod by its address, with the token', async () => {
  for (const pod of cluster.podsOf('tinybook')) {
    const at = `http://${pod.address}:8082/metrics`;
    assert.equal((await fetch(at)).status, 401);
    const Authorization = `Bearer ${cluster.secrets.tinybook['admin.token'].trim()}`;
    const answer = await fetch(at, { headers: { Authorization } });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /tinybook_http_requests_total/);
  }
});

test('no request fails while one replica after the other is replaced', { timeout: 180000 }, async () => {
  const titles = [];
  let rolledOut = false;
  let requests = 0;

  /// Signs up, writes, publishes, likes; as often as sign-ups of one address are allowed.
  async function people() {
    let rounds = 0;
    for (let last = false; !last && rounds < 18; ++rounds) {
      last = rolledOut;
      const person = await Person.create({ browser, address: `http://${site.host}:${site.port}` });
      const email = newEmail();
      const title = `By ${email}`;
      await person.open('/signup');
      await person.fillAndSend({ email, password, confirmPassword: password }, 'sign_up_submit');
      await person.open('/write');
      await person.fill({ title, content: 'Words.' });
      await person.press('publish');
      await person.notice('done_published');
      titles.push(title);
      await person.touch(person.button('like'));
      await person.page.locator('form', { hasText: person.t('likes', 1) }).waitFor();
      person.blameless();
      await person.context.close();
    }
    return rounds;
  }

  /// Programs that keep their connections and try nothing twice.
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  const account = { email: newEmail(), password };
  await call(agent, '/users/signup', { body: { ...account, confirmPassword: password } });
  const { token } = await call(agent, '/users/login', { body: account });
  const { text } = await call(agent, '/articles/publish',
    { body: { title: 'Kept', content: 'Words.' }, token });
  const id = JSON.parse(text).data;
  async function program(like) {
    let liked = 0;
    while (!rolledOut) {
      // As often as one person may.
      if (Date.now() - liked > 2500) {
        liked = Date.now();
        like = !like;
        await call(agent, '/articles/like', { body: { id, like }, token });
        ++requests;
      }
      await call(agent, '/articles/rank/10');
      await call(agent, '/');
      requests += 2;
    }
  }
  /// As a balancer that keeps no connections.
  async function passers() {
    while (!rolledOut) {
      await call(new http.Agent(), '/healthz');
      ++requests;
    }
  }

  const before = cluster.podsOf('tinybook');
  const rollout = async () => {
    const old = await cluster.restart('tinybook').finally(() => { rolledOut = true; });
    for (const pod of old) assert.equal(await pod.ended, 0, pod.log.slice(-2000));
  };
  const begin = Date.now();
  const [rounds] = await Promise.all([people(), program(true), passers(), rollout()]);
  agent.destroy();

  const now = cluster.podsOf('tinybook');
  assert.equal(now.length, 2);
  for (const pod of now) assert.ok(!before.includes(pod));
  for (const pod of [...before, ...now]) assert.deepEqual(pod.faults, [], pod.log.slice(-2000));
  for (const pod of now) {
    await missesNothing(pod);
    const answer = await fetch(`http://${pod.address}:8081/articles/pub?limit=100`);
    const { items } = (await answer.json()).data;
    for (const title of titles) {
      const { id: written } = items.find(one => one.title === title);
      const read = await (await fetch(`http://${pod.address}:8081/articles/pub/${written}`)).json();
      assert.equal(read.data.likeCnt, 1, `${pod.name}: ${title}`);
    }
  }
  const memory = now.map(pod => pod.peakMemory());
  console.log(`${requests} requests beside ${rounds} people in ${(Date.now() - begin) / 1000} s;`
    + ` most memory ${memory.join(' and ')} MiB`);
  const { limits } = now[0].container.resources;
  assert.ok(Math.max(...memory) < parseInt(limits.memory), `${memory} of ${limits.memory}`);
});
