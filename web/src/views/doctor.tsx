// What arrives, what is refused and why, and what to do about it; a first walk for somebody with
// one ESP32, up to the first motion seen.
import type { Source } from "../api";
import type { LinkState } from "../link-state";
import { preactView } from "../preact-view";
import type { Store } from "../store";
import { ageText, count, num, originText } from "../words";

/** Below this many frames per second another method finds motion (docs/sensing.md). */
const GOOD_RATE_HZ = 25;

/** The sensing itself says that too few frames come. */
const starved = (l: LinkState): boolean =>
  l.sensing?.motion_reason === "rate-too-low" || l.sensing?.breathing_reason === "rate-too-low";

interface Step {
  done: boolean;
  what: string;
  how: string;
}

function steps(store: Store): Step[] {
  const hardware = store.sources.filter((s) => s.name.startsWith("udp") || s.name.startsWith("serial"));
  const packets = hardware.reduce((n, s) => n + s.packets, 0);
  const frames = hardware.reduce((n, s) => n + s.frames, 0);
  const live = store.ordered.filter((l) => l.link?.source === "live");
  const fed = live.some((l) => l.fresh && l.sensing !== null && !starved(l));
  const moved = live.some((l) => l.motion.some((p) => p.score !== null && p.threshold !== null && p.score > p.threshold));
  return [
    { done: store.status.open, what: "The server answers", how: "Start it with “airwake serve”." },
    { done: hardware.some((s) => s.ok), what: "It listens for nodes", how: "Start it without --no-udp, or with --serial /dev/ttyUSB0 for an ESP32 on a cable." },
    { done: packets > 0, what: "Packets arrive", how: "Point the node to this computer's address and port 5005 (RuView firmware: target_ip, target_port). Both must be in the same network, and no firewall may drop UDP 5005." },
    { done: frames > 0, what: "They carry channel state information", how: "Packets arrive, but none that can be used. The reasons are in the list of sources below." },
    { done: fed, what: "Enough frames per second", how: "CSI comes with received Wi-Fi frames: let another device send more, for example by pinging the router 50 times per second." },
    { done: moved, what: "The first motion is seen", how: "Walk between the node and the access point for a few seconds." },
  ];
}

function advice(l: LinkState): string {
  if (!l.link) return "";
  if (!l.fresh) return "Silent: is the node powered and in the network?";
  if (starved(l)) return "Too few frames: send more Wi-Fi traffic that this node hears.";
  if (l.link.rate_hz === null) return "Not heard for long enough.";
  return l.link.rate_hz < GOOD_RATE_HZ ? "Works; more frames per second make motion surer." : "Nothing.";
}

function Sources({ list }: { list: readonly Source[] }) {
  return (
    <ul class="panel sources">
      {list.map((s) => (
        <li key={s.id}>
          <span class="dot" data-ok={String(s.ok)} />
          <span class="visually-hidden">{s.ok ? "working: " : "not working: "}</span>
          <b>{s.name}</b>{" "}
          <span class="badge small" data-origin={s.frames ? s.source : "none"}>{s.frames ? originText[s.source] : "NO DATA"}</span>
          <p>{s.status}</p>
          <p class="note">
            {count(s.packets)} packets · {count(s.frames)} frames · {count(s.skipped)} without CSI · {count(s.refused)} refused
            {s.refused > 0 && ` (${Object.entries(s.refused_by_reason).map(([k, n]) => `${k} ${count(n)}`).join(", ")})`}
            {s.age_s !== null && ` · last ${ageText(s.age_s)}`}
          </p>
        </li>
      ))}
      {list.length === 0 && <li>The server has no source.</li>}
    </ul>
  );
}

function Doctor({ store }: { store: Store }) {
  const walk = steps(store);
  const next = walk.findIndex((s) => !s.done);
  return (
    <>
      <h2>First steps with one ESP32</h2>
      <ol class="panel walk">
        {walk.map((s, i) => (
          <li key={s.what} data-done={String(s.done)} aria-current={i === next ? "step" : undefined}>
            <b>{s.what}</b> <span class="note">{s.done ? "yes" : "not yet"}</span>
            {i === next && <p>{s.how}</p>}
          </li>
        ))}
      </ol>
      {next === -1 && <p class="note">All of it works. <a href="#/recordings">Calibrate</a> the room for surer answers.</p>}
      <h2>Nodes</h2>
      <div class="scroll panel" tabIndex={0} role="region" aria-label="Nodes">
        <table>
          <thead>
            <tr><th scope="col">Link</th><th scope="col">Source</th><th scope="col">Last frame</th><th scope="col">Rate</th><th scope="col">Jitter</th><th scope="col">RSSI</th><th scope="col">Lost</th><th scope="col">Gaps</th><th scope="col">What to do</th></tr>
          </thead>
          <tbody>
            {store.ordered.map((l) => l.link && (
              <tr key={l.id}>
                <th scope="row">{l.link.name}</th>
                <td>{originText[l.link.source]}</td>
                <td>{ageText(l.age_s)}</td>
                <td>{l.fresh && l.link.rate_hz !== null ? `${num(l.link.rate_hz, 1)} Hz` : num(null, 0)}</td>
                <td>{l.fresh && l.link.jitter_ms !== null ? `${num(l.link.jitter_ms, 1)} ms` : num(null, 0)}</td>
                <td>{l.fresh && l.link.rssi_dbm !== null ? `${num(l.link.rssi_dbm, 0)} dBm` : num(null, 0)}</td>
                <td>{count(l.link.lost)}</td>
                <td>{count(l.link.gaps)}</td>
                <td>{advice(l)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {store.links.size === 0 && <p class="empty">No node has been heard.</p>}
      </div>
      <h2>Sources</h2>
      <Sources list={store.sources} />
    </>
  );
}

export const openDoctor = preactView(Doctor);
