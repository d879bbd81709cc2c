// Phase after alignment as a heat map beside the amplitudes: what is left when the radio's own phase
// and timing are taken out, as the server streams it. docs/api.md has the bytes.
import { Amplitudes, COLUMNS, STEP_S } from "./amplitudes";
import { subcarriers } from "./api";
import { el, setText } from "./dom";
import { Heatmap } from "./heatmap";
import { cyclic } from "./palette";
import type { Panel, Picture } from "./panel";
import type { Store } from "./store";
import { num, reasonText } from "./words";

const HEAD_BYTES = 40;

interface PhaseRow {
  t_s: number;
  k: number[];
  chains: Float32Array[]; // rad
  residual: number;
}

function parse(v: DataView): PhaseRow | null {
  if (v.byteLength < HEAD_BYTES) return null;
  const n = v.getUint16(20, true);
  const chains = v.getUint16(22, true);
  const runs = Array.from({ length: v.getUint16(24, true) }, (_, r) =>
    [0, 2, 4].map((i) => v.getInt16(HEAD_BYTES + 6 * r + i, true)),
  );
  const k = subcarriers(runs);
  let at = HEAD_BYTES + 6 * runs.length;
  at += (4 - (at % 4)) % 4;
  if (k.length !== n || v.byteLength < at + 4 * n * chains) return null;
  return {
    t_s: Number(v.getBigInt64(8, true)) * 1e-9,
    k,
    chains: Array.from({ length: chains }, (_, c) => new Float32Array(v.buffer, v.byteOffset + at + 4 * n * c, n)),
    residual: v.getFloat32(36, true),
  };
}

export class PhasePanel implements Panel {
  readonly root: HTMLElement;
  readonly csv = { name: "phase", text: (): string => this.text() };
  private readonly rows = new Amplitudes({ low: -Math.PI, high: Math.PI });
  private readonly canvas = el("canvas", { class: "map phase", role: "img", "aria-label": "Phase after alignment of the last 30 seconds" });
  private readonly map = new Heatmap(this.canvas, this.rows, cyclic, ["π", "−π"]);
  private readonly note = el("p", { class: "note" }, "Asking the server…");
  private readonly pick = el("select", {});
  private readonly picker = el("label", {}, "Receive chain ", this.pick);
  private readonly end: () => void;
  private chain = 0;

  constructor(store: Store, link: number) {
    this.picker.hidden = true;
    this.pick.addEventListener("change", () => {
      this.chain = Number(this.pick.value);
      this.rows.clear();
    });
    this.root = el("section", { "aria-label": "Phase after alignment" }, el("h4", {}, "Phase after alignment ", el("span", { class: "value" }, "index, rad")), this.note, this.picker, this.canvas);
    this.end = store.watchPhase(link, (bytes, why) => this.push(bytes, why));
  }

  draw(): void {
    this.map.draw();
  }

  pictures(): Picture[] {
    return [{ title: "Phase after alignment, rad", canvas: this.rows.k.length ? this.canvas : null }];
  }

  close(): void {
    this.end();
  }

  private push(bytes: DataView | null, why: string | null): void {
    const row = bytes ? parse(bytes) : null;
    this.canvas.hidden = !row;
    if (!row) {
      setText(this.note, reasonText(why));
      return;
    }
    if (row.chains.length !== this.pick.options.length) {
      this.pick.replaceChildren(...row.chains.map((_, i) => el("option", { value: String(i) }, String(i))));
      this.picker.hidden = row.chains.length < 2;
      this.chain = 0;
    }
    const amp = row.chains[this.chain];
    if (amp) this.rows.push(row.k, { t_s: row.t_s, amp });
    setText(this.note, `The radio's own phase and timing taken out; ${num(100 * Math.min(1, row.residual), 0)} % of the power differs from the mean of 10 s.`);
  }

  private text(): string {
    const { k, newest } = this.rows;
    const lines = [["t_s", ...k.map((i) => `phase_rad_chain_${this.chain}_${i}`)].join(",")];
    for (let c = Math.max(0, newest - COLUMNS + 1); c <= newest && k.length; c++) {
      const row = this.rows.at(c);
      if (!row.every(Number.isNaN)) lines.push([(c * STEP_S).toFixed(2), ...[...row].map((v) => (Number.isNaN(v) ? "" : v.toFixed(4)))].join(","));
    }
    return lines.join("\n") + "\n";
  }
}
