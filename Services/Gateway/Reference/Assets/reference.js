// Upgrades the reference: search while typing, keys, copying, theme. Every page works without it.

/** The only policy: what our own server has written, with every text escaped there. */
const policy = globalThis.trustedTypes?.createPolicy('fragment', { createHTML: text => text });

const input = /** @type {HTMLInputElement} */ (document.getElementById('q'));
const main = /** @type {HTMLElement} */ (document.getElementById('main'));

// MARK: Search while typing

/** What stood in the page before a search was typed. */
let page = /** @type {Node[] | null} */ (null);
let asked = /** @type {AbortController | null} */ (null);
let timer = 0;

/** @param {string} query */
async function find(query) {
  asked?.abort();
  if (!query.trim()) return show(null);
  asked = new AbortController();
  try {
    const answer = await fetch(`/docs?q=${encodeURIComponent(query)}`, {
      headers: { 'X-Fragment': 'found' }, signal: asked.signal, credentials: 'omit',
    });
    if (!answer.ok) return;
    const template = document.createElement('template');
    const text = await answer.text();
    template.innerHTML = /** @type {string} */ (policy ? policy.createHTML(text) : text);
    show(template.content);
  } catch (error) {
    // Another letter came, or the network is gone; Enter asks for the page itself.
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
  }
}

/** @param {DocumentFragment | null} found */
function show(found) {
  if (!found && !page) return;
  page ??= [...main.childNodes];
  main.replaceChildren(...(found ? [found] : page));
  if (!found) page = null;
  scrollTo(0, 0);
}

input.addEventListener('input', () => {
  clearTimeout(timer);
  timer = window.setTimeout(() => find(input.value), 60);
});

// A link to a place in the page that the search has replaced, or that Back returns to.
addEventListener('click', event => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || !page || link.pathname !== location.pathname || !link.hash) return;
  show(null);
  input.value = '';
});

// A place in this page was chosen from the contents that lie above it.
const contents = /** @type {HTMLElement} */ (document.getElementById('contents'));
contents.addEventListener('click', event => {
  if (event.target instanceof Element && event.target.closest('a') && contents.matches(':popover-open')) contents.hidePopover();
});

// MARK: Keys

const hits = () => /** @type {HTMLAnchorElement[]} */ ([...main.querySelectorAll('.hits a')]);

addEventListener('keydown', event => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = /** @type {HTMLElement} */ (event.target);
  const isTyping = target.matches('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !isTyping) {
    event.preventDefault();
    input.focus();
    input.select();
  } else if (event.key === 'Escape' && (target === input || target.closest('.hits'))) {
    input.value = '';
    find('');
    input.focus();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const links = hits();
    const place = links.indexOf(/** @type {HTMLAnchorElement} */ (target));
    if (!links.length || (place < 0 && target !== input)) return;
    event.preventDefault();
    const next = place + (event.key === 'ArrowDown' ? 1 : -1);
    (next < 0 ? input : links[Math.min(next, links.length - 1)]).focus();
  } else if (event.key === 'Enter' && target === input && page) {
    const first = hits()[0];
    if (!first) return;
    event.preventDefault();
    first.click();
  }
});

// MARK: Copying

addEventListener('click', async event => {
  const button = event.target instanceof Element ? event.target.closest('button.copy') : null;
  if (!button) return;
  await navigator.clipboard.writeText(button.closest('figure')?.querySelector('code')?.textContent ?? '');
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
});

if (navigator.clipboard) {
  for (const caption of document.querySelectorAll('.block figcaption')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy: ${caption.textContent}`);
    caption.append(button);
  }
}

// MARK: Theme

const themes = ['auto', 'light', 'dark'];
const root = document.documentElement;
const button = document.createElement('button');
button.type = 'button';
button.className = 'theme';

function tellTheme() {
  const now = root.dataset.theme ?? 'auto';
  button.textContent = { auto: '◐', light: '☀', dark: '☾' }[now] ?? '◐';
  button.title = `Theme: ${now}`;
  button.setAttribute('aria-label', `Theme: ${now}`);
}

button.addEventListener('click', () => {
  const next = themes[(themes.indexOf(root.dataset.theme ?? 'auto') + 1) % themes.length];
  if (next === 'auto') {
    delete root.dataset.theme;
    localStorage.removeItem('casebook-theme');
  } else {
    root.dataset.theme = next;
    localStorage.setItem('casebook-theme', next);
  }
  tellTheme();
});
tellTheme();
document.querySelector('.top')?.append(button);
root.dataset.ready = 'true';
