import type { Event } from "./api";

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" });

export const timeText = (t: number): string => time.format(t * 1000);

/** One event as a line: what, where, when. */
export function eventText(e: Event): string {
  const where = e.room ?? e.link;
  const detail = Object.entries(e.detail)
    .filter(([, v]) => typeof v === "string" || typeof v === "number")
    .map(([k, v]) => `${k.replaceAll("_", " ")} ${String(v)}`)
    .join(", ");
  return `${e.type.replaceAll(/[-_]/g, " ")}${where ? ` in ${where}` : ""}${detail ? ` (${detail})` : ""}, ${timeText(e.t)}`;
}
