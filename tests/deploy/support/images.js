// The programs of this machine that stand for the images of the manifests.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const dockerfile = new URL('../../../deploy/Dockerfile', import.meta.url);
const debianPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/// What the last stage of our Dockerfile says about the process.
function ownImage(binary) {
  const stage = readFileSync(dockerfile, 'utf8').split(/^FROM /m).at(-1);
  const said = word => stage.match(new RegExp(`^${word} (.*)$`, 'm'))[1];
  const [uid, gid] = said('USER').split(':').map(Number);
  return {
    entrypoint: JSON.parse(said('ENTRYPOINT')),
    env: Object.fromEntries(said('ENV').split(' ').map(one => one.split('='))),
    workdir: said('WORKDIR'),
    user: { name: 'tinybook', uid, gid },
    mounts: { '/usr/local/bin/tinybook': binary },
  };
}

// What the entry points of the public images do with the variables that the manifests set.
const postgres = `set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \\
    --auth=scram-sha-256 --encoding=UTF8 --no-locale >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo "CREATE DATABASE $POSTGRES_DB" | postgres --single -D "$PGDATA" postgres >/dev/null
fi
exec postgres -D "$PGDATA" -c 'listen_addresses=*' "$@"`;
const kafka = `settings=()
while IFS='=' read -r name value; do
  case $name in
  *_OPTS) ;;
  KAFKA_*) name=\${name#KAFKA_} name=\${name,,} settings+=("\${name//_/.}=$value") ;;
  esac
done < <(env)
exec /opt/kafka/run.sh "$(dirname "$KAFKA_LOG_DIRS")" 9092 9093 "\${settings[@]}"`;

export function images({ binary, kafkaFolder }) {
  const newest = "printf '%s\\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1";
  const postgresFolder = execFileSync('sh', ['-c', newest]).toString().trim();
  return {
    tinybook: ownImage(binary),
    postgres: {
      entrypoint: ['sh', '-c', postgres, 'postgres'],
      env: { PATH: `${postgresFolder}:${debianPath}` },
      user: { name: 'postgres', uid: 999, gid: 999 },
    },
    redis: { entrypoint: [], user: { name: 'redis', uid: 999, gid: 999 }, workdir: '/data' },
    'apache/kafka': {
      entrypoint: ['bash', '-c', kafka],
      user: { name: 'appuser', uid: 1000, gid: 1000 },
      // One by one: the folder itself is its owner's alone.
      mounts: Object.fromEntries(readdirSync(kafkaFolder)
        .map(name => [`/opt/kafka/${name}`, join(kafkaFolder, name)])),
    },
  };
}

/// Of the image `name:tag`.
export function imageOf(all, reference) {
  const found = all[reference.replace(/:[^:/]*$/, '')];
  if (!found) throw Error(`nothing stands for the image ${reference}`);
  return { env: {}, workdir: '/', mounts: {}, ...found,
    env: { PATH: debianPath, ...found.env } };
}
