// The motion score of the last minutes with its threshold. Seconds without a score are a break in
// the line.
import { fitCanvas } from "./dom";
import type { MotionPoint } from "./link-state";

const WINDOW_S = 120;
const LEFT = 38;
const RIGHT = 46; // the same frame as the heat map below it
const BOTTOM = 20;
const TOP = 8;
const GAP_S = 2.5;

export function motionTop(points: readonly MotionPoint[]): number {
  let top = 0.1;
  for (const p of points) top = Math.max(top, (p.score ?? 0) * 1.1, (p.threshold ?? 0) * 1.5);
  return Math.min(1, Math.ceil(top * 10) / 10);
}

export function drawMotionLine(
  canvas: HTMLCanvasElement,
  points: readonly MotionPoint[],
  end_s: number,
): void {
  fitCanvas(canvas);
  const context = canvas.getContext("2d");
  if (!context || canvas.width === 0) return;
  const style = getComputedStyle(canvas);
  const dpr = window.devicePixelRatio;
  const width = canvas.width / dpr - LEFT - RIGHT;
  const height = canvas.height / dpr - TOP - BOTTOM;
  const top = motionTop(points);
  const x = (t_s: number): number => LEFT + width * (1 - (end_s - t_s) / WINDOW_S);
  const y = (score: number): number => TOP + height * (1 - Math.min(Math.max(score, 0), top) / top);

  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = style.borderTopColor;
  context.strokeRect(LEFT - 0.5, TOP - 0.5, width + 1, height + 1);

  context.save();
  context.beginPath();
  context.rect(LEFT, TOP - 1, width, height + 2);
  context.clip();
  trace(context, points, (p) => p.threshold, x, y);
  context.setLineDash([4, 3]);
  context.strokeStyle = style.getPropertyValue("--threshold");
  context.stroke();
  context.setLineDash([]);
  trace(context, points, (p) => p.score, x, y);
  context.lineWidth = 1.8;
  context.lineJoin = "round";
  context.strokeStyle = style.getPropertyValue("--accent");
  context.stroke();
  context.restore();

  context.font = `11px ${style.fontFamily}`;
  context.fillStyle = style.color;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(top.toFixed(1), LEFT - 6, TOP + 4);
  context.fillText("0", LEFT - 6, TOP + height - 3);
  context.textBaseline = "top";
  context.textAlign = "left";
  context.fillText(`−${WINDOW_S} s`, LEFT, TOP + height + 5);
  context.textAlign = "center";
  context.fillText(`−${WINDOW_S / 2} s`, LEFT + width / 2, TOP + height + 5);
  context.textAlign = "right";
  context.fillText("now", LEFT + width, TOP + height + 5);
  const threshold = points.at(-1)?.threshold;
  if (threshold === null || threshold === undefined) return;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = style.getPropertyValue("--threshold");
  context.fillText("moving", LEFT + width + 5, y(threshold) - 6);
}

function trace(
  context: CanvasRenderingContext2D,
  points: readonly MotionPoint[],
  value: (p: MotionPoint) => number | null,
  x: (t_s: number) => number,
  y: (score: number) => number,
): void {
  let last_s = -Infinity;
  context.beginPath();
  for (const p of points) {
    const v = value(p);
    if (v === null) {
      last_s = -Infinity;
      continue;
    }
    if (p.t_s - last_s > GAP_S) context.moveTo(x(p.t_s) - 1, y(v)); // a lone point is seen, too
    context.lineTo(x(p.t_s), y(v));
    last_s = p.t_s;
  }
}
