// The fields that an action type asks for, drawn by their kind from the definitions that the server gave.
import { button, h, labelled, pills, select } from "./dom.js";
import { own, t } from "./words.js";

const CURRENCIES = ["CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD"];
const nameOf = (field) => (field.required ? own(field.label) : t("offline.optional", { field: own(field.label) }));

const DRAWERS = {
  text: (field, at, sheet, save) => labelled(at, nameOf(field), line(sheet, at, save)),
  long_text: (field, at, sheet, save) => labelled(at, nameOf(field), longText(sheet, at, save)),
  date: (field, at, sheet, save) => labelled(at, nameOf(field), line(sheet, at, save, { type: "date" })),
  choice: (field, at, sheet, save) => pills(at, nameOf(field), field.choices.map((c) => [c.key, own(c.label)]), sheet[at],
    (value) => { sheet[at] = value; save(at); }),
  number: (field, at, sheet, save) => labelled(at, nameOf(field), line(sheet, at, save, { inputmode: "decimal" })),
  person: somebody, customer: somebody, money, people,
};

function somebody(field, at, sheet, save) {
  const names = field.choices.map((c) => [c.key, own(c.label)]);
  return labelled(at, nameOf(field), select(names, sheet[at], (value) => { sheet[at] = Number(value) || null; save(at); }, t("offline.choose")));
}

export const drawField = (field, sheet, save, around) => (DRAWERS[field.kind] ?? DRAWERS.text)(field, `fields-${field.key}`, sheet, save, around);

export function line(sheet, name, save, more = {}) {
  const made = h("input", { type: "text", autocomplete: "off", ...more, oninput: () => { sheet[name] = made.value; save(name); } });
  made.value = sheet[name] ?? "";
  return made;
}

export function longText(sheet, name, save, more = {}) {
  const made = h("textarea", { rows: 3, ...more, oninput: () => { sheet[name] = made.value; save(name); } });
  made.value = sheet[name] ?? "";
  return made;
}

function money(field, at, sheet, save, { currency }) {
  const value = (sheet[at] ??= { amount: "", currency });
  const amount = h("input", { type: "text", autocomplete: "off", // 42万 and 60k too: the server reads it
    oninput: () => { value.amount = amount.value; save(at); } });
  amount.value = value.amount;
  const codes = [...new Set([currency, ...CURRENCIES])].map((c) => [c, c]);
  const code = select(codes, value.currency, (chosen) => { value.currency = chosen; save(at); });
  code.setAttribute("aria-label", t("offline.currency"));
  const made = labelled(at, nameOf(field), amount);
  amount.replaceWith(h("div", { class: "row" }, amount, code));
  return made;
}

function people(field, at, sheet, save, { contacts }) {
  const chosen = (sheet[at] ??= []);
  const box = h("div", { class: "people" });
  const roles = field.choices.map((c) => [c.key, own(c.label)]);
  const changed = () => { save(at); draw(); };
  function row(person) {
    const name = h("input", { type: "text", "aria-label": t("offline.person"), placeholder: t("offline.person"),
      oninput: () => { person.name = name.value; save(at); } });
    name.value = person.name;
    const role = select(roles, person.role, (value) => { person.role = value; save(at); }, t("offline.role"));
    role.setAttribute("aria-label", t("offline.role"));
    const gone = button("×", () => { chosen.splice(chosen.indexOf(person), 1); changed(); }, { class: "icon", "aria-label": t("offline.remove") });
    return h("div", { class: "row person" }, name, role, gone);
  }
  function draw() {
    const left = contacts.filter((c) => !chosen.some((p) => p.name === c.name));
    const add = (person) => () => { chosen.push(person); changed(); };
    box.replaceChildren(...chosen.map(row), h("div", { class: "pills" },
      ...left.map((c) => button(`+ ${c.name}`, add({ name: c.name, role: c.role ?? "" }), { class: "chip" })),
      button(`+ ${t("offline.other_person")}`, add({ name: "", role: "" }), { class: "chip" })));
  }
  draw();
  return h("fieldset", { class: "field", "data-at": at }, h("legend", {}, nameOf(field)), box);
}
