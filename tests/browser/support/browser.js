// A server and a browser for each file of tests.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Person, wayName } from './person.js';
import { Proxy } from './proxy.js';
import { Server } from './server.js';

// The packages stand in the build folder (scripts/prepare-browser.sh).
const require = createRequire(join(process.env.BROWSER_PACKAGES, 'x'));
const { chromium } = require('playwright-core');
export const axeFile = require.resolve('axe-core/axe.min.js');
const pictures = process.env.FAILURE_PICTURES;

export function launch(more = {}) {
  // Chromium without its windows: three times as quick.
  const find = 'command -v chromium-headless-shell || command -v chromium';
  const executablePath = execFileSync('sh', ['-c', find]).toString().trim();
  const asRoot = process.getuid() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: ['--disable-dev-shm-usage', ...asRoot], ...more });
}

/// What stands while the tests of a file run: server, browser, and the address for it.
export const world = {};

/// settings  of the server, or what answers them when it is started
/// hold      how long answers to forms are under way, in ms
/// fill      puts something into the server; `world.content` is what it answers
/// Whom its pages may ask besides stands in `world.others`.
export function serve(settings = [], { hold = 0, fill, ...browserOptions } = {}) {
  let proxy;
  before(async () => {
    world.server = await Server.start(Array.isArray(settings) ? settings : await settings());
    if (hold) proxy = await Proxy.start([world.server.address], { hold });
    world.address = proxy?.address ?? world.server.address;
    world.content = await fill?.(world.server);
    world.browser = await launch(browserOptions);
  });
  after(() => Promise.all([world.browser?.close(), proxy?.stop(), world.server?.stop()]));
}

/// A test for each of the ways (person.js): `run(person)`. A picture is kept of what fails.
export function check(name, ways, run) {
  for (const way of ways) {
    const whole = `${name} (${wayName(way)})`;
    test(whole, { timeout: 300000 }, async () => {
      const person = await Person.create(world, way);
      try {
        await run(person, way);
        person.blameless();
      } catch (error) {
        mkdirSync(pictures, { recursive: true });
        const path = join(pictures, `${whole.replace(/[^\w-]+/g, '-')}.png`);
        await person.page.screenshot({ path, fullPage: true, timeout: 5000 }).catch(() => {});
        const at = person.page.url();
        throw new Error([`at ${at}, picture: ${path}`, ...person.faults].join('\n'),
          { cause: error });
      } finally {
        await person.context.close();
      }
    });
  }
}
