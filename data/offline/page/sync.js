// Sending what waits: in the order in which it happened, one by one, each with its own key.
import { visits } from "./db.js";

const HEADERS = { "X-Firebreak-Offline": "1" };

// What the server knows of us: {status, picks}; status 0 without network.
export async function ask() {
  try {
    const answer = await fetch("offline/picks", { headers: HEADERS, cache: "no-store" });
    const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
    return { status: told ? answer.status : 0, picks: answer.ok ? told : null };
  } catch {
    return { status: 0, picks: null };
  }
}

export const inOrder = (list) => [...list].sort((a, b) => (begun(a) < begun(b) ? -1 : begun(a) > begun(b) ? 1 : a.made_at - b.made_at));
const begun = (visit) => `${visit.sheet.day} ${visit.sheet.start}`;

// Sends a person's queue; returns the status that stopped it, 200 when all was sent. `told` hears of each answer.
export async function send(person, told) {
  const work = () => sendAll(person, told);
  return navigator.locks ? navigator.locks.request("firebreak-offline-send", work) : work();
}

async function sendAll(person, told) {
  const mine = inOrder((await visits.all()).filter((v) => v.person === person));
  const held = new Set(mine.filter((v) => v.state === "refused").map((v) => v.opportunity));
  for (const visit of mine.filter((v) => v.state === "queued")) {
    if (held.has(visit.opportunity)) continue; // it follows one that is still to be put right
    const status = await sendOne(visit.key, told);
    if (status === 413 || status === 422) held.add(visit.opportunity);
    else if (status !== 200) return status;
  }
  return 200;
}

async function sendOne(key, told) {
  // Until an answer comes it may be recorded already: it is not changed any more.
  const visit = await visits.change(key, (kept) => kept.state === "queued" && (kept.tried = true));
  if (!visit) return 200; // opened again meanwhile, or sent from another tab
  const { status, said } = await answered(packed(visit));
  if (status === 200) {
    await visits.drop(visit.key);
    told(visit, said);
  } else if (status === 413 || status === 422) {
    visit.tried = false;
    visit.state = "refused";
    visit.problems = said.problems ?? [status === 413
      ? { field: "recording", key: "offline.refused_too_large" } : { field: "", key: "offline.refused_unreadable" }];
    await visits.put(visit);
  }
  return status;
}

// What the server said, and not what a hotel's sign-in page or a proxy says in its place; status 0 without a word of it.
async function answered(body) {
  try {
    const answer = await fetch("offline/visits", { method: "POST", headers: HEADERS, body });
    const said = await answer.json().catch(() => ({}));
    const ours = said.action || said.problems || said.error;
    if (answer.status === 413) return { status: 413, said };
    return { status: ours ? (answer.status === 400 ? 422 : answer.status) : 0, said };
  } catch {
    return { status: 0, said: {} };
  }
}

function packed(visit) {
  const body = new FormData();
  const { key, person, opportunity, sheet } = visit;
  body.append("visit", JSON.stringify({ key, person, opportunity, sheet }));
  if (visit.recording) body.append("recording", visit.recording, "recording");
  return body;
}
