// Somebody in front of a page, who finds fields, buttons and links by what they are called,
// and presses them in one of the ways that people have.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { textOf } from './texts.js';

/// lang      en | zh-CN
/// script    whether the browser runs scripts
/// keyboard  by Tab, Enter and Space, never by a pointer
/// width     of the window, in pixels
/// theme     light | dark
const languages = ['en', 'zh-CN'];
const yesOrNo = [true, false];
const everyWay = languages.flatMap(lang => yesOrNo.flatMap(script => yesOrNo.flatMap(
  keyboard => [360, 1280].map(width => ({ lang, script, keyboard, width })))));
// Each two of language, script and keyboard meet.
const usualWays = [
  { lang: 'en', script: true, keyboard: false, width: 1280 },
  { lang: 'zh-CN', script: true, keyboard: true, width: 360 },
  { lang: 'en', script: false, keyboard: true, width: 360 },
  { lang: 'zh-CN', script: false, keyboard: false, width: 1280 },
];
export const all = process.env.TINYBOOK_TEST_ALL === '1';
export const ways = all ? everyWay : usualWays;
export const withAndWithoutScript = yesOrNo.map(script => ({ script }));
export const wayName = way =>
  [way.lang, way.script === false ? 'no script' : 'script', way.keyboard && 'keyboard',
    way.width].filter(Boolean).join(', ');

export class Person {
  /// What no page may do, as far as it happened.
  faults = [];
  /// Whether it may be asked before a page with unsaved words is left.
  leaves = false;

  static async create({ browser, server, address, others = [] }, way = {}) {
    const { lang = 'en', script = true, keyboard = false, width = 1280, theme = 'light' } = way;
    const person = new Person();
    Object.assign(person, { server, address, lang, script, keyboard });
    person.context = await browser.newContext({
      baseURL: address,
      javaScriptEnabled: script,
      locale: lang,
      viewport: { width, height: 800 },
      colorScheme: theme,
      reducedMotion: 'reduce',
      timezoneId: 'Asia/Shanghai',
      ignoreHTTPSErrors: others.length > 0, // Their certificates are their own.
    });
    person.context.setDefaultTimeout(10000);
    // Nothing leaves this machine. Pictures of articles are the only thing that may want to.
    const known = [address, ...others];
    await person.context.route(url => !known.some(one => url.href.startsWith(one)), route => {
      const request = route.request();
      if (request.resourceType() !== 'image' || !request.url().startsWith('https:'))
        person.faults.push(`request to ${request.url()}`);
      return route.fulfill({ contentType: 'image/svg+xml',
        body: '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="320"/>' });
    });
    await person.context.addInitScript(() => {
      addEventListener('securitypolicyviolation', event => {
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    person.context.on('page', page => person.#watch(page));
    person.page = await person.context.newPage();
    return person;
  }

  #watch(page) {
    page.on('dialog', dialog => {
      if (dialog.type() !== 'beforeunload' || !this.leaves)
        this.faults.push(`dialog: ${dialog.type()} ${dialog.message()}`);
      dialog.accept();
    });
    page.on('pageerror', error => this.faults.push(`script: ${error}`));
    page.on('console', message => {
      // That a page answers 400 or 404 is said there, too.
      const refused = message.text().startsWith('Failed to load resource')
                      && this.refusedPages.has(message.location().url);
      if (['error', 'warning'].includes(message.type()) && !refused)
        this.faults.push(`console: ${message.text()}`);
    });
    page.on('requestfailed', request => {
      const why = request.failure().errorText;
      if (why !== 'net::ERR_ABORTED') this.faults.push(`${request.url()}: ${why}`);
    });
    page.on('response', response => {
      if (response.status() < 400) return;
      if (response.request().resourceType() === 'document')
        this.refusedPages.add(response.url());
      else this.faults.push(`${response.url()}: ${response.status()}`);
    });
  }
  refusedPages = new Set();

  t(key, ...values) { return textOf(this.lang, key, ...values); }

  /// Logged in as `account` from now on.
  async be(account) {
    this.account = account;
    await this.context.addCookies([{ name: 'tb_session', url: this.address,
      value: `${account.access}~${account.refresh}`, httpOnly: true, sameSite: 'Lax' }]);
    return this;
  }

  async open(path) {
    const answer = await this.page.goto(path);
    this.status = answer.status();
    return answer;
  }
  get path() { return new URL(this.page.url()).pathname; }

  /// Fields: `{name: text}`.
  async fill(fields) {
    for (const [name, text] of Object.entries(fields)) {
      const field = this.page.locator(`main [name="${name}"]:not([type=hidden])`);
      if (!this.keyboard) {
        await field.fill(text);
        continue;
      }
      await this.tabTo(field);
      await this.page.keyboard.press('ControlOrMeta+a');
      await this.page.keyboard.press('Delete');
      await this.page.keyboard.insertText(text);
    }
  }

  async tabTo(target) {
    for (let presses = 0; presses < 120; ++presses) {
      if (await target.evaluate(one => one === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not reach ${target}`);
  }

  button(key) { return this.page.getByRole('button', { name: this.t(key), exact: true }); }
  link(key, within = this.page) {
    return within.getByRole('link', { name: this.t(key), exact: true }).first();
  }

  async #activate(target, key) {
    if (!this.keyboard) return target.click();
    await this.tabTo(target);
    await this.page.keyboard.press(key);
  }
  async #goes(action) {
    const arrived = this.page.waitForEvent('load');
    const answer = this.page.waitForResponse(one => one.request().isNavigationRequest()
                                                    && one.status() !== 303);
    await action();
    this.status = (await answer).status();
    await arrived;
  }

  /// What leads to another page.
  press(key, within = this.page.locator('main')) {
    const button = within.getByRole('button', { name: this.t(key), exact: true });
    return this.#goes(() => this.#activate(button, 'Space'));
  }
  follow(link) {
    const target = typeof link === 'string' ? this.link(link) : link;
    return this.#goes(() => this.#activate(target, 'Enter'));
  }
  /// What changes this page.
  touch(target) { return this.#activate(target, 'Space'); }

  /// What leads to a file, which is JSON.
  async download(key) {
    const came = this.page.waitForEvent('download');
    await this.touch(this.button(key));
    return JSON.parse(readFileSync(await (await came).path(), 'utf8'));
  }

  /// By Enter in a field, as most people do.
  async fillAndSend(fields, key) {
    await this.fill(fields);
    await this.press(key);
  }

  async says(key, ...values) {
    const text = this.t(key, ...values);
    assert.ok((await this.page.locator('main').innerText()).includes(text),
      `${this.page.url()} does not say “${text}”`);
  }
  async notice(key) {
    assert.equal(await this.page.locator('main > [role=status]').innerText(), this.t(key));
  }

  /// The page says at each of these fields, and in a summary that has the focus, what is wrong.
  async refuses(...names) {
    const { page } = this;
    assert.ok((await page.title()).startsWith(this.t('error_prefix').trim()),
      `title: ${await page.title()}`);
    const summary = page.locator('.wrong[role=alert]');
    if (this.script)
      assert.ok(await summary.evaluate(one => one === document.activeElement), 'has the focus');
    for (const name of names) {
      const field = page.locator(`[name="${name}"]`);
      assert.equal(await field.getAttribute('aria-invalid'), 'true', name);
      const described = (await field.getAttribute('aria-describedby')).split(' ');
      for (const id of described)
        assert.ok((await page.locator(`#${id}`).innerText()).length > 0, id);
      await this.#activate(summary.locator(`a[href="#${await field.getAttribute('id')}"]`), 'Enter');
      assert.ok(await field.evaluate(one => one === document.activeElement), `leads to ${name}`);
      assert.equal(await field.getAttribute('type') === 'password' ? await field.inputValue() : '',
        '', 'no password comes back');
    }
    assert.equal(await page.locator('[aria-invalid]').count(), names.length);
  }

  blameless() { assert.deepEqual(this.faults, []); }
}
