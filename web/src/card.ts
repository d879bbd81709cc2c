// One link as a card. Every number keeps its unit; a missing one says why.
import type { Link, Sensing, Source } from "./api";
import { el, setData, setText } from "./dom";
import { Heatmap } from "./heatmap";
import type { LinkState } from "./link-state";
import { drawMotionLine } from "./motion-line";
import { activityText } from "./models";
import type { Picture } from "./panel";
import { ageText, count, num, originText, reasonText, stateText, sureText } from "./words";

/* Noise alone makes the score swing around 0; a bar has no room for that. */
const clamp = (score: number): number => Math.min(1, Math.max(0, score));

const facts = ["Rate", "RSSI", "Lost", "Refused", "Gaps", "Frames"] as const;

export class Card {
  readonly root: HTMLElement;
  private readonly name = el("h3");
  private readonly badge = el("span", { class: "badge small" });
  private readonly age = el("span", { class: "age" });
  private readonly state = el("p", { class: "state" });
  private readonly stateNote = el("p", { class: "note" });
  private readonly breathing = el("p", { class: "number" });
  private readonly breathingNote = el("p", { class: "note" });
  private readonly alarm = el("p", { class: "alarm", role: "alert" });
  private readonly activity = el("h4", { class: "activity" });
  private readonly activityNote = el("span", { class: "value" });
  private readonly motion = el("span", { class: "value" });
  private readonly meter = el("div", { class: "meter", role: "meter", "aria-label": "Motion score" });
  private readonly bar = el("i", { class: "bar" });
  private readonly mark = el("i", { class: "mark" });
  private readonly line = el("canvas", { class: "line", role: "img" });
  private readonly map = el("canvas", { class: "map", role: "img" });
  private readonly mapNote = el("span", { class: "value" });
  private readonly device = el("p", { class: "device" });
  private readonly facts = new Map(facts.map((f) => [f, el("dd")]));
  private readonly heatmap: Heatmap;
  private visible = true;

  constructor(private readonly link: LinkState) {
    this.heatmap = new Heatmap(this.map, link.amplitudes);
    this.meter.append(this.bar, this.mark);
    this.alarm.hidden = true;
    this.activity.hidden = true;
    this.activity.append("Activity ", this.activityNote);
    const title = `link-${link.id}`;
    this.name.id = title;
    this.facts.get("Refused")?.setAttribute("title", "by the link's source; the reasons are below");
    const list = el("dl", { class: "facts" });
    for (const [fact, dd] of this.facts) list.append(el("div", {}, el("dt", {}, fact), dd));
    this.root = el(
      "article",
      { class: "panel card", "aria-labelledby": title },
      el("header", {}, this.name, this.badge, this.age),
      this.alarm,
      el(
        "div",
        { class: "now" },
        el("div", {}, el("h4", {}, "Room"), this.state, this.stateNote),
        el("div", {}, el("h4", {}, "Breathing"), this.breathing, this.breathingNote),
      ),
      this.activity,
      el("h4", {}, "Motion ", this.motion),
      this.meter,
      this.line,
      el("h4", {}, "Amplitude by subcarrier ", this.mapNote),
      this.map,
      list,
      this.device,
    );
    new IntersectionObserver((entries) => {
      this.visible = entries.some((e) => e.isIntersecting);
    }).observe(this.root);
  }

  /** Text; a few times per second at most. */
  update(source: Source | undefined, connected: boolean, paused: boolean): void {
    const { link, sensing } = this.link;
    if (!link) return;
    const fresh = this.link.fresh;
    setText(this.name, link.name);
    setText(this.badge, fresh ? originText[link.source] : "NO DATA");
    setData(this.badge, "origin", fresh ? link.source : "none");
    setText(this.age, ageText(this.link.age_s));
    setData(this.root, "stale", String(!fresh));
    setData(this.root, "origin", link.source);
    /* What the server said last holds only as long as frames are known to arrive. */
    const gone = fresh ? null : connected ? "no-frames" : "no-connection";
    this.updateState(sensing, gone);
    this.updateBreathing(sensing, gone);
    this.activity.hidden = !sensing?.activity;
    if (sensing?.activity) setText(this.activityNote, activityText(sensing.activity, gone));
    this.updateMotion(sensing, gone, paused);
    this.updateFacts(link, source, fresh);
    this.link.changed = false;
  }

  private updateState(s: Sensing | null, gone: string | null): void {
    const state = gone ? null : (s?.state ?? null);
    setText(this.state, state ? stateText[state] : "Unknown");
    setData(this.state, "state", state ?? "none");
    const note = sureText(s?.state_confidence ?? null);
    const trial = s?.state_experimental ? "experimental: not validated well enough" : "";
    const notes = [note, trial].filter((text) => text !== "").join(" · ");
    setText(this.stateNote, state ? notes : reasonText(gone ?? s?.state_reason ?? "warming-up"));
    const apnoea = !gone && s?.apnoea === true;
    const alarm = apnoea
      ? "Breathing was there and is lost"
      : this.link.fallRecently
        ? "In the last minute: a fall, or somebody sat down fast (experimental)"
        : "";
    setData(this.alarm, "sure", String(apnoea));
    this.alarm.hidden = alarm === "";
    setText(this.alarm, alarm);
  }

  private updateBreathing(s: Sensing | null, gone: string | null): void {
    const bpm = gone ? null : (s?.breathing_bpm ?? null);
    this.breathing.replaceChildren(
      num(bpm, 1),
      ...(bpm === null ? [] : [el("small", {}, " per minute")]),
    );
    const note = sureText(s?.breathing_confidence ?? null);
    setText(
      this.breathingNote,
      bpm === null ? reasonText(gone ?? s?.breathing_reason ?? "warming-up") : note,
    );
  }

  private updateMotion(s: Sensing | null, gone: string | null, paused: boolean): void {
    const score = gone ? null : (s?.motion_score ?? null);
    const threshold = gone ? null : (s?.motion_threshold ?? null);
    const speed = gone ? null : (s?.speed_mps ?? null);
    const walks = speed === null ? "" : `, walking at ${num(speed, 1)} m/s (experimental)`;
    const text =
      score === null
        ? reasonText(gone ?? s?.motion_reason ?? "warming-up")
        : `${num(score, 2)}${threshold === null ? "" : `, moving above ${num(threshold, 2)}`}${walks}`;
    setText(this.motion, text);
    this.bar.style.width = `${100 * clamp(score ?? 0)}%`;
    setData(this.bar, "over", String(score !== null && threshold !== null && score > threshold));
    this.mark.hidden = threshold === null;
    this.mark.style.left = `${100 * clamp(threshold ?? 0)}%`;
    this.meter.setAttribute("aria-valuemin", "0");
    this.meter.setAttribute("aria-valuemax", "1");
    this.meter.setAttribute("aria-valuenow", clamp(score ?? 0).toFixed(2));
    this.meter.setAttribute("aria-valuetext", text);
    this.line.setAttribute("aria-label", `Motion score of the last two minutes; now: ${text}`);
    if ((this.link.changed || gone) && !paused) this.redraw();
  }

  private updateFacts(link: Link, source: Source | undefined, fresh: boolean): void {
    const value = (fact: (typeof facts)[number], text: string): void => {
      const dd = this.facts.get(fact);
      if (dd) setText(dd, text);
    };
    const unit = (v: number | null, decimals: number, u: string): string =>
      fresh && v !== null ? `${num(v, decimals)} ${u}` : num(null, 0);
    value("Rate", unit(link.rate_hz, 1, "Hz"));
    value("RSSI", unit(link.rssi_dbm, 0, "dBm"));
    value("Lost", count(link.lost));
    value("Refused", source ? count(source.refused) : num(null, 0));
    value("Gaps", count(link.gaps));
    value("Frames", count(link.frames));
    const k = this.link.amplitudes.k;
    setText(this.mapNote, k.length ? "index, raw units" : "no rows yet");
    this.map.setAttribute("aria-label", `Amplitude of ${k.length} subcarriers over the last 30 seconds`);
    const parts = [
      link.chip,
      link.format_title,
      link.channel === null ? null : `channel ${link.channel}`,
      link.bandwidth_mhz === null ? null : `${link.bandwidth_mhz} MHz`,
      `${link.subcarriers_live} of ${link.subcarriers} subcarriers`,
      link.chains_rx * link.chains_tx > 1 ? `${link.chains_rx} × ${link.chains_tx} chains` : null,
      link.tx === null ? null : `from ${link.tx}`,
    ];
    setText(this.device, parts.filter((p) => p !== null).join(" · "));
  }

  /** Pictures; once per animation frame. False: nobody sees them. */
  draw(): boolean {
    if (this.visible) this.heatmap.draw();
    return this.visible;
  }

  pictures(): Picture[] {
    return [
      { title: "Motion score of two minutes, and its threshold (dashed)", canvas: this.line },
      { title: "Amplitude by subcarrier, raw units", canvas: this.map },
    ];
  }

  redraw(): void {
    drawMotionLine(this.line, this.link.motion, this.link.motionEnd_s);
  }
}
