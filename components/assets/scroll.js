export default function ({data}) {
  if (sessionStorage.getItem('firebreak-scrolled') === data.once) return;
  let tries = 20;
  const go = () => {
    const el = document.querySelector('.st-key-' + CSS.escape(data.key));
    if (!el) { if (tries--) setTimeout(go, 50); return; }
    sessionStorage.setItem('firebreak-scrolled', data.once);
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    el.scrollIntoView({behavior: calm ? 'auto' : 'smooth', block: 'center'});
  };
  go();
}
