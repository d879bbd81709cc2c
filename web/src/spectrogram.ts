// Doppler spectrogram of one link, as the server streams it while somebody looks: ten spectra per
// second of what moves, frequency upwards, time to the right. docs/api.md has the bytes.
import { fitCanvas } from "./dom";
import { palette } from "./palette";

const COLUMNS = 300; // 30 s of ten per second
const LEFT = 38;
const RIGHT = 46;
const TOP = 6;
const BOTTOM = 20;
/** Decibels from the darkest to the brightest colour. */
const SPAN_DB = 40;
const HEAD_BYTES = 40;

export interface Spectrum {
  link: number;
  t_s: number; // end of its window
  index: number;
  first_hz: number;
  step_hz: number;
  density: Float32Array; // 1/Hz
}

/** A binary message of the stream "spectrogram"; null: another one. */
export function parseSpectrum(bytes: ArrayBuffer): Spectrum | null {
  const v = new DataView(bytes);
  if (v.byteLength < HEAD_BYTES || v.getUint8(0) !== 1 || v.getUint8(1) !== 2) return null;
  const n = v.getUint32(20, true);
  if (v.byteLength < HEAD_BYTES + 4 * n) return null;
  const density = new Float32Array(n);
  for (let i = 0; i < n; i++) density[i] = v.getFloat32(HEAD_BYTES + 4 * i, true);
  return {
    link: v.getUint32(4, true),
    t_s: Number(v.getBigInt64(8, true)) * 1e-9,
    index: v.getUint32(16, true),
    first_hz: v.getFloat32(24, true),
    step_hz: v.getFloat32(28, true),
    density,
  };
}

export class Spectrogram {
  private readonly columns: (Spectrum | null)[] = [];
  private last = -1;
  private dirty = true;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  push(s: Spectrum): void {
    const known = this.columns.at(-1);
    if (known && known.density.length !== s.density.length) this.columns.length = 0; // another axis
    /* Numbers that are missing are empty columns: nothing is stretched over a gap. */
    for (let i = this.last + 1; this.last >= 0 && i < s.index && i - this.last < COLUMNS; i++) this.columns.push(null);
    this.columns.push(s);
    this.last = s.index;
    this.columns.splice(0, Math.max(0, this.columns.length - COLUMNS));
    this.dirty = true;
  }

  draw(): void {
    if (!fitCanvas(this.canvas) && !this.dirty) return;
    this.dirty = false;
    const context = this.canvas.getContext("2d");
    const newest = [...this.columns].reverse().find((c) => c !== null);
    if (!context || !newest) return;
    const dpr = window.devicePixelRatio;
    const width = this.canvas.width / dpr - LEFT - RIGHT;
    const height = this.canvas.height / dpr - TOP - BOTTOM;
    const style = getComputedStyle(this.canvas);
    const n = newest.density.length;
    let top = 0;
    for (const c of this.columns) for (const d of c?.density ?? []) top = Math.max(top, d);
    const image = context.createImageData(COLUMNS, n);
    const out = new Uint32Array(image.data.buffer);
    const shift = COLUMNS - this.columns.length;
    this.columns.forEach((c, x) => {
      for (let i = 0; c && i < n; i++) {
        const level = 1 + (10 * Math.log10((c.density[i] ?? 0) / top)) / SPAN_DB;
        out[(n - 1 - i) * COLUMNS + shift + x] = palette[Math.round(255 * Math.min(1, Math.max(0, level)))] ?? 0;
      }
    });
    const picture = new OffscreenCanvas(COLUMNS, n);
    picture.getContext("2d")?.putImageData(image, 0, 0);
    context.setTransform(dpr, 0, 0, dpr, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, LEFT, TOP, width, height);
    context.strokeStyle = style.borderTopColor;
    context.strokeRect(LEFT - 0.5, TOP - 0.5, width + 1, height + 1);
    context.fillStyle = style.color;
    context.font = `11px ${style.fontFamily}`;
    context.textAlign = "right";
    context.textBaseline = "top";
    const high = newest.first_hz + newest.step_hz * (n - 1);
    context.fillText(high.toFixed(0), LEFT - 6, TOP);
    context.textBaseline = "bottom";
    context.fillText(newest.first_hz.toFixed(0), LEFT - 6, TOP + height);
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillText("−30 s", LEFT, TOP + height + 5);
    context.fillText("Hz", LEFT + width + 8, TOP);
    context.textAlign = "right";
    context.fillText("now", LEFT + width, TOP + height + 5);
  }
}
