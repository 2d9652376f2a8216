/*
 * A form that was sent after its session had ended leads to the sign-in page; what was typed waits in this tab, and is
 * there again when its reader comes back to the form; whoever else signs in here sees nothing of it. Nothing secret is
 * kept, and nothing once a form has arrived.
 */
const KEY = 'unsent';
const WITHIN_MS = 3_600_000;

/** Called once a page, before anything of it is filled in otherwise. */
export default function unsent() {
  const kept = read();
  if (kept) comeBack(kept);
  addEventListener('submit', ({ target, defaultPrevented }) => {
    if (!defaultPrevented && target.method === 'post' && !target.querySelector('[type=password]'))
      keep(target);
  });
}

function comeBack(kept) {
  if (location.pathname === '/login' || document.querySelector('[data-unavailable]'))
    return write({ ...kept, unsent: true });
  // It has arrived, whatever its answer is.
  if (!kept.unsent || Date.now() - kept.at > WITHIN_MS || isOthers(kept))
    return sessionStorage.removeItem(KEY);
  const form = [...document.forms].find((each) => each.getAttribute('action') === kept.action);
  if (!form) return;
  sessionStorage.removeItem(KEY);
  for (const [name, value] of kept.texts) {
    const field = texts(form).find((each) => each.name === name);
    if (!field || field.value !== field.defaultValue) continue;
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function keep(form) {
  const typed = texts(form).filter(
    ({ value, defaultValue }) => value !== defaultValue || value.trim() !== '',
  );
  if (typed.length === 0 || !reader()) return;
  write({
    action: form.getAttribute('action'),
    reader: reader(),
    texts: typed.map(({ name, value }) => [name, value]),
    at: Date.now(),
  });
}

/** The address that stands in the menu of whoever is signed in; nothing on the pages of visitors. */
function reader() {
  return document.querySelector('.menu__who-email')?.textContent ?? '';
}

function isOthers(kept) {
  return reader() !== '' && reader() !== kept.reader;
}

/** Fields somebody types into. */
function texts(form) {
  return [...form.elements].filter(
    ({ tagName, type }) =>
      tagName === 'TEXTAREA' || (tagName === 'INPUT' && ['text', 'email', 'tel', 'url'].includes(type)),
  );
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function write(kept) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // No room, or none allowed: the form is sent all the same.
  }
}
