// What the breathing rate of a link rests on, once per second, as the server streams it: the two
// spectra with the line that was chosen, the wave, and how much each group of subcarriers is in it.
import type { Breathing } from "./api";
import { el, fitCanvas, setText } from "./dom";
import type { Panel, Picture } from "./panel";
import { Plot } from "./plot";
import type { Store } from "./store";
import { num, reasonText, sureText } from "./words";

const span = (n: number, first: number, step: number): number[] => Array.from({ length: n }, (_, i) => first + i * step);

export class BreathingPanel implements Panel {
  readonly root: HTMLElement;
  readonly csv = { name: "breathing", text: (): string => breathingCsv(this.last) };
  private last: Breathing | null = null;
  private readonly chosen = el("p", { class: "note" }, "Asking the server…");
  private readonly waveNote = el("p", { class: "note" });
  private readonly weightsNote = el("p", { class: "note" });
  private readonly weights = el("canvas", { class: "weights", role: "img" });
  private readonly spectrum: Plot;
  private readonly wave: Plot;
  private readonly end: () => void;

  constructor(store: Store, link: number) {
    this.spectrum = new Plot({
      label: "Breathing spectrum: power over that of the noise, by breaths per minute",
      x: "breaths per minute",
      y: "power / noise",
      lines: [
        { label: "says the rate", color: "--accent" },
        { label: "finds it", color: "--soft", dash: [4, 3] },
      ],
      mark: () => this.last?.candidate_bpm ?? null,
    });
    this.wave = new Plot({
      label: "Breathing wave of 30 seconds, in units of its RMS",
      x: "s before the last value",
      y: "of its RMS",
      lines: [{ label: "wave", color: "--accent" }],
      height: 120,
    });
    this.root = el(
      "section",
      { class: "breathing", "aria-label": "Breathing, looked at" },
      el("h4", {}, "Breathing spectrum"),
      this.chosen,
      this.spectrum.root,
      el("h4", {}, "Breathing wave"),
      this.waveNote,
      this.wave.root,
      el("h4", {}, "Weights of subcarriers in the wave"),
      this.weightsNote,
      this.weights,
    );
    this.end = store.watchBreathing(link, (b) => this.push(b));
  }

  pictures(): Picture[] {
    return [
      { title: "Breathing spectrum: power / noise, by breaths per minute", canvas: this.last?.coarse ? this.spectrum.canvas : null },
      { title: "Breathing wave, of its RMS", canvas: this.last?.wave ? this.wave.canvas : null },
      { title: "Weights of subcarriers in the wave", canvas: this.last?.weights ? this.weights : null },
    ];
  }

  restyle(): void {
    this.spectrum.restyle();
    this.wave.restyle();
    this.drawWeights();
  }

  close(): void {
    this.end();
    this.spectrum.close();
    this.wave.close();
  }

  private push(b: Breathing): void {
    this.last = b;
    setText(this.chosen, chosenText(b));
    this.root.dataset.candidate = String(b.candidate_bpm ?? "");
    const n = (b.fine ?? b.coarse)?.length ?? 0;
    const none = Array<null>(n).fill(null);
    this.spectrum.root.hidden = n === 0;
    if (n) this.spectrum.set([span(n, b.first_bpm, b.step_bpm), b.fine ?? none, b.coarse ?? none]);
    const { wave, wave_rate_hz: rate_hz } = b;
    this.wave.root.hidden = !wave;
    setText(this.waveNote, wave ? "The subcarriers below added up, slow trend taken out." : reasonText(b.wave_reason));
    if (wave && rate_hz) this.wave.set([span(wave.length, (1 - wave.length) / rate_hz, 1 / rate_hz), wave]);
    this.weights.hidden = !b.weights;
    setText(this.weightsNote, b.weights ? "Each group scaled to variance 1; squares sum to 1, and the sign is that of the wave." : reasonText(b.weights_reason));
    if (b.weights) this.drawWeights();
  }

  private drawWeights(): void {
    const weights = this.last?.weights;
    fitCanvas(this.weights);
    const c = this.weights.getContext("2d");
    if (!weights || !c || this.weights.width === 0) return;
    const style = getComputedStyle(this.weights);
    const dpr = window.devicePixelRatio;
    const [left, right, top, bottom] = [42, 8, 8, 20];
    const width = this.weights.width / dpr - left - right;
    const height = this.weights.height / dpr - top - bottom;
    const chains = Math.max(...weights.map((w) => w.chain)) + 1;
    const low = Math.min(...weights.map((w) => w.k_first)) - 0.5;
    const high = Math.max(...weights.map((w) => w.k_last)) + 0.5;
    const x = (k: number): number => left + (width * (k - low)) / (high - low);
    const strip = height / chains;
    const zero = (chain: number): number => top + strip * (chain + 0.5);
    c.setTransform(dpr, 0, 0, dpr, 0, 0);
    c.clearRect(0, 0, this.weights.width, this.weights.height);
    c.font = `11px ${style.fontFamily}`;
    for (const w of weights) {
      c.fillStyle = style.getPropertyValue(w.weight < 0 ? "--threshold" : "--accent");
      const bar = (w.weight * strip) / 2;
      c.fillRect(x(w.k_first - 0.5) + 0.5, zero(w.chain) - Math.max(bar, 0), x(w.k_last + 0.5) - x(w.k_first - 0.5) - 1, Math.max(Math.abs(bar), 1));
    }
    c.strokeStyle = style.borderTopColor;
    c.fillStyle = style.color;
    c.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
    c.textBaseline = "middle";
    c.textAlign = "right";
    for (let chain = 0; chain < chains; chain++) {
      c.fillRect(left, zero(chain), width, 1);
      c.fillText(chains > 1 ? `chain ${chain}` : "0", left - 5, zero(chain));
    }
    if (chains === 1) for (const v of [1, -1]) c.fillText(String(v).replace("-", "−"), left - 5, zero(0) - (v * strip) / 2 + v * 4);
    c.textBaseline = "top";
    for (const [k, align] of [[low + 0.5, "left"], [high - 0.5, "right"]] as const) {
      c.textAlign = align;
      c.fillText(String(k).replace("-", "−"), x(k), top + height + 5);
    }
    c.textAlign = "center";
    c.fillText("subcarrier", left + width / 2, top + height + 5);
    const strongest = [...weights].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))[0];
    if (strongest)
      this.weights.setAttribute("aria-label", `Weights of ${weights.length} groups of subcarriers; the largest, ${num(strongest.weight, 2)}, of ${strongest.k_first} to ${strongest.k_last}`);
  }
}

function chosenText(b: Breathing): string {
  if (b.candidate_bpm === null) return `No line is chosen: ${reasonText(b.coarse_reason ?? b.candidate_reason)}.`;
  const line = `The line at ${num(b.candidate_bpm, 1)} per minute is chosen (window of ${num(b.fine_window_s, 0)} s)`;
  return b.breathing_bpm === null ? `${line} and not believed: ${reasonText(b.breathing_reason)}.` : `${line}, ${sureText(b.breathing_confidence)}.`;
}

/** One value per line: what it is, where, and in which units. */
function breathingCsv(b: Breathing | null): string {
  const lines = ["part,x,x_unit,value,unit"];
  if (!b) return lines.join("\n") + "\n";
  for (const part of ["fine", "coarse"] as const)
    b[part]?.forEach((v, i) => lines.push(`${part},${b.first_bpm + i * b.step_bpm},per_minute,${v},over_noise`));
  const { wave, wave_rate_hz: rate_hz, wave_end_s: end_s } = b;
  if (wave && rate_hz && end_s !== null)
    wave.forEach((v, i) => lines.push(`wave,${(end_s - (wave.length - 1 - i) / rate_hz).toFixed(3)},s,${v},of_rms`));
  for (const w of b.weights ?? []) lines.push(`weight_chain_${w.chain},${w.k_first}..${w.k_last},subcarrier,${w.weight},1`);
  lines.push(`candidate,${b.t_s},s,${b.candidate_bpm ?? ""},per_minute`);
  lines.push(`breathing,${b.t_s},s,${b.breathing_bpm ?? ""},per_minute`);
  return lines.join("\n") + "\n";
}
