const S = (window.__firebreakAutosave ??= {forms: new Map(), timers: new Map(), composing: null});
const fieldOf = (el) => {
  if (!(el instanceof HTMLTextAreaElement) && !(el instanceof HTMLInputElement)) return null;
  if (!el.closest('.stTextArea, .stTextInput, .stNumberInput')) return null;
  const box = el.closest('[class*="st-key-"]');
  const key = box && [...box.classList].find((c) => c.startsWith('st-key-'))?.slice(7);
  const form = key && [...S.forms.values()].find((f) => key in f.saved);
  return form ? {key, form} : null;
};
// The form that Enter sends from a field of one line.
const lineOf = (el) => el.closest?.('.stTextInput, .stNumberInput')
  && [...S.forms.values()].find((f) => f.lines && el.closest('.st-key-' + CSS.escape(f.lines)));
// A widget that is drawn anew under `key__2` is still the same field.
const slot = (key) => 'firebreak-unsent:' + key.replace(/__\d+$/, '');
const app = () => document.querySelector('[data-testid=stApp]');
const connected = () => (app()?.dataset.testConnectionState ?? 'CONNECTED') === 'CONNECTED';
// Enter reformats a number, so a half-typed one ("12.", "-", "007") is left to blur and to the journal.
const halfTyped = (el) => el.closest('.stNumberInput') && String(Number(el.value)) !== el.value;
function commit(el) {
  clearTimeout(S.timers.get(el)); S.timers.delete(el);
  if (!el.isConnected || S.composing === el || halfTyped(el)) return;
  if (el.disabled || !connected()) return later(el, 400);
  el.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', code: 'Enter', keyCode: 13, which: 13,
    ctrlKey: el.tagName === 'TEXTAREA', bubbles: true, cancelable: true}));
}
function later(el, ms) {
  clearTimeout(S.timers.get(el));
  S.timers.set(el, setTimeout(() => commit(el), ms));
}
function flush() { for (const el of [...S.timers.keys()]) commit(el); }
function type(el, text) {  // the way React notices: native setter, then an input event
  const proto = el.tagName === 'TEXTAREA' ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  Object.getOwnPropertyDescriptor(proto, 'value').set.call(el, text);
  el.dispatchEvent(new Event('input', {bubbles: true}));
}
if (!S.installed) {
  S.installed = true;
  const on = (target, name, fn) => target.addEventListener(name, fn, true);
  on(document, 'input', (e) => {
    const f = fieldOf(e.target); if (!f) return;
    try { sessionStorage.setItem(slot(f.key), e.target.value); } catch { /* full: commits still work */ }
    if (!e.isComposing) later(e.target, f.form.quiet);
  });
  on(document, 'keydown', (e) => {  // a person's Enter; the one of `commit` only saves
    if (!e.isTrusted || e.key !== 'Enter' || e.isComposing || e.keyCode === 229) return;  // 229: a word is chosen
    const send = lineOf(e.target)?.send || ((e.ctrlKey || e.metaKey) && fieldOf(e.target)?.form.send);
    if (send) setTimeout(() => document.querySelector('.st-key-' + CSS.escape(send) + ' button')?.click());
  });
  on(document, 'compositionstart', (e) => { if (fieldOf(e.target)) S.composing = e.target; });
  on(document, 'compositionend', (e) => {
    const f = fieldOf(e.target); S.composing = null; if (f) later(e.target, f.form.quiet);
  });
  on(document, 'visibilitychange', () => { if (document.hidden) flush(); });
  on(window, 'pagehide', flush);
  // Connection down: Streamlit disables every widget, and what a field sends on that blur is lost. Keep our fields
  // writable (before the browser takes the focus away) and, once connected, have all values sent again.
  let wasUp = connected();
  new MutationObserver((changes) => {
    const up = connected();
    if (!up) for (const {target: el} of changes) if (el.disabled && fieldOf(el)) el.disabled = false;
    if (up && !wasUp) for (const f of S.forms.values()) f.resend();
    wasUp = up;
  }).observe(document.body, {subtree: true, attributes: true, attributeFilter: ['disabled', 'data-test-connection-state']});
}
function settle(form, tries) {  // drop what the server has; put back what it never got
  let missing = false;
  for (const [key, saved] of Object.entries(form.saved)) {
    const unsent = sessionStorage.getItem(slot(key));
    if (unsent === saved) { sessionStorage.removeItem(slot(key)); continue; }
    if (unsent === null && !form.fresh) continue;
    const el = document.querySelector('.st-key-' + CSS.escape(key) + ' :is(textarea, input)');
    if (!el) { missing = true; continue; }
    if (unsent === null) {  // typed before this watcher was there; the keys do nothing on an untouched field
      if (el.value && el.value !== saved) later(el, form.quiet);
      continue;
    }
    if (form.fresh && el.value !== unsent && document.activeElement !== el) type(el, unsent);
    else if (el.value === unsent && !S.timers.has(el) && S.composing !== el) later(el, form.quiet);
  }
  if (missing && tries > 0) setTimeout(() => settle(form, tries - 1), 150); else form.fresh = false;
}
export default function ({data, setTriggerValue}) {
  const known = S.forms.get(data.prefix);
  const form = {...data, fresh: known ? known.fresh : true, resend: () => setTriggerValue('resend', Date.now())};
  S.forms.set(data.prefix, form);
  settle(form, 20);
  return () => { flush(); S.forms.delete(data.prefix); };
}
