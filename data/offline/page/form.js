// The form of one visit. Every change is kept on the device at once; nothing is lost with the tab.
import { button, h, labelled, pills, select } from "./dom.js";
import { sentence } from "./check.js";
import { drawField, line, longText } from "./fields.js";
import { drawRecorder } from "./recorder.js";
import { ahead, span } from "./time.js";
import { own, spoken, t } from "./words.js";

const LENGTHS = [30, 60, 90];
const MANY = 12; // customers; a search stands above more of them

export function drawForm(visit, known, { keep, done, leave, discard }) {
  const zone = known.person.timezone;
  const { sheet } = visit;
  const box = h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); done(); } });
  const save = (name) => {
    const at = box.querySelector(`[data-at="${CSS.escape(name)}"]`) ?? box.querySelector(`[data-holds~="${CSS.escape(name)}"]`);
    settle(at?.dataset.at);
    keep();
  };
  const settle = (at) => {
    if (!at) return;
    visit.problems = visit.problems.filter((p) => anchor(p.field) !== at);
    box.querySelectorAll(`[data-at="${CSS.escape(at)}"] > .wrong`).forEach((shown) => shown.remove());
  };
  const again = () => { keep(); draw(); };

  function draw() {
    const type = known.form.types.find((one) => one.key === sheet.type);
    const customer = known.customers.find((one) => one.id === visit.customer);
    const around = { contacts: customer?.contacts ?? [], currency: known.currency };
    box.replaceChildren(
      whom(customer),
      customer ? whichOpportunity(customer) : "",
      pills("type", t("offline.type"), known.form.types.map((one) => [one.key, own(one.label)]), sheet.type,
        (value) => { sheet.type = value; settle("type"); again(); }),
      ...when(),
      ...(type?.fields ?? []).map((field) => drawField(field, sheet, save, around)),
      labelled("summary", t("offline.summary"), longText(sheet, "summary", save, { rows: 5, placeholder: t("offline.summary_hint") })),
      h("fieldset", { class: "field", "data-at": "recording" }, h("legend", {}, t(known.recording_required ? "offline.voice" : "offline.voice_optional")),
        drawRecorder(visit, save, known.max_recording_mb)),
      customer ? earlier(customer) : "",
      ...next(),
      h("div", { class: "end" },
        h("button", { type: "submit", class: "go" }, t("offline.save")),
        button(t("offline.later"), leave, { class: "quiet" }),
        twice(t("offline.discard"), t("offline.discard_sure"), discard)),
    );
    mark();
  }

  function whom(customer) {
    const choose = (list) => select(list.map((c) => [c.id, c.name]), visit.customer, (value) => {
      visit.customer = Number(value) || null;
      const open = known.customers.find((c) => c.id === visit.customer)?.opportunities ?? [];
      visit.opportunity = open.length === 1 ? open[0].id : null;
      delete sheet.follows;
      settle("customer");
      settle("opportunity");
      again();
    }, t("offline.choose"));
    const chooser = choose(known.customers);
    const made = labelled("customer", t("offline.customer"), chooser);
    if (known.customers.length > MANY && !customer) made.insertBefore(search(chooser, choose), chooser);
    return made;
  }

  function search(chooser, choose) {
    const made = h("input", { type: "search", placeholder: t("offline.search"), "aria-label": t("offline.search"), oninput: () => {
      const wanted = made.value.trim().toLowerCase();
      const fresh = choose(known.customers.filter((c) => c.name.toLowerCase().includes(wanted)));
      chooser.replaceChildren(...fresh.children);
      chooser.value = "";
    } });
    return made;
  }

  const whichOpportunity = (customer) => labelled("opportunity", t("offline.opportunity"),
    select(customer.opportunities.map((o) => [o.id, stageOf(o)]), visit.opportunity,
      (value) => { visit.opportunity = Number(value) || null; save("opportunity"); }, t("offline.choose")));

  const stageOf = (opportunity) => {
    const stage = known.form.types.find((one) => one.key === opportunity.stage);
    return stage ? `${opportunity.name} · ${own(stage.label)}` : opportunity.name;
  };

  function when() {
    const until = !sheet.minutes;
    const length = pills("ended_at", t("offline.length"),
      [...LENGTHS.map((n) => [n, t("offline.minutes", { n })]), [0, t("offline.until")]], sheet.minutes ?? 0,
      (value) => { sheet.minutes = Number(value); settle("ended_at"); again(); });
    if (until) {
      const end = line(sheet, "until", () => { settle("ended_at"); keep(); }, { type: "time", "aria-label": t("offline.until") });
      length.append(end);
    }
    const day = labelled("", t("offline.day"), line(sheet, "day", save, { type: "date" }));
    const start = labelled("", t("offline.start"), line(sheet, "start", save, { type: "time" }));
    const pair = h("div", { "data-at": "started_at", "data-holds": "day start" }, h("div", { class: "row" }, day, start),
      h("p", { class: "small" }, t("offline.zone", { zone: own(known.person.city) || zone })));
    return [pair, length];
  }

  function earlier(customer) {
    if (!customer.records.length) return "";
    const named = (r) => `${own(known.form.types.find((one) => one.key === r.type)?.label)} · ${span(r.started_at, r.ended_at, zone, spoken())}`;
    return labelled("follows", t("offline.follows"), select(customer.records.map((r) => [r.id, named(r)]), sheet.follows,
      (value) => { sheet.follows = Number(value) || null; save("follows"); }, t("offline.latest")));
  }

  function next() {
    const outcome = sheet.outcome ?? "open";
    const parts = [pills("next_step", t("offline.outcome"), known.form.outcomes.map((o) => [o.key, own(o.label)]), outcome,
      (value) => { sheet.outcome = value; settle("next_step"); again(); })];
    if (outcome !== "open") return parts;
    const quick = [["tomorrow", 1], ["three_days", 3], ["next_week", 7]].map(([name, days]) => button(t(`record.quick.${name}`), () => {
      sheet["next_step-day"] = ahead(new Date(), days, zone);
      settle("next_step-planned_for");
      again();
    }, { class: "chip" }));
    const day = labelled("", t("offline.next_day"), line(sheet, "next_step-day", save, { type: "date" }));
    const clock = labelled("", t("offline.next_time"), line(sheet, "next_step-time", save, { type: "time" }));
    return [...parts,
      pills("next_step-type", t("offline.next_type"), known.form.types.map((one) => [one.key, own(one.label)]), sheet["next_step-type"],
        (value) => { sheet["next_step-type"] = value; save("next_step-type"); }),
      h("div", { class: "field", "data-at": "next_step-planned_for", "data-holds": "next_step-day next_step-time" },
        h("div", { class: "row" }, day, clock), h("div", { class: "pills" }, ...quick)),
      labelled("next_step-note", t("offline.note"), line(sheet, "next_step-note", save))];
  }

  function mark() {
    for (const problem of visit.problems) {
      const at = box.querySelector(`[data-at="${CSS.escape(anchor(problem.field))}"]`) ?? box;
      const words = h("p", { class: "wrong", role: "alert" }, sentence(problem, own));
      if (at === box) box.prepend(words);
      else at.append(words);
    }
  }

  draw();
  return { box, redraw: draw, first: () => box.querySelector(".wrong")?.parentElement.scrollIntoView({ block: "center" }) };
}

const anchor = (field) => field.replace(/\./g, "-");

// A button that asks once more before something is gone.
export function twice(words, sure, act) {
  const made = button(words, () => {
    if (made.dataset.asked) return act();
    made.dataset.asked = "yes";
    made.textContent = sure;
    return undefined;
  }, { class: "quiet" });
  return made;
}
