export default function ({data}) {
  const before = sessionStorage.getItem('firebreak-place');
  if (before === data.place) return;
  sessionStorage.setItem('firebreak-place', data.place);
  // a tab that has just opened stands at its head, or where its reader has scrolled meanwhile
  if (before !== null) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}
