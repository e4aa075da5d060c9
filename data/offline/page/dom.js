// h("button", {class: "go", onclick: f}, "text"): an element; text is always text, never markup.
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const button = (words, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, words);

let count = 0;

// A labelled input whose problems stand below it: `at` names the field as the server does.
export function labelled(at, words, input, hint = "") {
  count += 1;
  input.id = `f${count}`;
  return h("div", { class: "field", "data-at": at || null }, h("label", { for: input.id }, words), input,
    hint && h("p", { class: "small" }, hint));
}

export function select(options, chosen, onchange, placeholder = null) {
  const made = h("select", { onchange: () => onchange(made.value) });
  if (placeholder !== null) made.append(h("option", { value: "" }, placeholder));
  for (const [value, words] of options) made.append(h("option", { value }, words));
  made.value = chosen ?? "";
  if (made.selectedIndex < 0) made.value = "";
  return made;
}

// One of a few, all in sight.
export function pills(at, words, options, chosen, onchange) {
  count += 1;
  const name = `p${count}`;
  const choices = options.map(([value, said]) =>
    h("label", { class: "choice" },
      h("input", { type: "radio", name, value, checked: value === chosen, onchange: () => onchange(value) }), h("span", {}, said)));
  return h("fieldset", { class: "field", "data-at": at }, h("legend", {}, words), h("div", { class: "pills" }, ...choices));
}
