// Words and numbers as people read them.
import type { Origin, State } from "./api";

/** Older than this is stale: the server's AW_BOARD_STALE_S. */
export const STALE_S = 5;

const reasons: Record<string, string> = {
  "warming-up": "not enough signal seen yet",
  "no-frames": "no frames arrive on this link",
  "rate-too-low": "too few frames per second",
  moving: "something moves; a chest cannot be told from it",
  "no-periodicity": "no periodic signal stands out of the noise",
  "not-confident": "a rate is seen, but not with enough confidence",
  absent: "nobody is there",
  "not-calibrated": "this link needs a calibration",
  ambiguous: "one link cannot decide this",
  "no-phase": "the source carries amplitudes only",
  "no-signal": "all subcarriers are zero or saturated",
  stale: "the last measurement is too old",
  "not-located": "its links cannot tell where in the room",
  "not-finite": "the model gave no number",
  impossible: "the model put it where it cannot be",
  "not-moving": "nothing moves",
  "model-failed": "the model could not be computed",
  "model-busy": "the model follows as many other links as it can",
  "other-antennas": "the model is for another number of antennas",
  "one-chain": "one antenna cannot tell this",
  "no-connection": "the connection to the server is lost",
};

export const reasonText = (reason: string | null): string =>
  reason === null ? "not known" : (reasons[reason] ?? reason);

export const originText: Record<Origin, string> = {
  live: "LIVE",
  replay: "REPLAY",
  simulated: "SIMULATED",
};

export const stateText: Record<State, string> = { empty: "Empty", still: "Still", moving: "Moving" };

export const NOT_KNOWN = "–";

export function num(value: number | null, decimals: number): string {
  if (value === null) return NOT_KNOWN;
  return value.toFixed(decimals).replace("-", "−");
}

/** A probability in percent; none reads as certain. */
export const percent = (share: number): string => `${share >= 0.995 ? "over 99" : num(share * 100, 0)} %`;

export const sureText = (sure: number | null): string =>
  sure === null ? "confidence not known" : `${percent(sure)} confidence`;

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
export const count = (value: number): string => whole.format(value);

export function ageText(age_s: number | null): string {
  if (age_s === null) return "never heard";
  if (age_s < 1) return "just now";
  if (age_s < 90) return `${Math.round(age_s)} s ago`;
  if (age_s < 5400) return `${Math.round(age_s / 60)} min ago`;
  return `${Math.round(age_s / 3600)} h ago`;
}
