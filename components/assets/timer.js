export default function ({data, parentElement}) {
  const face = parentElement.querySelector('.timer');
  const ahead = Date.now() - data.now;  // the browser's clock may be wrong; the server's counts
  face.dataset.size = data.large ? 'large' : 'desk';
  const show = () => {
    const left = Math.round((data.ends - (Date.now() - ahead)) / 1000);
    const at = Math.abs(left), two = (n) => String(n).padStart(2, '0');
    face.querySelector('b').textContent = `${left < 0 ? '+' : ''}${two(Math.floor(at / 60))}:${two(at % 60)}`;
    face.querySelector('i').textContent = left < 0 ? data.over : data.left;
    face.dataset.pace = left < 0 ? 'over' : left < 180 ? 'soon' : 'calm';
  };
  show();
  const ticking = setInterval(show, 500);
  return () => clearInterval(ticking);
}
