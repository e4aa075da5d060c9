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
    if (status === 422 || status === 413) held.add(visit.opportunity);
    else if (status !== 200) return status;
  }
  return 200;
}

async function sendOne(key, told) {
  // Until an answer comes it may be recorded already: it is not changed any more.
  const visit = await visits.change(key, (kept) => kept.state === "queued" && (kept.tried = true));
  if (!visit) return 200; // opened again meanwhile, or sent from another tab
  let answer;
  let said;
  try {
    answer = await fetch("offline/visits", { method: "POST", headers: HEADERS, body: packed(visit) });
    said = await answer.json();
  } catch {
    return 0;
  }
  if (answer.status === 200) {
    await visits.drop(visit.key);
    told(visit, said);
  } else if ([400, 413, 422].includes(answer.status)) {
    visit.tried = false;
    visit.state = "refused";
    visit.problems = said.problems ?? [{ field: answer.status === 413 ? "recording" : "", key: `offline.refused_${said.error}` }];
    await visits.put(visit);
    told(visit, null);
  }
  return answer.status === 400 ? 422 : answer.status;
}

function packed(visit) {
  const body = new FormData();
  const { key, person, opportunity, sheet } = visit;
  body.append("visit", JSON.stringify({ key, person, opportunity, sheet }));
  if (visit.recording) body.append("recording", visit.recording, "recording");
  return body;
}
