// The page: a list of what waits, a form, and the way to the server when there is one.
import { known as knownHere, visits } from "./db.js";
import { missing } from "./check.js";
import { drawForm } from "./form.js";
import { drawList } from "./list.js";
import { stopRecording } from "./recorder.js";
import { ask, send } from "./sync.js";
import { freshTimes } from "./time.js";
import { loadWords, own, speak, speakAlways, spoken, t, wasChosen } from "./words.js";

const AGAIN = 30000; // milliseconds between tries while something waits
const state = { known: null, line: "checking", all: [], sent: [], form: null };
const main = document.getElementById("main");
const mine = () => state.all.filter((v) => v.person === state.known?.person.id);

async function draw() {
  state.all = await visits.all();
  document.getElementById("title").textContent = t("offline.title");
  document.getElementById("language").textContent = spoken() === "zh" ? "English" : "简体中文";
  const pill = document.getElementById("line");
  pill.textContent = t(`offline.line.${state.line}`);
  pill.className = `pill ${state.line}`;
  if (state.form) return;
  const others = state.all.length - mine().length;
  main.replaceChildren(...drawList({ ...state, mine: mine(), others },
    { begin, edit: (key) => { location.hash = key; }, discard, send: connect }));
}

// One go at a time; what is asked for meanwhile happens right after.
let going = null;
let anew = false;
function connect() {
  if (going) anew = true;
  else going = reach().finally(() => { going = null; if (anew) { anew = false; connect(); } });
  return going;
}

async function reach() {
  state.line = "checking";
  await draw();
  const { status, picks } = await ask();
  if (picks) await learn(picks);
  else if (status === 401) await forget();
  state.line = { 0: "offline", 200: "online", 401: "signed_out", 403: "not_allowed" }[status] ?? "offline";
  if (picks) {
    const stopped = await send(picks.person.id, told);
    if (stopped === 401) await forget();
    state.line = { 0: "offline", 401: "signed_out", 403: "not_allowed", 409: "signed_out" }[stopped] ?? "online";
  }
  await draw();
}

async function learn(picks) {
  const another = state.known && state.known.person.id !== picks.person.id;
  await knownHere.put(picks);
  state.known = picks;
  if (another) location.hash = ""; // the form of whoever was here before closes
  if (picks.person.language && !wasChosen()) speak(picks.person.language);
}

// Signed out, revoked or locked out: what is known of customers goes, what was recorded stays.
async function forget() {
  await knownHere.drop();
  if (!state.form) state.known = null;
}

function told(visit, recorded) {
  const customer = state.known?.customers.find((c) => c.id === visit.customer)?.name ?? visit.customer_name;
  const type = state.known?.form.types.find((one) => one.key === visit.sheet.type);
  state.sent.push({ words: t("offline.recorded", { type: own(type?.label), customer }), customer: recorded.customer });
}

async function begin() {
  const asked = new URLSearchParams(location.search);
  const customer = state.known.customers.find((c) => c.id === Number(asked.get("customer")));
  const visit = {
    key: crypto.randomUUID(), person: state.known.person.id, state: "draft", tried: false, made_at: Date.now(), problems: [],
    customer: customer?.id ?? null, opportunity: customer?.opportunities.length === 1 ? customer.opportunities[0].id : null,
    recording: null, sheet: { ...freshTimes(new Date(), state.known.person.timezone), type: asked.get("type") ?? "", outcome: "open" },
  };
  await visits.put(visit);
  navigator.storage?.persist?.();
  location.hash = visit.key;
}

async function discard(key) {
  await visits.drop(key);
  if (location.hash) location.hash = "";
  else await draw();
}

async function follow() {
  await stopRecording();
  state.form = null;
  state.known = await knownHere.get();
  const visit = state.known && location.hash.length > 1 ? await opened(location.hash.slice(1)) : null;
  if (visit) open(visit);
  else await draw();
  scrollTo(0, 0);
}

// What is being changed is not sent half changed; what may be recorded already is not changed.
const opened = (key) => visits.change(key, (kept) => {
  if (kept.tried || kept.person !== state.known.person.id) return false;
  if (kept.state === "queued") kept.state = "draft";
  return true;
});

function open(visit) {
  let waits = Promise.resolve();
  const keep = () => {
    visit.customer_name = state.known.customers.find((c) => c.id === visit.customer)?.name;
    waits = waits.then(() => visits.put(visit));
    return waits;
  };
  const done = async () => {
    await stopRecording();
    visit.problems = missing(visit, state.known);
    visit.state = visit.problems.length ? visit.state : "queued";
    await keep();
    if (visit.problems.length) {
      state.form.redraw();
      return state.form.first();
    }
    location.hash = "";
    return connect();
  };
  state.form = drawForm(visit, state.known, { keep, done, leave: () => { location.hash = ""; }, discard: () => discard(visit.key) });
  main.replaceChildren(state.form.box);
  if (visit.problems.length) state.form.first();
}

async function start() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw.js", { scope: "offline" });
  await loadWords();
  state.known = await knownHere.get();
  if (state.known?.person.language && !wasChosen()) speak(state.known.person.language);
  document.getElementById("language").addEventListener("click", async () => {
    speakAlways(spoken() === "zh" ? "en" : "zh");
    if (state.form) state.form.redraw();
    await draw();
  });
  addEventListener("hashchange", follow);
  addEventListener("online", connect);
  addEventListener("offline", () => { state.line = "offline"; draw(); });
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible" || state.form) return;
    state.known = await knownHere.get(); // signed out in another tab meanwhile
    connect();
  });
  setInterval(() => { if (!going && mine().some((v) => v.state === "queued")) connect(); }, AGAIN);
  await follow();
  await connect();
}

start();
