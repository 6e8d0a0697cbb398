// The manifests of a folder as processes of this machine, in a network of their own: what
// controllers, kubelet, kube-proxy and network policies do for them, as far as they ask.
// Runs as root in network, mount and process namespaces of its own (run.sh).
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Pod } from './pod.js';

const require = createRequire(join(process.env.BROWSER_PACKAGES, 'x'));
const { parseAllDocuments } = require('yaml');

/// How long after the signal to a pod the last kube-proxy has learnt of it.
const endpointLag = 2000;

export class Cluster {
  namespace = 'tinybook';
  nodeAddress = '10.244.0.1';
  pods = [];
  #addresses = 1;
  #turn = 0;
  #listeners = [];
  refused = [];

  /// secrets  `{name: {key: text}}`
  constructor({ manifests, folder, images, secrets }) {
    Object.assign(this, { folder, images, secrets });
    // As kubectl reads YAML: 0400 is octal.
    this.objects = readdirSync(manifests).filter(name => name.endsWith('.yaml'))
      .flatMap(name => parseAllDocuments(readFileSync(join(manifests, name), 'utf8'),
        { version: '1.1' }))
      .map(document => document.toJS());
  }

  find(kind, name) {
    const found = this.objects.find(one => one.kind === kind && one.metadata.name === name);
    if (!found) throw Error(`no ${kind} ${name} in the manifests`);
    return found;
  }
  all(kind) { return this.objects.filter(one => one.kind === kind); }
  podsOf(name) {
    return this.pods.filter(pod => pod.labels['app.kubernetes.io/name'] === name);
  }
  newPodAddress() { return `10.244.0.${++this.#addresses}`; }

  async start() {
    const lines = ['link set lo up', 'link add pods type bridge',
      `addr add ${this.nodeAddress}/16 dev pods`, 'link set pods up'];
    this.services = this.all('Service').map((service, i) => {
      lines.push(`addr add 10.96.0.${i + 1}/32 dev lo`);
      return { ...service, address: `10.96.0.${i + 1}` };
    });
    execFileSync('ip', ['-batch', '-'], { input: lines.join('\n') });
    this.hosts = this.services.map(one => `${one.address} ${one.metadata.name}\n`).join('');
    for (const service of this.services) await this.#serve(service);
    mkdirSync(join(this.folder, 'claims'));
    await Promise.all([
      ...this.all('StatefulSet').map(set => this.#run(set, `${set.metadata.name}-0`)),
      ...this.all('Deployment').flatMap(deployment =>
        Array.from({ length: deployment.spec.replicas }, () => this.#run(deployment))),
    ]);
  }

  /// Ends all at once.
  kill() {
    for (const one of this.#listeners) one.close();
    for (const pod of this.pods) pod.kill();
  }

  /// A new pod, once it is ready.
  async #run({ metadata, spec }, name = `${metadata.name}-${randomBytes(4).toString('hex')}`) {
    const claims = (spec.volumeClaimTemplates ?? [])
      .map(claim => ({ name: claim.metadata.name, persistent: true }));
    const pod = new Pod(this, name, spec.template, claims);
    this.pods.push(pod);
    await pod.start();
    for (const end = Date.now() + 60000; !pod.ready;) {
      if (pod.faults.length || pod.leaving || Date.now() > end)
        throw Error(`${name} is not ready: ${pod.faults}\n${pod.log.slice(-3000)}`);
      await pause(20);
    }
    return pod;
  }

  /// As `kubectl rollout restart`, and until it is done. Answers the old pods.
  async restart(name) {
    const deployment = this.find('Deployment', name);
    const { maxUnavailable, maxSurge } = deployment.spec.strategy.rollingUpdate;
    if (maxUnavailable !== 0 || maxSurge !== 1) throw Error('only one at a time is known here');
    const old = this.podsOf(name);
    const ends = [];
    for (const pod of old) {
      await this.#run(deployment);
      ends.push(this.#end(pod));
    }
    await Promise.all(ends);
    return old;
  }

  /// The signal and the news that it goes set out at the same time, and the signal is first.
  async #end(pod) {
    const stopped = pod.stop();
    await pause(endpointLag);
    this.pods = this.pods.filter(one => one !== pod);
    await stopped;
  }

  /// As kube-proxy: a new connection goes to the next ready pod, and stays there. Also on
  /// loopback, as `kubectl port-forward`: without TLS browsers trust nothing else.
  async #serve({ address, metadata, spec }) {
    for (const { port, targetPort } of spec.ports) {
      const pass = client => {
        const ready = this.pods.filter(pod => (pod.ready || pod.leaving)
          && matches(spec.selector, pod.labels));
        const pod = ready[this.#turn++ % ready.length];
        const from = this.pods.find(one => one.address === client.remoteAddress);
        if (!pod || (from && !this.allows(from, pod, pod.port(targetPort)))) {
          this.refused.push(`${from?.name ?? 'outside'} to ${metadata.name}`);
          client.resetAndDestroy();
          return;
        }
        const onward = net.connect({ host: pod.address, port: pod.port(targetPort),
          allowHalfOpen: true, noDelay: true });
        client.pipe(onward).pipe(client);
        client.on('error', () => onward.resetAndDestroy());
        onward.on('error', () => client.resetAndDestroy());
      };
      for (const host of [address, '127.0.0.1']) {
        const listener = net.createServer({ allowHalfOpen: true, noDelay: true }, pass);
        this.#listeners.push(listener);
        await new Promise(done => listener.listen(port, host, done));
      }
    }
  }

  /// Whether the network policies let `from` connect to `to`: pods, or what is like one,
  /// `{labels, namespaceLabels}`. Without a namespace's labels they are in ours.
  allows(from, to, port) {
    const inOurs = pod => !pod.namespaceLabels;
    const peerIs = (peer, pod) => peer.ipBlock ? false
      : (peer.namespaceSelector
        ? !inOurs(pod) && matches(peer.namespaceSelector.matchLabels, pod.namespaceLabels)
        : inOurs(pod))
      && matches(peer.podSelector?.matchLabels, pod.labels);
    const portIs = one => (typeof one.port === 'number' ? one.port
      : to.container?.ports.find(each => each.name === one.port)?.containerPort) === port;
    const passes = (pod, type, field, peers, other) => {
      const policies = this.all('NetworkPolicy').filter(({ spec }) => inOurs(pod)
        && spec.policyTypes.includes(type) && matches(spec.podSelector.matchLabels, pod.labels));
      return !policies.length || policies.some(({ spec }) => spec[field]?.some(rule =>
        (rule[peers] ?? []).some(peer => peerIs(peer, other)) && rule.ports.some(portIs)));
    };
    return passes(from, 'Egress', 'egress', 'to', to)
      && passes(to, 'Ingress', 'ingress', 'from', from);
  }
}

function matches(selector = {}, labels = {}) {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}
