// A pod as a kubelet makes it of its specification: namespaces, a root of its own, volumes,
// environment, user, probes, and the order of its end.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, lchownSync, mkdirSync, readFileSync, statSync, symlinkSync,
  writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { imageOf } from './images.js';

const run = promisify(execFile);
/// Of the periods of probes; all else takes the time that it says.
const quicker = 0.25;

export class Pod {
  log = '';
  started = false;
  ready = false;
  /// What should not have happened.
  faults = [];
  #loops = new AbortController();

  /// cluster  folder, network, images, ConfigMaps and Secrets
  constructor(cluster, name, template, claims = []) {
    Object.assign(this, { cluster, name, claims, spec: template.spec });
    this.labels = template.metadata.labels;
    this.container = template.spec.containers[0];
    this.image = imageOf(cluster.images, this.container.image);
    this.folder = join(cluster.folder, 'pods', name);
    this.root = join(this.folder, 'root');
  }

  async start() {
    await this.#connect();
    this.#makeRoot();
    const unshare = ['unshare', '--mount', '--pid', '--fork'];
    const inside = ['sh', '-c', 'mount -t proc proc "$0/proc" && cd / && exec chroot "$0" "$@"',
      this.root, ...this.#asUser(this.#command())];
    this.process = spawn('ip', ['netns', 'exec', this.name, ...unshare, ...inside],
      { env: this.#environment() });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream.setEncoding('utf8').on('data', part => { this.log += part; });
    this.ended = once(this.process, 'exit').then(([code, signal]) => {
      this.ready = false;
      this.#loops.abort();
      if (!this.leaving) this.faults.push(`ended by itself: ${signal ?? code}`);
      return signal ?? code;
    });
    this.#probe();
  }

  /// As `kubectl delete pod`: the caller takes it from the endpoints. Answers its exit code.
  async stop() {
    this.leaving = true;
    this.#loops.abort();
    process.kill(this.#first(), 'SIGTERM');
    const grace = (this.spec.terminationGracePeriodSeconds ?? 30) * 1000;
    const waiting = new AbortController();
    const late = pause(grace, 'late', { signal: waiting.signal }).catch(() => {});
    if (await Promise.race([this.ended, late]) === 'late') {
      this.faults.push(`had to be killed after ${grace} ms`);
      this.kill();
    }
    waiting.abort();
    return this.ended;
  }
  kill() {
    this.leaving = true;
    this.#loops.abort();
    if (this.process.exitCode === null) process.kill(this.#first(), 'SIGKILL');
  }

  /// Runs a command in it, as its user.
  exec(command, timeout = 5000) {
    return run('nsenter', ['--target', this.#first(), '--mount', '--pid', '--net', '--root',
      '--wd', '--', ...this.#asUser(command)], { env: this.#environment(), timeout });
  }

  /// The most memory that it held, in MiB.
  peakMemory() {
    const status = readFileSync(`/proc/${this.#first()}/status`, 'utf8');
    return Math.round(status.match(/^VmHWM:\s*(\d+)/m)[1] / 1024);
  }

  /// The process that is number 1 in the pod.
  #first() {
    const { pid } = this.process;
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0];
  }

  async #connect() {
    this.address = this.cluster.newPodAddress();
    const cable = `v${this.address.split('.').at(-1)}`;
    const { name } = this;
    const lines = [`netns add ${name}`,
      `link add ${cable} master pods type veth peer name eth0 netns ${name}`,
      `link set ${cable} up`];
    const own = ['link set lo up', `addr add ${this.address}/16 dev eth0`, 'link set eth0 up',
      `route add default via ${this.cluster.nodeAddress}`];
    execFileSync('ip', ['-batch', '-'], { input: lines.join('\n') });
    execFileSync('ip', ['-n', name, '-batch', '-'], { input: own.join('\n') });
  }

  /// This machine's root below a layer of its own, for the image's.
  #makeRoot() {
    const { folder, root, image } = this;
    for (const part of ['root', 'upper', 'work']) mkdirSync(join(folder, part), { recursive: true });
    const layers = `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`;
    execFileSync('mount', ['-t', 'overlay', '-o', layers, 'overlay', root]);
    const { name, uid, gid } = image.user;
    const put = (path, text) => writeFileSync(join(root, path), text);
    put('etc/passwd', `root:x:0:0::/root:/bin/sh\n${name}:x:${uid}:${gid}::/:/usr/sbin/nologin\n`);
    put('etc/group', `root:x:0:\n${name}:x:${gid}:\n`);
    put('etc/hosts', `127.0.0.1 localhost\n${this.address} ${this.name}\n${this.cluster.hosts}`);
    execFileSync('mount', ['--rbind', '/dev', join(root, 'dev')]);
    for (const [at, from] of Object.entries(image.mounts)) this.#bind(from, at);
    // The working folder is the image's, whose user owns it.
    mkdirSync(join(root, image.workdir), { recursive: true });
    const volumes = Object.fromEntries([...this.spec.volumes ?? [], ...this.claims]
      .map(volume => [volume.name, this.#makeVolume(volume)]));
    for (const { name: volume, mountPath, subPath, readOnly } of this.container.volumeMounts)
      this.#bind(join(volumes[volume], subPath ?? ''), mountPath, readOnly);
    if (this.#security().readOnlyRootFilesystem)
      execFileSync('mount', ['-o', 'remount,bind,ro', root]);
  }

  #bind(from, at, readOnly) {
    // Through the links of that root, such as /var/run.
    const inside = execFileSync('chroot', [this.root, 'realpath', '-m', at]).toString().trim();
    const target = join(this.root, inside);
    if (statSync(from).isDirectory()) {
      mkdirSync(target, { recursive: true });
    } else {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, '', { flag: 'a' });
    }
    execFileSync('mount', ['--bind', from, target]);
    if (readOnly) execFileSync('mount', ['-o', 'remount,bind,ro', target]);
  }

  #makeVolume({ name, configMap, secret, emptyDir, persistent }) {
    const place = persistent ? 'claims' : 'volumes';
    const folder = join(persistent ? this.cluster.folder : this.folder, place, name);
    mkdirSync(folder, { recursive: true });
    if (emptyDir || persistent) {
      this.#giveToGroup(folder, 0o777, 0o2660);
    } else if (configMap) {
      const { data } = this.cluster.find('ConfigMap', configMap.name);
      this.#project(folder, data, configMap);
    } else {
      this.#project(folder, this.cluster.secrets[secret.secretName], secret);
    }
    return folder;
  }

  /// Files behind a link that is changed all at once.
  #project(folder, data, { items, defaultMode = 0o644 }) {
    const wanted = items ?? Object.keys(data).map(key => ({ key, path: key }));
    const version = '..2026_01_01_00_00_00.1';
    mkdirSync(join(folder, version));
    symlinkSync(version, join(folder, '..data'));
    for (const { key, path, mode = defaultMode } of wanted) {
      if (!(key in data)) throw Error(`${this.name}: no ${key} for ${folder}`);
      const file = join(folder, version, path);
      writeFileSync(file, data[key]);
      this.#giveToGroup(file, mode, 0o440);
      symlinkSync(`..data/${path}`, join(folder, path));
      if (this.#fsGroup()) lchownSync(join(folder, path), 0, this.#fsGroup());
    }
    this.#giveToGroup(join(folder, version), 0o755, 0o2440);
    this.#giveToGroup(folder, 0o777, 0o2440);
  }

  /// What fsGroup does: the owner stays root.
  #giveToGroup(path, mode, more) {
    const group = this.#fsGroup();
    if (group) chownSync(path, 0, group);
    const folder = statSync(path).isDirectory() ? 0o110 : 0;
    chmodSync(path, group ? mode | more | folder : mode);
  }
  #fsGroup() { return this.spec.securityContext?.fsGroup; }

  #security() { return { ...this.spec.securityContext, ...this.container.securityContext }; }

  #command() {
    const { command, args = [] } = this.container;
    return [...command ?? this.image.entrypoint, ...args];
  }

  #asUser(command) {
    const { runAsUser, runAsGroup, fsGroup, runAsNonRoot, capabilities,
      allowPrivilegeEscalation } = this.#security();
    const uid = runAsUser ?? this.image.user.uid;
    if (runAsNonRoot && uid === 0) throw Error(`${this.name} would run as root`);
    const words = ['setpriv', '--reuid', uid, '--regid', runAsGroup ?? this.image.user.gid];
    words.push(...fsGroup ? ['--groups', fsGroup] : ['--clear-groups']);
    if (capabilities?.drop?.includes('ALL')) words.push('--inh-caps=-all', '--bounding-set=-all');
    if (allowPrivilegeEscalation === false) words.push('--no-new-privs');
    return [...words.map(String), 'env', '--chdir', this.image.workdir, ...command];
  }

  #environment() {
    const fields = { 'metadata.name': this.name, 'metadata.namespace': this.cluster.namespace,
      'status.podIP': this.address };
    const all = { ...this.image.env, HOSTNAME: this.name };
    for (const { name, value, valueFrom } of this.container.env ?? []) {
      const { fieldRef, secretKeyRef } = valueFrom ?? {};
      all[name] = fieldRef ? fields[fieldRef.fieldPath]
        : secretKeyRef ? this.cluster.secrets[secretKeyRef.name][secretKeyRef.key] : value ?? '';
      if (all[name] === undefined) throw Error(`${this.name}: no value for ${name}`);
    }
    return all;
  }

  port(of) {
    if (typeof of === 'number') return of;
    return this.container.ports.find(one => one.name === of).containerPort;
  }

  async #probe() {
    const { startupProbe, readinessProbe, livenessProbe } = this.container;
    const always = { exec: null };
    const until = () => this.started;
    await this.#repeat('startup', startupProbe ?? always, good => { this.started ||= good; }, until);
    await Promise.all([
      this.#repeat('readiness', readinessProbe ?? always, good => { this.ready = good; }),
      livenessProbe && this.#repeat('liveness', livenessProbe, good => {
        if (!good) this.faults.push('does not live');
      }),
    ]);
  }

  /// Tells what a probe says once as many in a row have said so.
  async #repeat(kind, probe, tell, over = () => false) {
    const { periodSeconds = 10, timeoutSeconds = 1, failureThreshold = 3,
      initialDelaySeconds = 0 } = probe;
    const { signal } = this.#loops;
    let failures = 0;
    try {
      await pause(initialDelaySeconds * 1000 * quicker, undefined, { signal });
      while (!over()) {
        const why = await this.#ask(probe, timeoutSeconds * 1000);
        if (signal.aborted) return;
        failures = why ? failures + 1 : 0;
        if (why) this.log += `[${kind}: ${why}]\n`;
        if (!failures) tell(true);
        else if (failures >= failureThreshold) tell(false);
        if (kind === 'startup' && failures >= failureThreshold) this.faults.push('never started');
        if (!over()) await pause(periodSeconds * 1000 * quicker, undefined, { signal });
      }
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    }
  }

  /// Why a probe fails; nothing if it does not.
  #ask({ httpGet, tcpSocket, exec }, timeout) {
    const to = httpGet ?? tcpSocket;
    if (!to) {
      return exec && this.exec(exec.command, timeout)
        .then(() => '', error => `${exec.command[0]}: ${error.code ?? error.signal}`);
    }
    const where = { host: this.address, port: this.port(to.port), timeout };
    return new Promise(resolve => {
      const asked = httpGet
        ? http.get({ ...where, path: httpGet.path, agent: false }, answer => {
          answer.resume();
          resolve(answer.statusCode < 400 ? '' : `${httpGet.path}: ${answer.statusCode}`);
        })
        : net.connect(where, () => { asked.destroy(); resolve(''); });
      asked.on('timeout', () => asked.destroy(Error('timeout')));
      asked.on('error', error => resolve(error.message));
    });
  }
}
