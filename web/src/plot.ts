// A line plot of uPlot's with zoom: drag over a range, or press "Zoom in"; "Whole range" goes back.
// New values do not undo a zoom. A null is a break in the line.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { el } from "./dom";

interface Options {
  label: string; // for a screen reader
  x: string; // with unit
  y: string;
  lines: { label: string; color: string; dash?: number[] }[]; // color: name of a CSS variable
  height?: number;
  range?: [number, number];
  /** x of an upright line; null: none. */
  mark?: () => number | null;
}

export class Plot {
  readonly root: HTMLElement;
  private readonly host: HTMLElement;
  private readonly whole = el("button", { type: "button" }, "Whole range");
  private readonly fit = new ResizeObserver(() => this.resize());
  private plot: uPlot | null = null;
  private data: uPlot.AlignedData = [[]];
  private zoom: [number, number] | null = null;

  constructor(private readonly options: Options) {
    this.host = el("div", { class: "chart", role: "img", "aria-label": options.label });
    const nearer = el("button", { type: "button" }, "Zoom in");
    nearer.addEventListener("click", () => this.zoomIn());
    this.whole.addEventListener("click", () => this.reset());
    this.whole.disabled = true;
    this.root = el("div", { class: "plot" }, this.host, el("p", { class: "tools" }, nearer, this.whole));
    this.fit.observe(this.host);
  }

  set(data: uPlot.AlignedData): void {
    this.data = data;
    if (!this.plot) this.make();
    this.plot?.setData(data, true);
    if (this.zoom) this.plot?.setScale("x", { min: this.zoom[0], max: this.zoom[1] });
  }

  get canvas(): HTMLCanvasElement | null {
    return this.plot?.ctx.canvas ?? null;
  }

  /** Colours are the page's: to be called when they change. */
  restyle(): void {
    this.plot?.destroy();
    this.plot = null;
    this.set(this.data);
  }

  close(): void {
    this.fit.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  /** The newest, or rightmost, half of what is seen. */
  private zoomIn(): void {
    const { min, max } = this.plot?.scales["x"] ?? {};
    if (min == null || max == null) return;
    this.zoomed([(min + max) / 2, max]);
    this.plot?.setScale("x", { min: (min + max) / 2, max });
  }

  private reset(): void {
    this.zoomed(null);
    this.plot?.setData(this.data, true);
  }

  private zoomed(range: [number, number] | null): void {
    this.zoom = range;
    this.whole.disabled = range === null;
  }

  private resize(): void {
    if (this.host.clientWidth === 0) return;
    if (this.plot) this.plot.setSize({ width: this.host.clientWidth, height: this.options.height ?? 150 });
    else if (this.data[0].length) this.set(this.data);
  }

  private make(): void {
    if (this.host.clientWidth === 0) return;
    const style = getComputedStyle(this.host);
    const css = (name: string): string => style.getPropertyValue(name).trim();
    const { x, y, lines, range, mark } = this.options;
    const axis = {
      stroke: css("--soft"),
      font: `11px ${style.fontFamily}`,
      labelFont: `11px ${style.fontFamily}`,
      grid: { stroke: css("--edge"), width: 1 },
      ticks: { stroke: css("--edge"), width: 1 },
    };
    this.plot = new uPlot(
      {
        width: this.host.clientWidth,
        height: this.options.height ?? 150,
        scales: { x: { time: false }, ...(range ? { y: { range } } : {}) },
        axes: [
          { ...axis, label: x, labelSize: 16, size: 28 },
          { ...axis, label: y, labelSize: 16, size: 42 },
        ],
        cursor: { drag: { x: true, y: false, setScale: true }, bind: { dblclick: () => () => (this.reset(), null) } },
        legend: { show: lines.length > 1 },
        series: [
          { label: x },
          ...lines.map((l) => ({ label: l.label, stroke: css(l.color), width: 1.6, spanGaps: false, points: { show: false }, ...(l.dash ? { dash: l.dash } : {}) })),
        ],
        hooks: {
          setSelect: [
            (u) => {
              if (u.select.width < 4) return;
              this.zoomed([u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")]);
            },
          ],
          draw: [
            (u) => {
              const at = mark?.() ?? null;
              if (at === null) return;
              const px = Math.round(u.valToPos(at, "x", true));
              if (px < u.bbox.left || px > u.bbox.left + u.bbox.width) return;
              u.ctx.save();
              u.ctx.strokeStyle = css("--threshold");
              u.ctx.setLineDash([5, 4]);
              u.ctx.beginPath();
              u.ctx.moveTo(px, u.bbox.top);
              u.ctx.lineTo(px, u.bbox.top + u.bbox.height);
              u.ctx.stroke();
              u.ctx.restore();
            },
          ],
        },
      },
      this.data,
      this.host,
    );
  }
}
