// Makes the pages smoother. Everything works without it.
'use strict';
{
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  document.querySelector('[data-focus]')?.focus();

  // What scrolls can be scrolled by keyboard.
  for (const box of all('.article :is(pre, table)'))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;

  // Each form is sent once, however often the button is pressed.
  const sent = new Map();
  const release = () => {
    for (const button of sent.values()) button?.removeAttribute('aria-busy');
    sent.clear();
  };
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (sent.has(form)) return event.preventDefault();
    sent.set(form, event.submitter);
    event.submitter?.setAttribute('aria-busy', 'true');
    // It was stopped, or never arrived; a download leaves the page as it is.
    setTimeout(release, 'download' in form.dataset ? 1000 : 10000);
  });
  addEventListener('pageshow', release); // The back button shows the page as it was left.

  // Unsaved text is not left by accident.
  for (const form of all('[data-guard]')) {
    let unsaved = 'dirty' in form.dataset;
    form.addEventListener('input', () => { unsaved = true; });
    addEventListener('beforeunload', event => {
      const kept = [...sent.keys()].some(one => 'guard' in one.dataset);
      if (unsaved && !kept) event.preventDefault();
    });
  }

  // A password can be looked at before it is sent.
  for (const field of all('[data-show] [type=password]')) {
    const { show, hide } = field.form.dataset;
    const button = document.createElement('button');
    const set = seen => {
      field.type = seen ? 'text' : 'password';
      button.textContent = seen ? hide : show;
    };
    Object.assign(button, { type: 'button', className: 'plain reveal' });
    button.setAttribute('aria-describedby', `${field.id}-label`);
    button.addEventListener('click', () => set(field.type === 'password'));
    field.form.addEventListener('submit', () => set(false));
    field.after(button);
    set(false);
  }

  // A code is pasted with blanks, dashes and full-width digits.
  for (const field of all('[data-code]')) {
    const clean = event => {
      const digits = field.value.normalize('NFKC').replace(/\P{Nd}/gu, '');
      if (!event.isComposing && digits !== field.value) field.value = digits;
    };
    field.addEventListener('input', clean);
    field.addEventListener('compositionend', clean);
  }

  // When the next code may be asked for.
  for (const hint of all('[data-wait]')) {
    const button = hint.parentNode.querySelector('button');
    const end = performance.now() + hint.dataset.wait * 1000;
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      button.disabled = left > 0;
      hint.textContent = left > 0 ? hint.dataset.text.replace('{}', left)
        .replace(/{(.+)\|(.+)}/, left === 1 ? '$1' : '$2') : '';
      if (left > 0) setTimeout(tick, 250);
    };
    tick();
  }

  // Likes and collections without a new page.
  for (const form of all('[data-press]')) {
    const button = form.querySelector('button');
    let busy = false;
    form.addEventListener('submit', async event => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      try {
        const answer = await fetch(form.action, {
          method: 'POST',
          body: new URLSearchParams(new FormData(form)),
          headers: { Accept: 'application/json' },
        });
        if (!answer.ok) return form.submit(); // The page that comes says what is wrong.
        const { pressed, text } = await answer.json();
        if ('once' in button.dataset) {
          button.disabled = true;
          button.lastChild.textContent = button.dataset.once;
        } else {
          button.setAttribute('aria-pressed', pressed);
          form.elements.like.value = !pressed;
        }
        form.querySelector('[role=status]').textContent = text;
      } finally {
        busy = false; // Without a network nothing was done, and the page stays.
      }
    });
  }

  // The ranking is kept fresh while it is seen; rows glide to their new places.
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const key = row => row.querySelector('a').getAttribute('href');
  const glide = { duration: 500, easing: 'cubic-bezier(.2, .8, .2, 1)' };
  const update = (board, fresh) => {
    const list = board.querySelector('ol');
    const focused = board.contains(document.activeElement) && document.activeElement;
    const known = new Map(all('li', list).map(row => [key(row), row]));
    const top = row => row.offsetTop - list.offsetTop; // What stands above may grow.
    const tops = new Map([...known].map(([name, row]) => [name, top(row)]));
    const rows = all('ol li', fresh).map(row => {
      const old = known.get(key(row));
      if (!old) return row;
      old.className = row.className;
      [...row.children].forEach((part, i) => {
        if (!part.isEqualNode(old.children[i])) old.children[i].replaceWith(part);
      });
      return old;
    });
    if (rows.some((row, i) => row !== list.children[i]) || rows.length !== known.size)
      list.replaceChildren(...rows);
    for (const name of ['.own-places', '.empty', '.foot > :first-child']) {
      const now = board.querySelector(name);
      const then = fresh.querySelector(name);
      if (now && then) now.replaceWith(then);
      else if (now) now.remove();
      else if (then) list.after(then);
    }
    const again = focused.isConnected ? focused
      : focused && board.querySelector(`[href="${focused.getAttribute('href')}"]`);
    if (again) again.focus({ preventScroll: true });
    if (still.matches) return;
    for (const row of rows) {
      const from = tops.get(key(row));
      const by = from - top(row);
      if (from === undefined) row.animate({ opacity: [0, 1] }, glide);
      if (by > 0) row.classList.add('rose');
      if (by) row.animate({ transform: [`translateY(${by}px)`, 'none'] }, glide);
    }
  };
  for (const board of all('[data-poll]')) {
    const pause = board.querySelector('[data-pause]');
    let paused = false;
    pause.hidden = false;
    pause.addEventListener('click', () => {
      paused = !paused;
      [pause.textContent, pause.dataset.pause] = [pause.dataset.pause, pause.textContent];
    });
    const poll = async () => {
      if (paused || document.hidden) return;
      try {
        const answer = await fetch(board.dataset.poll, { signal: AbortSignal.timeout(4000) });
        if (!answer.ok) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
        if (!paused && fresh.querySelector('[data-poll]')) update(board, fresh);
      } catch {
        // It says itself of when it is.
      }
    };
    setInterval(poll, 5000);
    document.addEventListener('visibilitychange', poll);
  }
}
