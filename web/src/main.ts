import "./style.css";
import type { Link, Message, Origin, Source, State } from "./api";
import { Card } from "./card";
import { Connection, type Status } from "./connection";
import { byId, el, setData, setText } from "./dom";
import { LinkState } from "./link-state";
import { showSources } from "./sources";
import { ageText, originText, stateText } from "./words";

const TEXT_MS = 250;

const links = new Map<number, { state: LinkState; card: Card }>();
let sources: readonly Source[] = [];
let status: Status = { open: false, retryAt: 0 };
let everConnected = false;
let version: string | null = null;
const announced = new Map<number, State | null>();

function linkOf(id: number): LinkState {
  const known = links.get(id);
  if (known) return known.state;
  const state = new LinkState(id);
  const card = new Card(state);
  links.set(id, { state, card });
  const after = [...links.keys()].filter((other) => other > id).sort((a, b) => a - b)[0];
  const next = after === undefined ? null : (links.get(after)?.card.root ?? null);
  byId("links").insertBefore(card.root, next);
  return state;
}

function forgetMissing(ids: Set<number>): void {
  for (const [id, { card }] of links) {
    if (ids.has(id)) continue;
    card.root.remove();
    links.delete(id);
    announced.delete(id);
  }
}

function takeFacts(now: readonly Link[], from: readonly Source[]): void {
  forgetMissing(new Set(now.map((l) => l.id)));
  for (const link of now) linkOf(link.id).setLink(link);
  sources = from;
  showSources(byId("sources"), sources);
  refresh();
}

function onMessage(message: Message): void {
  switch (message.type) {
    case "hello":
      if (version !== null && version !== message.version) location.reload(); // a new page, too
      version = message.version;
      setText(byId("version"), `version ${version}`);
      everConnected = true;
      takeFacts(message.links, message.sources);
      for (const s of message.sensing) links.get(s.link)?.state.setSensing(s);
      break;
    case "links":
      takeFacts(message.links, message.sources);
      break;
    case "sensing_update":
      linkOf(message.link).setSensing(message);
      announce(message.link, message.name, message.state);
      break;
    case "row":
    case "rows":
      linkOf(message.link).addRows(message);
      break;
    case "pong":
      break;
  }
}

/** A change of a room's state is read out, numbers are not. */
function announce(id: number, name: string, state: State | null): void {
  const before = announced.get(id);
  announced.set(id, state);
  if (before === undefined || before === state) return;
  setText(byId("announce"), `${name}: ${state ? stateText[state] : "unknown"}`);
}

function showBadge(): void {
  const fresh = [...links.values()].map((l) => l.state).filter((s) => s.fresh && s.link);
  const order: Origin[] = ["live", "replay", "simulated"];
  const origins = order.filter((o) => fresh.some((s) => s.link?.source === o));
  const text = origins.map((o) => originText[o]).join(" + ") || "NO DATA";
  const ages = [...links.values()].map((l) => l.state.age_s).filter((a) => a !== null);
  const age_s = ages.length ? Math.min(...ages) : null;
  const badge = byId("badge");
  setText(badge, text);
  badge.append(el("small", {}, ageText(age_s)));
  setData(badge, "origin", origins[0] ?? "none");
  document.title = `${text} · airwake`;
}

function showConnection(): void {
  const wait_s = status.open ? 0 : Math.max(0, Math.ceil((status.retryAt - performance.now()) / 1000));
  const text = status.open
    ? "connected"
    : !everConnected && status.retryAt === 0
      ? "connecting"
      : `connection lost, next try in ${wait_s} s`;
  setText(byId("connection"), text);
  setData(document.documentElement, "connected", String(status.open));
}

function showEmpty(): void {
  const shown = links.size === 0;
  byId("empty").hidden = !shown;
  setText(byId("links-count"), shown ? "" : String(links.size));
  if (!shown) return;
  const refused = sources.some((s) => s.refused > 0);
  const heard = refused
    ? "No link yet: packets arrive, but none that can be used; the reasons are below."
    : "No link yet: nothing with channel state information has arrived. What the sources do is below.";
  setText(
    byId("empty"),
    status.open
      ? `${heard} The command “airwake doctor” looks closer.`
      : "The server does not answer. Is “airwake serve” running?",
  );
}

let lastBadge = "";
function refresh(): void {
  showConnection();
  showEmpty();
  const key = `${[...links.values()].map(({ state: s }) => `${s.link?.source} ${s.fresh} ${ageText(s.age_s)}`)}`;
  if (key !== lastBadge) showBadge(); // the badge is a live region: do not touch it for nothing
  lastBadge = key;
  for (const { state, card } of links.values())
    card.update(
      sources.find((s) => s.id === state.link?.source_id),
      status.open,
    );
}

function frame(): void {
  for (const { card } of links.values()) card.draw();
  requestAnimationFrame(frame);
}

function redrawAll(): void {
  for (const { card } of links.values()) card.redraw();
}

showBadge();
showSources(byId("sources"), []);
new Connection(onMessage, (s) => {
  status = s;
  refresh();
});
window.setInterval(refresh, TEXT_MS);
window.addEventListener("resize", redrawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
refresh();
requestAnimationFrame(frame);
