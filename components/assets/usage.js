// Counts the seconds in which somebody is at work on the page, and tells their number once a minute.
// Only the number leaves the browser: no key, no text, no place on the page.
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
let counting = null;

export default function ({ data }) {
  if (counting) return counting;
  let seconds = 0, ticks = 0, latest = 0;
  const seen = () => { latest = Date.now(); };
  const tell = () => {
    if (seconds > 0) {
      fetch(data.path, { method: "POST", body: String(seconds), credentials: "same-origin", keepalive: true })
        .catch(() => {});  // what did not get through is lost: rather too little than doubled
    }
    seconds = 0;
    ticks = 0;
  };
  const tick = () => {
    const busy = document.visibilityState === "visible" && Date.now() - latest < data.idle * 1000;
    seconds += busy ? 1 : 0;
    ticks += 1;
    if (ticks >= data.beat) tell();
  };
  SIGNS.forEach((sign) => document.addEventListener(sign, seen, { capture: true, passive: true }));
  window.addEventListener("pagehide", tell);
  const clock = setInterval(tick, 1000);
  counting = () => {
    clearInterval(clock);
    SIGNS.forEach((sign) => document.removeEventListener(sign, seen, { capture: true }));
    window.removeEventListener("pagehide", tell);
    tell();
    counting = null;
  };
  return counting;
}
