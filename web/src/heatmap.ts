// Heat map of amplitudes or phases: time to the right (newest at the edge), subcarrier index upwards.
//
// One picture of COLUMNS x subcarriers is kept and used as a ring: a new row paints its column
// only; drawing copies the two halves to the screen.
import { COLUMNS, STEP_S, WINDOW_S, type Amplitudes } from "./amplitudes";
import { fitCanvas } from "./dom";
import { palette } from "./palette";

const LEFT = 38; // CSS pixels for the subcarrier labels
const BOTTOM = 20; // for the seconds
const RIGHT = 46; // for the colour scale
const TOP = 6;
const TICKS_S = [30, 20, 10, 0];

export class Heatmap {
  private readonly image = document.createElement("canvas");
  private painted = -1; // newest column that is in the picture
  private generation = -1;
  private drawn = "";

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly source: Amplitudes,
    private readonly colours = palette,
    private readonly ends?: [top: string, bottom: string], // of the colour scale; else its values
  ) {}

  /** To be called once per animation frame; does nothing when nothing changed. */
  draw(): void {
    const s = this.source;
    const n = s.k.length;
    const resized = fitCanvas(this.canvas);
    if (n === 0 || this.canvas.width === 0) return;
    /* While rows come, the edge is the newest row; when they stop, time goes on without them. */
    const silent_s = (performance.now() - s.newest_ms) / 1000;
    const edge = s.newest + (silent_s > 0.5 ? Math.floor(silent_s / STEP_S) : 0);
    const style = getComputedStyle(this.canvas);
    const what = `${edge} ${s.newest} ${s.generation} ${style.color}`;
    if (!resized && what === this.drawn) return;
    this.drawn = what;
    this.paint();
    this.show(edge, style);
  }

  private paint(): void {
    const s = this.source;
    const n = s.k.length;
    if (this.image.width !== COLUMNS || this.image.height !== n) {
      this.image.width = COLUMNS;
      this.image.height = n;
      this.generation = -1;
    }
    const context = this.image.getContext("2d");
    if (!context) return;
    if (this.generation !== s.generation) this.painted = s.newest - COLUMNS;
    this.generation = s.generation;
    const from = Math.max(this.painted + 1, s.newest - COLUMNS + 1);
    for (let c = from; c <= s.newest; ) {
      const slot = c % COLUMNS;
      const run = Math.min(s.newest - c + 1, COLUMNS - slot); // up to the end of the ring
      const pixels = context.createImageData(run, n);
      const out = new Uint32Array(pixels.data.buffer);
      for (let i = 0; i < run; i++) {
        const amp = s.at(c + i);
        for (let j = 0; j < n; j++) {
          const a = amp[j] ?? NaN;
          if (Number.isNaN(a)) continue; // stays transparent: a gap
          const level = Math.min(255, Math.round(((a - s.low) / (s.scale - s.low)) * 255));
          out[(n - 1 - j) * run + i] = this.colours[level] ?? 0;
        }
      }
      context.putImageData(pixels, slot, 0);
      c += run;
    }
    this.painted = s.newest;
  }

  private show(edge: number, style: CSSStyleDeclaration): void {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const dpr = window.devicePixelRatio;
    const width = this.canvas.width / dpr - LEFT - RIGHT;
    const height = this.canvas.height / dpr - TOP - BOTTOM;
    context.setTransform(dpr, 0, 0, dpr, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.imageSmoothingEnabled = false;
    const column = width / COLUMNS;
    /* What is in the picture: columns newest - COLUMNS + 1 .. newest; seen: those up to edge. */
    const newest = this.source.newest;
    const first = Math.max(edge - COLUMNS + 1, newest - COLUMNS + 1);
    for (let c = first; c <= newest; ) {
      const slot = c % COLUMNS;
      const run = Math.min(newest - c + 1, COLUMNS - slot);
      const x = LEFT + (c - (edge - COLUMNS + 1)) * column;
      context.drawImage(this.image, slot, 0, run, this.source.k.length, x, TOP, run * column, height);
      c += run;
    }
    context.font = `11px ${style.fontFamily}`;
    context.fillStyle = style.color;
    context.strokeStyle = style.borderTopColor;
    context.strokeRect(LEFT - 0.5, TOP - 0.5, width + 1, height + 1);
    this.timeAxis(context, width, height);
    this.subcarrierAxis(context, height);
    this.colourScale(context, width, height);
  }

  private timeAxis(context: CanvasRenderingContext2D, width: number, height: number): void {
    context.textBaseline = "top";
    for (const s of TICKS_S) {
      const x = LEFT + width * (1 - s / WINDOW_S);
      context.textAlign = s === 0 ? "right" : s === WINDOW_S ? "left" : "center";
      context.fillText(s === 0 ? "now" : `−${s} s`, x, TOP + height + 5);
    }
  }

  private subcarrierAxis(context: CanvasRenderingContext2D, height: number): void {
    const k = this.source.k;
    const n = k.length;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const wanted = Math.max(2, Math.floor(height / 26));
    let last = Infinity;
    for (let i = 0; i < wanted; i++) {
      const j = Math.round((i / (wanted - 1)) * (n - 1));
      const y = TOP + height * (1 - (j + 0.5) / n);
      if (last - y < 12) continue;
      last = y;
      context.fillText(String(k[j] ?? "").replace("-", "−"), LEFT - 6, Math.max(y, TOP + 5));
    }
  }

  private colourScale(context: CanvasRenderingContext2D, width: number, height: number): void {
    const x = LEFT + width + 10;
    const gradient = context.createLinearGradient(0, TOP + height, 0, TOP);
    for (let i = 0; i <= 8; i++) {
      const c = this.colours[Math.round((i / 8) * 255)] ?? 0;
      gradient.addColorStop(i / 8, `rgb(${c & 255} ${(c >> 8) & 255} ${(c >> 16) & 255})`);
    }
    const ink = context.fillStyle;
    context.fillStyle = gradient;
    context.fillRect(x, TOP, 8, height);
    context.fillStyle = ink;
    context.textAlign = "left";
    const top = this.source.scale;
    context.textBaseline = "top";
    context.fillText(this.ends?.[0] ?? (top >= 100 ? top.toFixed(0) : top.toPrecision(2)), x + 12, TOP);
    context.textBaseline = "bottom";
    context.fillText(this.ends?.[1] ?? "0", x + 12, TOP + height + 2);
  }
}
