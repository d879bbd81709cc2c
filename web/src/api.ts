// What the server says: the JSON of /api/v1 and /ws/sensing (src/server/view.c). Nothing else in
// the page knows these names.

export type Origin = "live" | "replay" | "simulated";
export type State = "empty" | "still" | "moving";

/** Facts of one link. A null number is not known; rate_reason and reason say why. */
export interface Link {
  id: number;
  name: string;
  node: string | null;
  tx: string | null;
  source: Origin;
  source_id: number;
  format: string;
  format_title: string;
  chip: string | null;
  channel: number | null;
  freq_mhz: number | null;
  bandwidth_mhz: number | null;
  chains_rx: number;
  chains_tx: number;
  subcarriers: number;
  subcarriers_live: number;
  age_s: number | null;
  reason: string | null;
  rate_hz: number | null;
  jitter_ms: number | null;
  rate_reason: string | null;
  rssi_dbm: number | null;
  noise_dbm: number | null;
  frames: number;
  lost: number;
  duplicates: number;
  reordered: number;
  gaps: number;
}

/** Where frames come from: a socket, a serial port, a file. */
export interface Source {
  id: number;
  name: string;
  source: Origin;
  status: string;
  ok: boolean;
  done: boolean;
  packets: number;
  frames: number;
  skipped: number;
  refused: number;
  refused_by_reason: Record<string, number>;
  last_bytes: number | null;
  age_s: number | null;
}

/** What one link says about its last second. */
export interface Sensing {
  link: number;
  name: string;
  source: Origin;
  t_s: number | null;
  age_s: number | null;
  state: State | null;
  state_confidence: number | null;
  state_experimental: boolean;
  state_reason: string | null;
  motion_score: number | null;
  motion_reason: string | null;
  motion_threshold: number | null;
  breathing_bpm: number | null;
  breathing_confidence: number | null;
  breathing_reason: string | null;
  heart_bpm: number | null;
  heart_confidence: number | null;
  heart_reason: string | null;
  persons: number | null;
  persons_confidence: number | null;
  persons_reason: string | null;
  breathing_wave: number | null;
  apnoea: boolean;
  fall: boolean;
  frames: number;
  silent_s: number;
}

interface Row {
  t_s: number;
  max: number;
  amp_b64: string;
}

interface RowHead {
  link: number;
  source: Origin;
  k_runs: [first: number, last: number, step: number][];
}

export type Message =
  | { type: "hello"; name: string; version: string; sensing: Sensing[]; links: Link[]; sources: Source[] }
  | { type: "links"; links: Link[]; sources: Source[] }
  | ({ type: "sensing_update"; timestamp: number; tick: number } & Sensing)
  | ({ type: "row" } & RowHead & Row)
  | ({ type: "rows"; rows: Row[] } & RowHead)
  | { type: "pong" };

/** A message, or null when it is not one. */
export function parseMessage(text: string): Message | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const known = typeof value === "object" && value !== null && "type" in value;
  return known ? (value as Message) : null;
}

/** Amplitudes of one moment, in raw units of the source. */
export interface AmplitudeRow {
  t_s: number;
  amp: Float32Array;
}

export function subcarriers(runs: RowHead["k_runs"]): number[] {
  const k: number[] = [];
  for (const [first, last, step] of runs)
    for (let i = first; step > 0 ? i <= last : i >= last; i += step) k.push(i);
  return k;
}

export function amplitudes(row: Row): AmplitudeRow {
  const bytes = atob(row.amp_b64);
  const amp = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) amp[i] = (bytes.charCodeAt(i) / 255) * row.max;
  return { t_s: row.t_s, amp };
}
