// From the next click: milliseconds to the last change of what is drawn, once its run has ended, and whether it ran anything.
// What stands within a canvas is not drawn: a table keeps its cells there for screen readers, 200 ms behind the ones it paints.
() => {
  const QUIET = 300, LIMIT = 60000, SILENT = 2000;
  const app = document.querySelector('[data-testid="stApp"]');
  let begun = 0, last = 0, ran = false, ended = false;
  const drawn = ({ type, target }) => !(type === "childList" ? target : target.parentElement)?.closest("canvas");
  const look = new MutationObserver((changes) => {
    if (changes.some(drawn)) last = performance.now();
    const running = app.getAttribute("data-test-script-state") === "running";
    ran ||= running;
    ended = ran && !running;
  });
  window.measured = new Promise((done) => {
    const wait = () => {
      const now = performance.now(), still = now - Math.max(last, begun);
      // a run may be shorter than what an observer sees of it
      if ((ended && still > QUIET) || still > SILENT || now - begun > LIMIT) {
        look.disconnect();
        done({ ms: Math.max(last - begun, 0), ran });
      } else setTimeout(wait, 20);
    };
    document.addEventListener("click", () => {
      begun = performance.now();
      look.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
      wait();
    }, { capture: true, once: true });
  });
}
