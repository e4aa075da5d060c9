// What can be seen to be missing without the server. The server checks everything anew when a visit arrives.
import { t } from "./words.js";

const isEmpty = (value) => {
  if (Array.isArray(value)) return value.every((person) => !person.name.trim());
  if (value && typeof value === "object") return !String(value.amount).trim();
  return !String(value ?? "").trim();
};

export function missing(visit, known) {
  const { sheet } = visit;
  const found = [];
  const say = (field, key, params) => found.push({ field, key, params });
  if (!visit.customer) say("customer", "problems.required");
  else if (!visit.opportunity) say("opportunity", "problems.required");
  const type = known.form.types.find((one) => one.key === sheet.type);
  if (!type) say("type", "problems.required");
  for (const field of type?.fields ?? []) fieldOf(field, sheet[`fields-${field.key}`], say);
  if (!sheet.day || !sheet.start) say("started_at", "problems.required");
  if (!sheet.minutes && !sheet.until) say("ended_at", "problems.required");
  else if (!sheet.minutes && sheet.until <= sheet.start) say("ended_at", "problems.end_before_start");
  summaryOf(visit, known, say);
  if ((sheet.outcome ?? "open") === "open") {
    if (!sheet["next_step-type"]) say("next_step.type", "problems.next_step_required");
    if (!sheet["next_step-day"]) say("next_step.planned_for", "problems.required");
  }
  return found;
}

function fieldOf(field, value, say) {
  if (field.required && isEmpty(value)) say(`fields.${field.key}`, "problems.required");
  else if (field.kind === "people" && Array.isArray(value)) {
    const without = value.find((person) => person.name.trim() && !person.role);
    if (without) say(`fields.${field.key}`, "problems.person_without_role", { name: without.name });
  }
}

function summaryOf(visit, known, say) {
  const words = (visit.sheet.summary ?? "").trim();
  if (!words) say("summary", "problems.summary_required");
  else if ([...words].length < known.min_summary_chars) say("summary", "problems.summary_too_short", { least: known.min_summary_chars });
  if (known.recording_required && !visit.recording) say("recording", "problems.recording_required");
}

// A problem's sentence: of the server in both languages, or of this page by its key.
export const sentence = (problem, own) => (problem.words ? own(problem.words) : t(problem.key, problem.params ?? {}));
