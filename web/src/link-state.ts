// What the page knows about one link, and how old it is by the page's own clock.
import { amplitudes, subcarriers, type Link, type Message, type Sensing } from "./api";
import { Amplitudes } from "./amplitudes";
import { STALE_S } from "./words";

export interface MotionPoint {
  t_s: number;
  score: number | null;
  threshold: number | null;
  frames: number | null; // in this second
}

const MOTION_POINTS = 180;
const FALL_SHOWN_MS = 60_000;

export class LinkState {
  link: Link | null = null;
  sensing: Sensing | null = null;
  readonly motion: MotionPoint[] = [];
  readonly amplitudes = new Amplitudes();
  changed = true;
  private seen_ms: number | null = null; // performance.now() of the last frame known
  private motion_ms = 0; // performance.now() of the last motion point
  private fall_ms: number | null = null;

  constructor(readonly id: number) {}

  setLink(link: Link): void {
    this.link = link;
    this.seenAgo(link.age_s);
    this.changed = true;
  }

  setSensing(sensing: Sensing): void {
    this.sensing = sensing;
    this.seenAgo(sensing.age_s);
    if (sensing.fall) this.fall_ms = performance.now();
    if (sensing.t_s !== null) this.addMotion(sensing.t_s, sensing);
    this.changed = true;
  }

  addRows(message: Extract<Message, { type: "row" | "rows" }>): void {
    const k = subcarriers(message.k_runs);
    const rows = message.type === "row" ? [message] : message.rows;
    for (const row of rows) this.amplitudes.push(k, amplitudes(row));
    if (message.type === "row") this.seenAgo(0);
  }

  private seenAgo(age_s: number | null): void {
    if (age_s === null) return;
    const seen_ms = performance.now() - age_s * 1000;
    if (this.seen_ms === null || seen_ms > this.seen_ms) this.seen_ms = seen_ms;
  }

  private addMotion(t_s: number, s: Sensing): void {
    const last = this.motion.at(-1);
    if (last && t_s === last.t_s) return; // told again
    if (last && t_s < last.t_s) this.motion.length = 0; // a replay began again
    this.motion_ms = performance.now();
    this.motion.push({ t_s, score: s.motion_score, threshold: s.motion_threshold, frames: s.frames });
    if (this.motion.length > MOTION_POINTS) this.motion.shift();
  }

  /** The data's time at this moment: it goes on when the points stop. */
  get motionEnd_s(): number {
    const silent_s = (performance.now() - this.motion_ms) / 1000;
    return (this.motion.at(-1)?.t_s ?? 0) + (silent_s > 2 ? silent_s : 0);
  }

  get age_s(): number | null {
    return this.seen_ms === null ? null : Math.max(0, (performance.now() - this.seen_ms) / 1000);
  }

  get fresh(): boolean {
    const age_s = this.age_s;
    return age_s !== null && age_s <= STALE_S;
  }

  get fallRecently(): boolean {
    return this.fall_ms !== null && performance.now() - this.fall_ms < FALL_SHOWN_MS;
  }
}
