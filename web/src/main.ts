import "./style.css";
import { byId, el, setData, setText } from "./dom";
import { Store } from "./store";
import type { OpenView, View } from "./view";
import { ageText, originText, stateText } from "./words";
import { openHome } from "./views/home";
import { openSignals } from "./views/signals";

const TEXT_MS = 250;

/* Home and Signals are there at once; the rest is loaded when it is opened. */
const views: Record<string, { title: string; open: () => Promise<OpenView> }> = {
  home: { title: "Home", open: () => Promise.resolve(openHome) },
  signals: { title: "Signals", open: () => Promise.resolve(openSignals) },
  room: { title: "Room", open: async () => (await import("./views/room")).openRoom },
  timeline: { title: "Timeline", open: async () => (await import("./views/timeline")).openTimeline },
  recordings: { title: "Recordings", open: async () => (await import("./views/recordings")).openRecordings },
  doctor: { title: "Doctor", open: async () => (await import("./views/doctor")).openDoctor },
  disaster: { title: "Disaster", open: async () => (await import("./views/disaster")).openDisaster },
};

const store = new Store();
let view: View | null = null;
let name = "";

function showBadge(): void {
  const origins = store.origins;
  const text = origins.map((o) => originText[o]).join(" + ") || "NO DATA";
  const age = ageText(store.age_s);
  const badge = byId("badge");
  /* The badge is a live region: it is not touched for nothing. */
  if (badge.textContent !== text + age) badge.replaceChildren(text, el("small", {}, age));
  setData(badge, "origin", origins[0] ?? "none");
  document.title = `${text} · ${views[name]?.title ?? ""} · airwake`;
}

function showConnection(): void {
  const { status, everConnected } = store;
  const wait_s = status.open ? 0 : Math.max(0, Math.ceil((status.retryAt - performance.now()) / 1000));
  const text = status.open
    ? "connected"
    : !everConnected && status.retryAt === 0
      ? "connecting"
      : `connection lost, next try in ${wait_s} s`;
  setText(byId("connection"), text);
  setData(document.documentElement, "connected", String(status.open));
  if (store.version !== null) setText(byId("version"), `version ${store.version}`);
}

function refresh(): void {
  showConnection();
  showBadge();
  view?.update();
}

async function route(): Promise<void> {
  const wanted = location.hash.replace(/^#\//, "").split("?")[0] ?? "";
  const found = wanted in views ? wanted : "home";
  if (found === name) return;
  const first = name === "";
  name = found;
  for (const link of document.querySelectorAll("nav a"))
    if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  view?.close?.();
  view = null;
  const root = byId("view");
  root.replaceChildren();
  root.dataset.view = name;
  try {
    const open = await views[found]?.open();
    if (name !== found || !open) return; // another one was opened meanwhile
    view = open(root, store);
  } catch {
    root.replaceChildren(el("p", { class: "panel empty" }, "This view could not be loaded: the server does not answer."));
  }
  refresh();
  if (!first) root.focus();
}

store.onChange = refresh;
store.onState = (who, state) => setText(byId("announce"), `${who}: ${state ? stateText[state] : "unknown"}`);
window.addEventListener("hashchange", () => void route());
window.setInterval(refresh, TEXT_MS);
void route();
store.connect();

function frame(): void {
  view?.frame?.();
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
