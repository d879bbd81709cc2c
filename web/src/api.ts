// What the server says: types made from its own document, api/openapi.json, so that the page cannot
// drift from it. A null number is not known; the reason beside it says why.
import type { components } from "./openapi.gen";
import { withToken } from "./token";

type Schemas = components["schemas"];
export type Origin = Schemas["Origin"];
export type Link = Schemas["Link"];
export type Source = Schemas["Source"];
export type Values = Schemas["SensingValues"];
export type Sensing = Schemas["LinkSensing"];
export type Room = Schemas["RoomSensing"];
export type State = NonNullable<Values["state"]>;
export type History = Schemas["History"];
export type HistoryPoint = Schemas["HistoryPoint"];
export type Event = Schemas["Event"];
export type EventList = Schemas["EventList"];
export type Store = Schemas["Store"];
export type CalibrationList = Schemas["CalibrationList"];
export type LinkCalibration = Schemas["LinkCalibration"];
export type Recording = Schemas["Recording"];
export type RoomPlan = Schemas["Room"];
export type Problem = Schemas["Problem"];
export type Activity = Schemas["Activity"];
export type Model = Schemas["Model"];
export type ModelDetail = Schemas["ModelDetail"];
export type ModelList = Schemas["ModelList"];
export type Breathing = Schemas["WsBreathing"];

interface Row {
  t_s: number;
  max: number;
  amp_b64: string;
}

export type Message =
  | Schemas["WsHello"]
  | Schemas["WsLinks"]
  | Schemas["WsSensingUpdate"]
  | Schemas["WsRow"]
  | Schemas["WsRows"]
  | Schemas["WsBreathing"]
  | Schemas["WsPhase"]
  | Schemas["WsSubscribed"]
  | Schemas["WsUnsubscribed"]
  | Schemas["WsPong"];

/** An answer, or the sentence that says why there is none. */
export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; why: string; field?: string };

/** Asks the server. Never throws: what went wrong is a sentence. */
export async function ask<T>(path: string, method = "GET", body?: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method,
      headers: withToken(body === undefined ? {} : { "content-type": "application/json" }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return { ok: true, value: (text ? JSON.parse(text) : null) as T };
    let why = response.statusText || `status ${response.status}`;
    let field: string | undefined;
    try {
      const problem = JSON.parse(text) as Problem;
      why = problem.detail;
      field = problem.field;
    } catch {
      // no problem document: the status must do
    }
    return { ok: false, status: response.status, why, ...(field ? { field } : {}) };
  } catch {
    return { ok: false, status: 0, why: "the server does not answer" };
  }
}

/** A file, with the token that a plain link cannot send; `progress` hears how many bytes came so far. */
export async function fetchFile(path: string, progress: (bytes: number) => void): Promise<Answer<Blob>> {
  try {
    const response = await fetch(path, { headers: withToken({}) });
    if (!response.ok || !response.body) {
      const problem = (await response.json().catch(() => null)) as Problem | null;
      return { ok: false, status: response.status, why: problem?.detail ?? `status ${response.status}` };
    }
    const pieces: Uint8Array[] = [];
    const reader = response.body.getReader();
    for (let bytes = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      progress((bytes += value.byteLength));
    }
    return { ok: true, value: new Blob(pieces, { type: response.headers.get("content-type") ?? "" }) };
  } catch {
    return { ok: false, status: 0, why: "the download broke off" };
  }
}

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

export function subcarriers(runs: readonly (readonly number[])[]): number[] {
  const k: number[] = [];
  for (const [first = 0, last = 0, step = 1] of runs)
    for (let i = first; step > 0 ? i <= last : i >= last; i += step) k.push(i);
  return k;
}

export function amplitudes(row: Row): AmplitudeRow {
  const bytes = atob(row.amp_b64);
  const amp = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) amp[i] = (bytes.charCodeAt(i) / 255) * row.max;
  return { t_s: row.t_s, amp };
}
