// uPlot as a component. A null is a break in the line: nothing is drawn where nothing was measured.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Line {
  label: string;
  color: string; // name of a CSS variable
  values: (number | null)[];
  fill?: boolean;
}

interface ChartProps {
  label: string;
  t: number[]; // Unix time, s; or hours, with `hours`
  lines: Line[];
  height?: number;
  range?: [number, number];
  marks?: { t: number; text: string }[];
  hours?: boolean;
  onZoom?: (from: number, to: number) => void;
}

export function Chart(props: ChartProps) {
  const root = useRef<HTMLDivElement>(null);
  const zoom = useRef(props.onZoom);
  zoom.current = props.onZoom;
  const shape = props.lines.map((l) => l.label).join("|");
  useEffect(() => {
    const host = root.current;
    if (!host) return;
    const style = getComputedStyle(host);
    const css = (name: string): string => style.getPropertyValue(name).trim();
    const axis = { stroke: css("--soft"), grid: { stroke: css("--edge"), width: 1 }, ticks: { stroke: css("--edge"), width: 1 } };
    const plot = new uPlot(
      {
        width: host.clientWidth,
        height: props.height ?? 160,
        scales: { x: { time: !props.hours }, ...(props.range ? { y: { range: props.range } } : {}) },
        axes: [axis, { ...axis, size: 46 }],
        cursor: { drag: { x: true, y: false, setScale: false } },
        series: [
          {},
          ...props.lines.map((l) => ({
            label: l.label,
            stroke: css(l.color),
            width: 1.6,
            spanGaps: false,
            points: { show: true, size: 4 },
            ...(l.fill ? { fill: css(l.color) + "33" } : {}),
          })),
        ],
        hooks: {
          setSelect: [
            (u) => {
              if (u.select.width < 4) return;
              const from = u.posToVal(u.select.left, "x");
              const to = u.posToVal(u.select.left + u.select.width, "x");
              u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
              zoom.current?.(from, to);
            },
          ],
          draw: [
            (u) => {
              for (const mark of props.marks ?? []) {
                const x = Math.round(u.valToPos(mark.t, "x", true));
                if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
                u.ctx.strokeStyle = css("--threshold");
                u.ctx.beginPath();
                u.ctx.moveTo(x, u.bbox.top);
                u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
                u.ctx.stroke();
              }
            },
          ],
        },
      },
      [props.t, ...props.lines.map((l) => l.values)],
      host,
    );
    const fit = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: props.height ?? 160 }));
    fit.observe(host);
    return () => {
      fit.disconnect();
      plot.destroy();
    };
  }, [shape, props.t, props.lines, props.marks]);
  return <div class="chart" role="img" aria-label={props.label} ref={root} />;
}
