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
