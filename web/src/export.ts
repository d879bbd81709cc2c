// Files for other programs: what is on the screen, with units in the head line.
import { COLUMNS, STEP_S } from "./amplitudes";
import { el } from "./dom";
import type { LinkState } from "./link-state";
import type { Picture } from "./panel";

function offer(name: string, href: string): void {
  el("a", { href, download: name }).click();
}

export function save(name: string, text: string): void {
  saveBlob(name, new Blob([text], { type: "text/csv" }));
}

export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  offer(name, url);
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** All pictures below one another, each with its title, on the colour of the page; `head` says whose they are. */
export function savePng(name: string, head: string, pictures: Picture[]): void {
  const shown = pictures.flatMap((p) => (p.canvas && p.canvas.width ? [{ title: p.title, canvas: p.canvas }] : []));
  const dpr = window.devicePixelRatio;
  const line = 22 * dpr;
  const all = document.createElement("canvas");
  all.width = Math.max(300 * dpr, ...shown.map((p) => p.canvas.width));
  all.height = shown.reduce((sum, p) => sum + line + p.canvas.height, 1.3 * line);
  const context = all.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(document.documentElement);
  context.fillStyle = style.getPropertyValue("--panel");
  context.fillRect(0, 0, all.width, all.height);
  context.fillStyle = style.getPropertyValue("--ink");
  const font = getComputedStyle(document.body).fontFamily;
  context.font = `600 ${14 * dpr}px ${font}`;
  context.fillText(head, 8 * dpr, 16 * dpr);
  context.font = `${12 * dpr}px ${font}`;
  let y = 1.3 * line;
  for (const { title, canvas } of shown) {
    context.fillText(title, 8 * dpr, y + 15 * dpr);
    context.drawImage(canvas, 0, y + line);
    y += line + canvas.height;
  }
  all.toBlob((blob) => {
    if (blob) saveBlob(name, blob);
  });
}

/** Rows of the heat map: time of the data in s, amplitude per subcarrier in raw units; gaps are left out. */
export function amplitudeCsv(state: LinkState): string {
  const a = state.amplitudes;
  const lines = [["t_s", ...a.k.map((k) => `amplitude_${k}`)].join(",")];
  for (let c = Math.max(0, a.newest - COLUMNS + 1); c <= a.newest && a.k.length; c++) {
    const row = a.at(c);
    if (!Number.isNaN(row[0] ?? NaN)) lines.push([(c * STEP_S).toFixed(2), ...row].join(","));
  }
  return lines.join("\n") + "\n";
}

export function motionCsv(state: LinkState): string {
  const rows = state.motion.map((p) => [p.t_s, p.score ?? "", p.threshold ?? "", p.frames ?? ""].join(","));
  return ["t_s,motion_score,motion_threshold,packets", ...rows].join("\n") + "\n";
}
