// Recordings with labels, and the guided calibration: the empty room, somebody walking, somebody
// still. What the server refuses is shown in its own words.
import { useState } from "preact/hooks";
import { ask, fetchFile, type CalibrationList, type LinkCalibration, type Recording } from "../api";
import { timeText } from "../events";
import { saveBlob } from "../export";
import { preactView } from "../preact-view";
import { token } from "../token";
import type { Store } from "../store";
import { useAnswer } from "../use";
import { ageText, count, num, originText } from "../words";

const TAKES = [
  { take: "empty", title: "Empty", text: "Leave the room and close the door. The take begins at once; what moves spoils it." },
  { take: "walk", title: "Somebody walks", text: "Walk through the whole room, also far from the nodes." },
  { take: "still", title: "Somebody is still", text: "Sit or stand where people usually do, and stay." },
] as const;

const refusedText: Record<string, string> = {
  "too-short": "the takes are too short",
  "somebody-moved": "somebody moved during the empty take",
  overlap: "the empty and the occupied take overlap: they cannot be told apart",
};

const percent = (v: number | null): string => (v === null ? num(null, 0) : `${num(100 * v, 1)} %`);

function verdict(c: LinkCalibration): string {
  if (c.status === "armed")
    return `armed ${c.calibrated_age_s === null ? "" : ageText(c.calibrated_age_s)}${c.restored ? ", kept from an earlier run" : ""}${c.drift_due ? "; the room has drifted: calibrate again" : ""}`;
  if (c.status === "collecting") return `${c.take ?? "settling"}: ${c.left_s} s to go`;
  if (c.status === "refused") {
    const much = c.refused === "overlap" ? ` (overlap ${percent(c.overlap)}, allowed ${percent(c.overlap_allowed)})` : "";
    return `not armed: ${refusedText[c.refused ?? ""] ?? c.refused ?? "refused"}${much}`;
  }
  return "not calibrated";
}

function Calibration({ store }: { store: Store }) {
  const [where, setWhere] = useState("");
  const [seconds, setSeconds] = useState(30);
  const [error, setError] = useState<string | null>(null);
  const [answer, again] = useAnswer<CalibrationList>("/api/v1/calibration", 1);
  const list = answer?.ok ? answer.value : null;
  const busy = list?.links.some((l) => l.status === "collecting") ?? false;
  const targets = [
    ...(list?.rooms.map((r) => ({ key: `room:${r.room}`, name: `room ${r.name}` })) ?? []),
    ...(list?.links.map((l) => ({ key: `link:${l.link}`, name: `link ${l.name}` })) ?? []),
  ];
  const chosen = targets.some((t) => t.key === where) ? where : (targets[0]?.key ?? "");
  const target = chosen.startsWith("room:") ? { room: chosen.slice(5) } : { link: Number(chosen.slice(5)) };
  const start = async (take: string): Promise<void> => {
    const got = await ask("/api/v1/calibration", "POST", { ...target, take, seconds });
    setError(got.ok ? null : got.why);
    again();
  };
  const forget = async (): Promise<void> => {
    const query = "room" in target ? `room=${encodeURIComponent(target.room)}` : `link=${target.link}`;
    const got = await ask(`/api/v1/calibration?${query}`, "DELETE");
    setError(got.ok ? null : got.why);
    again();
  };
  return (
    <section>
      <h2>Calibration</h2>
      <p class="note">
        Two-sided: the threshold is set between the empty and the occupied room, and only if they can be told apart.
        Without a calibration a threshold that fits every room is used.
      </p>
      {answer && !answer.ok && <p class="panel empty">No calibration: {answer.why}.</p>}
      {list && targets.length === 0 && <p class="panel empty">No link is there to be calibrated.</p>}
      {targets.length > 0 && (
        <>
          <p class="tools">
            <label>
              Of{" "}
              <select value={chosen} onChange={(e) => setWhere(e.currentTarget.value)}>
                {targets.map((t) => <option key={t.key} value={t.key}>{t.name}</option>)}
              </select>
            </label>
            <label>
              Seconds per take{" "}
              <input type="number" min={10} max={600} value={seconds} onInput={(e) => setSeconds(Number(e.currentTarget.value))} />
            </label>
            <button type="button" onClick={() => void forget()}>Forget</button>
          </p>
          <ol class="panel walk plain-steps">
            {TAKES.map((t) => (
              <li key={t.take}>
                <b>{t.title}</b> <button type="button" disabled={busy || !store.status.open} onClick={() => void start(t.take)}>Start</button>
                <p class="note">{t.text}</p>
              </li>
            ))}
          </ol>
          {error && <p class="error" role="alert">{error}</p>}
          <div class="scroll panel" tabIndex={0} role="region" aria-label="Calibration of each link">
            <table>
              <thead>
                <tr><th scope="col">Link</th><th scope="col">Source</th><th scope="col">Empty</th><th scope="col">Walk</th><th scope="col">Still</th><th scope="col">Overlap</th><th scope="col">Allowed</th><th scope="col">Result</th></tr>
              </thead>
              <tbody>
                {list?.links.map((l) => (
                  <tr key={l.link}>
                    <th scope="row">{l.name}</th>
                    <td>{originText[l.source]}</td>
                    <td>{l.empty_s} s</td>
                    <td>{l.walk_s} s</td>
                    <td>{l.still_s} s</td>
                    <td>{percent(l.overlap)}</td>
                    <td>{percent(l.overlap_allowed)}</td>
                    <td role={l.status === "refused" ? "alert" : undefined} class={l.status === "refused" ? "error" : ""}>{verdict(l)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}

/** A link where that is enough, since it needs no memory; with a token, which no link sends, by hand. */
function Download({ r, url, onError }: { r: Recording; url: string; onError: (why: string | null) => void }) {
  const [got, setGot] = useState<number | null>(null);
  const size = r.bytes === null ? "" : `, ${num(r.bytes / 1e6, 2)} MB`;
  if (token() === null) return <a href={url} download={`${r.id}.pcap`}>Download{size}</a>;
  const fetchIt = async (): Promise<void> => {
    setGot(0);
    const answer = await fetchFile(url, setGot);
    setGot(null);
    onError(answer.ok ? null : answer.why);
    if (answer.ok) saveBlob(`${r.id}.pcap`, answer.value);
  };
  return (
    <button type="button" disabled={got !== null} onClick={() => void fetchIt()}>
      {got === null ? `Download${size}` : `Downloading: ${num(got / 1e6, 2)} MB${r.bytes ? ` of ${num(r.bytes / 1e6, 2)}` : ""}`}
    </button>
  );
}

function Recordings() {
  const [answer, again] = useAnswer<{ recordings: Recording[] }>("/api/v1/recordings", 2);
  const [name, setName] = useState("");
  const [label, setLabel] = useState("");
  const [max, setMax] = useState(60);
  const [error, setError] = useState<string | null>(null);
  const wanted = Number(new URLSearchParams(location.hash.split("?")[1] ?? "").get("t"));
  const list = answer?.ok ? answer.value.recordings : [];
  const behind = (r: Recording): boolean =>
    wanted > 0 && r.started_at <= wanted && (r.ended_at ?? Infinity) >= wanted;
  const act = async (path: string, method: string, body?: unknown): Promise<void> => {
    const got = await ask(path, method, body);
    setError(got.ok ? null : got.why);
    again();
  };
  const url = (r: Recording): string => `/api/v1/recordings/${encodeURIComponent(r.id)}`;
  return (
    <section>
      <h2>Recordings</h2>
      {wanted > 0 && answer?.ok && !list.some(behind) && <p class="panel empty">Nothing was recorded at {timeText(wanted)}.</p>}
      {answer && !answer.ok && (
        <p class="panel empty">{answer.status === 404 ? "This server keeps no recordings." : `No recordings: ${answer.why}.`}</p>
      )}
      {answer?.ok && (
        <form
          class="panel grid"
          onSubmit={(e) => {
            e.preventDefault();
            void act("/api/v1/recordings", "POST", { name, ...(label ? { label } : {}), max_s: max });
          }}
        >
          <label>Name <input required value={name} maxLength={64} onInput={(e) => setName(e.currentTarget.value)} /></label>
          <label>Label, for what is recorded <input value={label} maxLength={64} onInput={(e) => setLabel(e.currentTarget.value)} /></label>
          <label>At most, seconds <input type="number" min={1} max={86400} value={max} onInput={(e) => setMax(Number(e.currentTarget.value))} /></label>
          <button type="submit">Record</button>
        </form>
      )}
      {error && <p class="error" role="alert">{error}</p>}
      {answer?.ok && list.length === 0 && <p class="panel empty">Nothing is recorded yet.</p>}
      {list.length > 0 && (
        <ul class="panel plain">
          {list.map((r) => (
            <li key={r.id} aria-current={behind(r) ? "true" : undefined}>
              <b>{r.name}</b> {r.simulated && <span class="badge small" data-origin="simulated">SIMULATED</span>} {r.label && <span class="note">{r.label}</span>}{" "}
              <span class="note">
                {[
                  r.state,
                  timeText(r.started_at),
                  r.packets === null ? null : `${count(r.packets)} packets`,
                  r.bytes === null ? null : `${num(r.bytes / 1e6, 2)} MB`,
                  r.lost ? `${count(r.lost)} lost` : null,
                  r.reason,
                ].filter(Boolean).join(" · ")}
              </span>
              <p class="tools">
                {r.state === "recording"
                  ? <button type="button" onClick={() => void act(`${url(r)}/stop`, "POST", {})}>Stop</button>
                  : r.replaying
                    ? <button type="button" onClick={() => void act(`${url(r)}/replay`, "DELETE")}>Stop the replay</button>
                    : <button type="button" onClick={() => void act(`${url(r)}/replay`, "POST", { speed: 1 })}>Replay</button>}
                <Download r={r} url={`${url(r)}/data`} onError={setError} />
                <button type="button" onClick={() => { if (confirm(`Delete ${r.name}?`)) void act(url(r), "DELETE"); }}>Delete</button>
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Both({ store }: { store: Store }) {
  return (
    <>
      <Calibration store={store} />
      <Recordings />
    </>
  );
}

export const openRecordings = preactView(Both);
