// What Streamlit names by itself (labels, hints, an empty list) in the reader's language, and the page's own language.
const NAMES = ['aria-label', 'title', 'placeholder', 'alt'];
const TOLD = '[role="tooltip"], [role="listbox"], [data-testid="stSkipToContent"]';
const ICONS = '[data-testid="stIconMaterial"], [role="img"][translate="no"]';

// a name that is Markdown in the source, as it is drawn
const bare = (name) => !/\*\*|:[\w-]+\[|:material\/|\\[!-/:-@[-`{-~]/.test(name) ? name : name
  .replace(/:material\/\w+:/g, '').replace(/:[\w-]+\[/g, '').replace(/(?<!\\)\]/g, '').replace(/\*\*/g, '')
  .replace(/\\(?=[^\w\s])/g, '').replace(/\s+/g, ' ').trim();

export default function ({data}) {
  document.documentElement.lang = data.language;
  const counted = (words) => data.words[words.replace(/\d+/, '{n}')]?.replace('{n}', /\d+/.exec(words)?.[0]);
  const said = (words) => data.words[words] ?? counted(words) ?? data.before.map(([head, ours]) =>
    words.startsWith(head) ? ours + words.slice(head.length) : null).find(Boolean);
  const name = (el) => NAMES.forEach((of) => {
    if (!el.hasAttribute(of)) return;
    const theirs = el.getAttribute(of), ours = said(theirs) ?? bare(theirs);
    if (ours !== theirs) el.setAttribute(of, ours);
  });
  const tell = (text) => {
    const ours = said(text.data.trim());
    if (ours) text.data = ours;
  };
  // an icon beside words says nothing that the words do not, and an icon alone is no heading
  const quiet = (icon) => {
    const host = icon.closest('button, a, summary, p, h1, h2, h3, [role="alert"]');
    const alone = host && host.textContent.trim() === icon.textContent.trim();
    if (alone && /^H\d$/.test(host.tagName)) host.setAttribute('role', 'presentation');
    else if (!host || alone) return;
    icon.setAttribute('aria-hidden', 'true');
  };
  const mend = (el) => {
    if (el.nodeType === Node.TEXT_NODE) { if (el.parentElement?.closest(TOLD)) tell(el); return; }
    if (el.nodeType !== Node.ELEMENT_NODE) return;
    for (const one of [el, ...el.querySelectorAll(NAMES.map((of) => `[${of}]`).join())]) name(one);
    for (const icon of el.querySelectorAll(ICONS)) quiet(icon);
    for (const box of [el, ...el.querySelectorAll(TOLD)].filter((one) => one.closest(TOLD))) {
      const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) tell(texts.currentNode);
    }
  };
  window.firebreakForeign?.disconnect();
  window.firebreakForeign = new MutationObserver((changes) => {
    for (const {target, addedNodes, type} of changes) {
      if (type === 'attributes') name(target);
      else if (type === 'characterData') mend(target);
      else addedNodes.forEach(mend);
    }
  });
  window.firebreakForeign.observe(document.body,
    {subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES});
  mend(document.body);
}
