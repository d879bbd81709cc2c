import type { Event } from "./api";

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" });

export const timeText = (t: number): string => time.format(t * 1000);

/** One event as a line: what, where, when, and whether it rests on what is not validated. */
export function eventText(e: Event): string {
  const where = e.room ?? e.link;
  const detail = Object.entries(e.detail)
    .filter(([, v]) => typeof v === "string" || typeof v === "number")
    .map(([k, v]) => `${k.replaceAll("_", " ")} ${String(v)}`)
    .join(", ");
  const trial = e.detail["experimental"] === true ? ", experimental" : "";
  return `${e.type === "fall" ? "possible " : ""}${e.type.replaceAll(/[-_]/g, " ")}${where ? ` in ${where}` : ""}${detail ? ` (${detail})` : ""}${trial}, ${timeText(e.t)}`;
}
