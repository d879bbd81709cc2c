// The amplitudes (or phases) of the last WINDOW_S seconds of one link, on an even time grid:
//
//     column c holds the time c * STEP_S; columns are kept modulo COLUMNS
//     a row fills the columns since the row before it, unless that is a gap: then they stay empty
import type { AmplitudeRow } from "./api";

export const WINDOW_S = 30;
export const STEP_S = 0.05;
export const COLUMNS = WINDOW_S / STEP_S;

/** Rows further apart than this many times the usual distance have a gap between them. */
const GAP_FACTOR = 4;
const GAP_S = 0.5;

export class Amplitudes {
  k: number[] = [];
  data = new Float32Array(0); // [COLUMNS][k.length]; NaN empty
  newest = 0; // column number of the newest row
  newest_ms = 0; // performance.now() at which it came
  low = 0; // value of the darkest colour
  scale = 0; // of the brightest
  generation = 0; // grows when everything must be drawn anew
  private usual_s = STEP_S;
  private last_s = NaN;

  /** fixed: the values' range; without it the scale follows the largest. */
  constructor(private readonly fixed?: { low: number; high: number }) {
    this.low = fixed?.low ?? 0;
  }

  clear(): void {
    this.k = [];
    this.last_s = NaN;
  }

  push(k: number[], row: AmplitudeRow): void {
    if (row.amp.length !== k.length) return;
    const passed_s = row.t_s - this.last_s;
    const sameAxis = k.length === this.k.length && k.every((v, i) => v === this.k[i]);
    if (!sameAxis || !(passed_s > -1) || passed_s > WINDOW_S) this.restart(k, row.t_s);
    else if (passed_s <= 0) return; // seen already: the rows kept for late comers
    else this.usual_s += 0.1 * (Math.min(passed_s, 2) - this.usual_s);

    const column = Math.floor(row.t_s / STEP_S);
    const gap = passed_s > Math.max(GAP_S, GAP_FACTOR * this.usual_s);
    const from = Math.max(this.newest + 1, column - COLUMNS + 1);
    for (let c = from; c < column; c++) {
      if (gap) this.at(c).fill(NaN);
      else this.at(c).set(row.amp);
    }
    this.at(column).set(row.amp);
    this.newest = column;
    this.newest_ms = performance.now();
    this.last_s = row.t_s;
    this.rescale(row.amp);
  }

  at(column: number): Float32Array {
    const n = this.k.length;
    const slot = column % COLUMNS;
    return this.data.subarray(slot * n, slot * n + n);
  }

  private restart(k: number[], t_s: number): void {
    this.k = k;
    this.data = new Float32Array(COLUMNS * k.length).fill(NaN);
    this.newest = Math.floor(t_s / STEP_S) - 1;
    this.usual_s = STEP_S;
    this.scale = this.fixed?.high ?? 0;
    this.generation++;
  }

  /** Upwards at once, downwards only when much of the scale has been unused for a while. */
  private rescale(amp: Float32Array): void {
    if (this.fixed) return;
    let max = 0;
    for (const a of amp) if (a > max) max = a;
    if (max > this.scale) this.scale = max * 1.1;
    else if (max < 0.5 * this.scale) this.scale *= 0.995;
    else return;
    this.generation++;
  }
}
