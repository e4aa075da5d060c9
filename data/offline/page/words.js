// The page's sentences in the language of the person, or of the device while nobody is known.
let sentences = {};
let chosen = "en";
const KEPT = "firebreak-offline-language";

export async function loadWords() {
  sentences = await (await fetch("offline/words.json")).json();
  speak(localStorage.getItem(KEPT) || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"));
}

export function speak(language) {
  chosen = language in sentences ? language : "en";
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
}

export function speakAlways(language) {
  localStorage.setItem(KEPT, language);
  speak(language);
}

export const spoken = () => chosen;
export const wasChosen = () => localStorage.getItem(KEPT) !== null;

export function t(key, params = {}) {
  const plural = "n" in params ? new Intl.PluralRules(chosen).select(params.n) : "other";
  const found = sentences[chosen][key] ?? sentences[chosen][`${key}.${plural}`] ?? sentences[chosen][`${key}.other`] ?? key;
  return found.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
}

// What the server sent in every language.
export const own = (said) => (said ? said[chosen] ?? said.en ?? "" : "");
