// Files for other programs: what is on the screen, with units in the head line.
import { COLUMNS, STEP_S } from "./amplitudes";
import { el } from "./dom";
import type { LinkState } from "./link-state";

function offer(name: string, href: string): void {
  el("a", { href, download: name }).click();
}

export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  offer(name, url);
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function savePng(name: string, canvas: HTMLCanvasElement | null): void {
  canvas?.toBlob((blob) => {
    if (!blob) return;
    const url = URL.createObjectURL(blob);
    offer(name, url);
    window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
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
  const rows = state.motion.map((p) => [p.t_s, p.score ?? "", p.threshold ?? ""].join(","));
  return ["t_s,motion_score,motion_threshold", ...rows].join("\n") + "\n";
}
