// The voice summary, kept on the device while it is spoken: what was said until a crash is there afterwards.
import { button, h } from "./dom.js";
import { t } from "./words.js";

const SAVED_EVERY = 3000; // milliseconds
const FORMATS = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg"];
let running = null;

// Resolves when what was said is kept.
export function stopRecording() {
  if (!running) return Promise.resolve();
  running.stop();
  return running.kept;
}

export function drawRecorder(visit, save, maxMb) {
  const box = h("div", { class: "recorder" });
  const keep = (blob, name) => {
    if (blob.size > maxMb * 2 ** 20) return say(t("offline.too_large", { limit: maxMb }));
    visit.recording = blob;
    visit.recording_name = name;
    save("recording");
    return draw();
  };
  const say = (words) => box.append(h("p", { class: "wrong", role: "alert" }, words));

  async function start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      say(t("offline.no_microphone"));
      return;
    }
    const mimeType = FORMATS.find((f) => MediaRecorder.isTypeSupported(f));
    const made = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    const chunks = [];
    const whole = () => new Blob(chunks, { type: made.mimeType.split(";")[0] });
    made.ondataavailable = (event) => {
      if (!event.data.size) return;
      chunks.push(event.data);
      visit.recording = whole();
      visit.recording_name = "";
      save("recording");
    };
    const kept = new Promise((resolve) => {
      made.onstop = () => {
        running = null;
        stream.getTracks().forEach((track) => track.stop());
        keep(whole(), "");
        resolve();
      };
    });
    made.start(SAVED_EVERY);
    running = { stop: () => made.stop(), kept };
    draw();
  }

  function draw() {
    if (running) {
      box.replaceChildren(button(`■ ${t("offline.stop")}`, stopRecording, { class: "stop" }));
    } else if (visit.recording) {
      const player = h("audio", { controls: true, src: URL.createObjectURL(visit.recording) });
      const gone = button(t("offline.remove_recording"), () => { visit.recording = null; save("recording"); draw(); }, { class: "quiet" });
      box.replaceChildren(player, gone);
    } else {
      const file = h("input", { type: "file", accept: "audio/*", class: "hidden",
        onchange: () => file.files[0] && keep(file.files[0], file.files[0].name) });
      const speaks = navigator.mediaDevices && window.MediaRecorder;
      box.replaceChildren(h("div", { class: "row" },
        speaks && button(`● ${t("offline.record")}`, start),
        button(t("offline.choose_file"), () => file.click(), { class: "quiet" }), file));
    }
  }
  draw();
  return box;
}
