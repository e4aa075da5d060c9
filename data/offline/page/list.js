// What waits on this device, and what became of what was sent.
import { button, h } from "./dom.js";
import { twice } from "./form.js";
import { inOrder } from "./sync.js";
import { day, said } from "./time.js";
import { own, spoken, t } from "./words.js";

export function drawList({ known, mine, others, sent, line }, { begin, edit, discard, send }) {
  const parts = [...sent.map(recorded)];
  if (!known) {
    parts.push(h("section", { class: "card" }, h("h2", {}, t(line === "signed_out" ? "offline.signed_out" : "offline.never")),
      h("p", {}, t(line === "offline" ? "offline.never_hint" : "offline.signed_out_hint")),
      h("p", {}, h("a", { class: "button", href: "." }, t("offline.sign_in")))));
  } else {
    if (line === "not_allowed") parts.push(h("p", { class: "wrong", role: "alert" }, t("offline.not_allowed")));
    parts.push(button(t("offline.new"), begin, { class: "go big" }));
    if (!known.customers.length) parts.push(h("p", { class: "small" }, t("offline.no_customers")));
    const waiting = mine.some((v) => v.state === "queued");
    if (mine.length) parts.push(h("h2", {}, t("offline.waiting")));
    parts.push(...inOrder(mine).map((visit) => card(visit, known, { edit, discard })));
    if (waiting) parts.push(button(t("offline.send"), send, { disabled: line === "checking" }));
    parts.push(h("p", { class: "small" }, t("offline.known", { name: known.person.name, n: known.customers.length,
      at: said(known.as_of, known.person.timezone, spoken()) })));
  }
  if (others) parts.push(h("p", { class: "small" }, t("offline.others", { n: others })));
  parts.push(h("p", { class: "small" }, h("a", { href: "." }, t("offline.home"))));
  return parts;
}

function recorded({ words, customer }) {
  return h("p", { class: "done", role: "status" }, "✓ ", words, " ",
    h("a", { href: `customer?customer=${customer}` }, t("offline.open")));
}

function card(visit, known, { edit, discard }) {
  const customer = known.customers.find((c) => c.id === visit.customer);
  const type = known.form.types.find((one) => one.key === visit.sheet.type);
  const title = customer?.name ?? visit.customer_name ?? t("offline.no_customer");
  const when = [day(visit.sheet.day, spoken()), visit.sheet.start].filter(Boolean).join(", ");
  const detail = [own(type?.label), when].filter(Boolean).join(" · ");
  const state = visit.tried ? "unsure" : visit.state;
  const words = t(`offline.state.${state}`, { n: visit.problems.length });
  const locked = visit.tried;
  return h("section", { class: `card ${state}` },
    h("h3", {}, title), h("p", {}, detail), h("p", { class: state === "refused" ? "wrong" : "small" }, words),
    !locked && h("div", { class: "row" }, button(t(state === "refused" ? "offline.put_right" : "offline.edit"), () => edit(visit.key)),
      twice(t("offline.discard"), t("offline.discard_sure"), () => discard(visit.key))));
}
