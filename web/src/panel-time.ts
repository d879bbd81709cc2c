// Motion and packets per second of the last minutes, to be zoomed into.
import { el } from "./dom";
import { motionCsv } from "./export";
import type { LinkState } from "./link-state";
import type { Panel, Picture } from "./panel";
import { Plot } from "./plot";
import type { Store } from "./store";

const GAP_S = 2.5;

export class TimePanel implements Panel {
  readonly root: HTMLElement;
  readonly csv: { name: string; text(): string };
  private readonly motion = new Plot({
    label: "Motion score and its threshold over the last three minutes",
    x: "s before now",
    y: "score",
    lines: [
      { label: "motion score", color: "--accent" },
      { label: "moving above", color: "--threshold", dash: [4, 3] },
    ],
  });
  private readonly rate = new Plot({
    label: "Packets per second over the last three minutes",
    x: "s before now",
    y: "packets per s",
    lines: [{ label: "packets", color: "--accent" }],
    height: 110,
  });
  private shown = NaN;

  constructor(
    private readonly store: Store,
    private readonly link: LinkState,
  ) {
    this.csv = { name: "motion", text: () => motionCsv(link) };
    this.root = el("section", { "aria-label": "Motion and packets over time" }, el("h4", {}, "Motion over time"), this.motion.root, el("h4", {}, "Packets per second"), this.rate.root);
  }

  update(): void {
    const last = this.link.motion.at(-1);
    if (this.store.paused || !last || last.t_s === this.shown) return;
    this.shown = last.t_s;
    const t: number[] = [];
    const values: (number | null)[][] = [[], [], []];
    const put = (t_s: number, of: (number | null)[]): void => {
      t.push(t_s - last.t_s);
      of.forEach((v, i) => values[i]?.push(v));
    };
    let before = NaN;
    for (const p of this.link.motion) {
      if (p.t_s - before > GAP_S) put((p.t_s + before) / 2, [null, null, null]); // seconds nobody told of
      put(p.t_s, [p.score, p.threshold, p.frames]);
      before = p.t_s;
    }
    this.motion.set([t, values[0] ?? [], values[1] ?? []]);
    this.rate.set([t, values[2] ?? []]);
  }

  restyle(): void {
    this.motion.restyle();
    this.rate.restyle();
  }

  pictures(): Picture[] {
    return [
      { title: "Motion score, and its threshold (dashed)", canvas: this.motion.canvas },
      { title: "Packets per second", canvas: this.rate.canvas },
    ];
  }

  close(): void {
    this.motion.close();
    this.rate.close();
  }
}
