export default function ({data}) {
  if (sessionStorage.getItem('firebreak-place') === data.place) return;
  sessionStorage.setItem('firebreak-place', data.place);
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}
