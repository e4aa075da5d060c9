// The way to another page with a record in its address is one step back: Streamlit writes the record to the page
// that is left, then goes on.
const watch = () => {
  let written = null;  // an address since which the reader has touched nothing
  for (const touch of ['pointerdown', 'keydown']) addEventListener(touch, () => { written = null; }, true);
  const push = history.pushState.bind(history);
  history.pushState = (state, title, to) => {
    const next = new URL(to, location), onward = next.pathname !== location.pathname;
    if (onward && written === location.href && next.search && next.search === location.search)
      history.replaceState(state, title, to);
    else push(state, title, to);
    written = onward ? null : location.href;
  };
  return true;
};
window.firebreakSteps ??= watch();

let back = null;
export default function ({data, setTriggerValue}) {
  const before = sessionStorage.getItem('firebreak-place');
  sessionStorage.setItem('firebreak-place', data.place);
  // a tab that has just opened stands at its head, or where its reader has scrolled meanwhile
  if (before !== null && before !== data.place) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  document.removeEventListener('click', back);
  back = event => {
    const link = event.target.closest?.('[data-testid="stSidebarNavLink"]');
    const here = link?.pathname === location.pathname && location.search;
    // after Streamlit's own run, which keeps the address
    if (here && !event.ctrlKey && !event.metaKey && !event.shiftKey) setTimeout(() => setTriggerValue('back', Date.now()));
  };
  document.addEventListener('click', back);
  return () => document.removeEventListener('click', back);
}
