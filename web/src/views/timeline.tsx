// History from the store: from a day down to a second, the events on it, two nights beside each
// other. Where nothing was stored nothing is drawn.
import { useMemo, useState } from "preact/hooks";
import type { EventList, History, HistoryPoint, Origin } from "../api";
import { Chart, type Line } from "../chart";
import { eventText, timeText } from "../events";
import { preactView } from "../preact-view";
import type { Store } from "../store";
import { useAnswer } from "../use";
import { num, originText } from "../words";

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const FOLLOW_S = 5;
const SPANS = [
  { name: "10 min", s: 600 },
  { name: "1 h", s: HOUR_S },
  { name: "6 h", s: 6 * HOUR_S },
  { name: "24 h", s: DAY_S },
  { name: "7 d", s: 7 * DAY_S },
];
const STEP_S = { second: 1, minute: 60, hour: HOUR_S };

function whereQuery(where: string): string {
  return where === "" ? "" : `&${where.startsWith("room:") ? "room" : "link"}=${encodeURIComponent(where.slice(5))}`;
}

/** Points of one source and one sender: they are never in one line. */
interface Strand {
  key: string;
  source: Origin;
  name: string;
  points: HistoryPoint[];
}

function strandsOf(history: History): Strand[] {
  const strands = new Map<string, Strand>();
  for (const p of history.points) {
    const key = `${p.source} ${p.series ?? 0}`;
    const sender = history.series.find((s) => s.id === p.series)?.sender;
    const strand = strands.get(key) ?? { key, source: p.source, name: sender ? ` from ${sender}` : "", points: [] };
    strand.points.push(p);
    strands.set(key, strand);
  }
  return [...strands.values()].sort((a, b) => a.key.localeCompare(b.key)); // live before replay before simulated
}

/** The points with an empty one wherever some are missing, so that the lines break there. */
function withGaps(points: HistoryPoint[], step: number): (HistoryPoint | { t: number })[] {
  const out: (HistoryPoint | { t: number })[] = [];
  let last = NaN;
  for (const p of points.sort((a, b) => a.t - b.t)) {
    if (p.t - last > 1.5 * step) out.push({ t: last + step });
    out.push(p);
    last = p.t;
  }
  return out;
}

const pick = (points: (HistoryPoint | { t: number })[], value: (p: HistoryPoint) => number | null): (number | null)[] =>
  points.map((p) => ("state" in p ? value(p) : null));

function Charts({ history, events, onZoom }: { history: History; events: EventList | null; onZoom: (a: number, b: number) => void }) {
  const strands = useMemo(() => strandsOf(history), [history]);
  const [chosen, choose] = useState("");
  const strand = strands.find((s) => s.key === chosen) ?? strands[0];
  const drawn = useMemo(() => {
    const points = strand ? withGaps(strand.points, STEP_S[history.resolution]) : [];
    const line = (label: string, color: string, value: (p: HistoryPoint) => number | null, fill = false): Line => ({
      label, color, values: pick(points, value), fill,
    });
    return {
      t: points.map((p) => p.t),
      state: [
        line("moving", "--moving", (p) => p.state.moving, true),
        line("still", "--still", (p) => p.state.still, true),
        line("empty", "--empty", (p) => p.state.empty),
        line("not known", "--threshold", (p) => p.state.unknown),
      ],
      motion: [line("motion score", "--accent", (p) => p.motion.mean)],
      breathing: [line("breathing, per minute", "--accent", (p) => p.breathing_bpm.mean)],
      heart: [line("heart, per minute", "--moving", (p) => p.heart_bpm.mean)],
      rate: [line("frames per second", "--accent", (p) => p.rate_hz)],
    };
  }, [history, strand]);
  const marks = useMemo(() => (events?.events ?? []).map((e) => ({ t: e.t, text: e.type })), [events]);
  if (!strand) return <p class="panel empty">Nothing is stored of this time.</p>;
  const chart = (title: string, lines: Line[], range?: [number, number]) => (
    <section class="panel chart-panel">
      <h3>{title}</h3>
      <Chart label={`${title} over time`} t={drawn.t} lines={lines} marks={marks} onZoom={onZoom} {...(range ? { range } : {})} />
    </section>
  );
  return (
    <>
      <p class="tools">
        <span class="badge small" data-origin={strand.source}>{originText[strand.source]}</span>
        {strands.length > 1 && (
          <label>
            Shown{" "}
            <select value={strand.key} onChange={(e) => choose(e.currentTarget.value)}>
              {strands.map((s) => <option key={s.key} value={s.key}>{s.source}{s.name}</option>)}
            </select>
          </label>
        )}
        {history.next !== null && <span class="error">More is stored than can be drawn: look closer.</span>}
      </p>
      {chart("State, share of the time", drawn.state, [0, 1])}
      {chart("Motion score", drawn.motion)}
      {chart("Breathing, per minute", drawn.breathing)}
      {chart("Heart, per minute (experimental)", drawn.heart)}
      {chart("Frames per second", drawn.rate)}
    </>
  );
}

/** Local time of the evening before `date` (yyyy-mm-dd), 20:00, as Unix time. */
function evening(date: string): number {
  return new Date(`${date}T20:00:00`).getTime() / 1000;
}

const NIGHT_S = 14 * HOUR_S;

function Nights({ where }: { where: string }) {
  const today = new Date();
  const iso = (days: number): string => {
    const d = new Date(today.getTime() - days * DAY_S * 1000);
    return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
  };
  const [dates, setDates] = useState<[string, string]>([iso(2), iso(1)]);
  const path = (date: string): string =>
    `/api/v1/history?from=${evening(date)}&to=${evening(date) + NIGHT_S}&resolution=minute${whereQuery(where)}`;
  const [a] = useAnswer<History>(path(dates[0]));
  const [b] = useAnswer<History>(path(dates[1]));
  const drawn = useMemo(() => {
    const at = new Map<number, [number | null, number | null]>();
    [a, b].forEach((answer, i) => {
      if (!answer?.ok) return;
      for (const p of strandsOf(answer.value)[0]?.points ?? []) {
        const minute = Math.round((p.t - evening(dates[i as 0 | 1])) / 60);
        const pair = at.get(minute) ?? [null, null];
        pair[i as 0 | 1] = p.breathing_bpm.mean;
        at.set(minute, pair);
      }
    });
    const minutes = [...at.keys()].sort((x, y) => x - y);
    const mean = (i: 0 | 1): number | null => {
      const values = minutes.flatMap((m) => at.get(m)?.[i] ?? []);
      return values.length ? values.reduce((s, v) => s + v, 0) / values.length : null;
    };
    return {
      t: minutes.map((m) => m / 60),
      lines: [0, 1].map((i): Line => ({
        label: dates[i as 0 | 1],
        color: i === 0 ? "--accent" : "--moving",
        values: minutes.map((m) => at.get(m)?.[i as 0 | 1] ?? null),
      })),
      means: [mean(0), mean(1)] as const,
      sources: [a, b].map((answer) => (answer?.ok ? strandsOf(answer.value)[0]?.source : undefined)),
    };
  }, [a, b, dates]);
  const input = (i: 0 | 1) => (
    <label>
      {i === 0 ? "Night of " : "and of "}
      <input type="date" value={dates[i]} onChange={(e) => setDates(i === 0 ? [e.currentTarget.value, dates[1]] : [dates[0], e.currentTarget.value])} />
    </label>
  );
  const failed = a && !a.ok ? a.why : b && !b.ok ? b.why : null;
  return (
    <section>
      <h2>Two nights of breathing</h2>
      <p class="tools">{input(0)} {input(1)}</p>
      {failed && <p class="panel empty">{failed}.</p>}
      {!failed && drawn.t.length === 0 && <p class="panel empty">No breathing is stored of these nights.</p>}
      {drawn.t.length > 0 && (
        <div class="panel chart-panel">
          <Chart label="Breathing of two nights, hours after 20:00" t={drawn.t} lines={drawn.lines} hours />
          <p class="note">Hours after 20:00. Mean: {num(drawn.means[0], 1)} and {num(drawn.means[1], 1)} per minute. Source: {drawn.sources.map((o) => (o ? originText[o] : "NO DATA")).join(" and ")}.</p>
        </div>
      )}
    </section>
  );
}

function Timeline({ store }: { store: Store }) {
  const [where, setWhere] = useState("");
  const [held, setSpan] = useState<{ from: number; to: number; follow: number | null }>({ from: 0, to: 0, follow: HOUR_S });
  const show = (s: number): void => setSpan({ from: 0, to: 0, follow: s });
  /* What follows the present moves on every FOLLOW_S seconds. */
  const now = (Math.floor(Date.now() / 1000 / FOLLOW_S) + 1) * FOLLOW_S;
  const span = held.follow === null ? held : { from: now - held.follow, to: now, follow: held.follow };
  const query = `from=${Math.floor(span.from)}&to=${Math.ceil(span.to)}`;
  const [history] = useAnswer<History>(`/api/v1/history?${query}&resolution=auto${whereQuery(where)}`);
  const [events] = useAnswer<EventList>(`/api/v1/events?${query}&limit=200`);
  return (
    <>
      <h2>Timeline</h2>
      <p class="tools">
        <label>
          Of{" "}
          <select value={where} onChange={(e) => setWhere(e.currentTarget.value)}>
            <option value="">all live links together</option>
            {store.rooms.map((r) => <option value={`room:${r.room.room}`}>{r.room.name}</option>)}
            {store.ordered.map((l) => l.link && <option value={`link:${l.link.name}`}>{l.link.name}</option>)}
          </select>
        </label>
        {SPANS.map((s) => (
          <button type="button" aria-pressed={span.follow === s.s} onClick={() => show(s.s)}>{s.name}</button>
        ))}
      </p>
      <p class="note">
        {timeText(span.from)} to {timeText(span.to)}
        {history?.ok && `, one point per ${history.value.resolution}`}. Drag over a chart to look closer.
      </p>
      {history && !history.ok && <p class="panel empty">No history: {history.why}.</p>}
      {history?.ok && (
        <Charts history={history.value} events={events?.ok ? events.value : null} onZoom={(from, to) => setSpan({ from, to, follow: null })} />
      )}
      <h2>Events</h2>
      {events?.ok && events.value.events.length === 0 && <p class="panel empty">No events of this time.</p>}
      {events?.ok && events.value.events.length > 0 && (
        <ul class="panel plain">
          {events.value.events.slice(0, 100).map((e) => (
            <li key={e.id}>
              {eventText(e)}{" "}
              {e.source && <span class="badge small" data-origin={e.source}>{originText[e.source as Origin] ?? e.source}</span>}{" "}
              <button type="button" onClick={() => setSpan({ from: e.t - 60, to: e.t + 60, follow: null })}>look</button>{" "}
              <a href={`#/recordings?t=${e.t}`}>recording</a>
            </li>
          ))}
        </ul>
      )}
      <Nights where={where} />
    </>
  );
}

export const openTimeline = preactView(Timeline);
