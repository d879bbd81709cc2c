// The list of sources: what each is doing, in the server's own words, and what it refused.
import type { Source } from "./api";
import { el } from "./dom";
import { ageText, count, originText } from "./words";

function item(s: Source): HTMLLIElement {
  const dot = el("span", { class: "dot", "data-ok": String(s.ok) });
  const badge = s.frames // nothing is live before something came
    ? el("span", { class: "badge small", "data-origin": s.source }, originText[s.source])
    : el("span", { class: "badge small", "data-origin": "none" }, "NO DATA");
  const reasons = Object.entries(s.refused_by_reason)
    .map(([reason, n]) => `${reason} ${count(n)}`)
    .join(", ");
  const numbers = [
    `${count(s.packets)} packets`,
    `${count(s.frames)} frames`,
    `${count(s.skipped)} without CSI`,
    `${count(s.refused)} refused${reasons ? ` (${reasons})` : ""}`,
  ];
  if (s.age_s !== null) numbers.push(`last ${ageText(s.age_s)}`);
  return el(
    "li",
    {},
    dot,
    el("span", { class: "visually-hidden" }, s.ok ? "working: " : "not working: "),
    el("b", {}, s.name),
    badge,
    el("p", { class: "sentence" }, s.status),
    el("p", { class: "note" }, numbers.join(" · ")),
  );
}

export function showSources(list: HTMLElement, sources: readonly Source[]): void {
  const none = el("li", {}, el("p", { class: "sentence" }, "The server has no source."));
  list.replaceChildren(...(sources.length ? sources.map(item) : [none]));
}
