// Days and clock times as the person's own time zone shows them, whatever the device's is.
export function wall(at, timeZone) {
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
  const [day, clock] = shown.split(" ");
  return { day, clock };
}

export function freshTimes(now, timeZone) {
  const start = new Date(now.getTime() - 60 * 60000);
  start.setUTCMinutes(start.getUTCMinutes() < 30 ? 0 : 30, 0, 0);
  const { day, clock } = wall(start, timeZone);
  return { day, start: clock, minutes: 60, "next_step-time": "10:00" };
}

// A day ahead; a weekend gives way to its Monday.
export function ahead(now, days, timeZone) {
  const at = new Date(`${wall(now, timeZone).day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  const weekday = at.getUTCDay();
  if (weekday === 6) at.setUTCDate(at.getUTCDate() + 2);
  if (weekday === 0) at.setUTCDate(at.getUTCDate() + 1);
  return at.toISOString().slice(0, 10);
}

export function said(at, timeZone, language) {
  const options = { timeZone, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  const words = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", options).format(new Date(at));
  return words.replace("Sept", "Sep"); // as every page says it
}

// A day as every page says it; "" where none was chosen yet.
export function day(date, language) {
  if (!date) return "";
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { timeZone: "UTC", dateStyle: "medium" });
  return format.format(new Date(`${date}T12:00:00Z`)).replace("Sept", "Sep");
}

// From when to when; the end alone where no start was kept.
export function span(starts, ends, timeZone, language) {
  if (!starts) return said(ends, timeZone, language);
  const [from, until] = [starts, ends].map((at) => wall(new Date(at), timeZone));
  const end = from.day === until.day ? `–${until.clock}` : ` – ${said(ends, timeZone, language)}`;
  return said(starts, timeZone, language) + end;
}
