// Every link with its pictures, for the curious.
import { Card } from "../card";
import { el, setText } from "../dom";
import { amplitudeCsv, motionCsv, save, savePng } from "../export";
import type { Panel } from "../panel";
import { showSources } from "../sources";
import { Spectrogram } from "../spectrogram";
import type { LinkState } from "../link-state";
import type { Store } from "../store";
import type { View } from "../view";
import { originText } from "../words";

/** What can be opened in a card; all but the Doppler spectrum are loaded then. */
const kinds = {
  Doppler: async (store: Store, link: LinkState): Promise<Panel> => Promise.resolve(doppler(store, link.id)),
  Phase: async (store: Store, link: LinkState): Promise<Panel> => new (await import("../panels")).PhasePanel(store, link.id),
  Breathing: async (store: Store, link: LinkState): Promise<Panel> => new (await import("../panels")).BreathingPanel(store, link.id),
  "Over time": async (store: Store, link: LinkState): Promise<Panel> => new (await import("../panels")).TimePanel(store, link),
} as const;
type Kind = keyof typeof kinds;

function doppler(store: Store, link: number): Panel {
  const canvas = el("canvas", { class: "map doppler", role: "img", "aria-label": "Doppler spectrogram of the last 30 seconds" });
  const picture = new Spectrogram(canvas);
  const spectra: string[] = [];
  return {
    root: el("section", { "aria-label": "Doppler" }, el("h4", {}, "Doppler spectrum of what moves"), canvas),
    draw: () => picture.draw(),
    pictures: () => [{ title: "Doppler spectrum of what moves, Hz", canvas }],
    csv: { name: "doppler", text: () => `t_s,first_hz,step_hz,density_per_hz...\n${spectra.join("\n")}\n` },
    close: store.watchSpectrum(link, (s) => {
      picture.push(s);
      spectra.push([s.t_s.toFixed(3), s.first_hz, s.step_hz, ...s.density].join(","));
      if (spectra.length > 300) spectra.shift();
    }),
  };
}

/** A card with what is open in it. */
class LinkView {
  readonly card: Card;
  private readonly open = new Map<Kind, Panel>();
  private readonly place = el("div", {});
  private readonly exports = el("span", { class: "tools" });

  constructor(
    private readonly store: Store,
    private readonly link: LinkState,
  ) {
    this.card = new Card(link);
    const show = el("p", { class: "tools" }, "Show");
    for (const kind of Object.keys(kinds) as Kind[]) {
      const button = el("button", { type: "button", "aria-pressed": "false" }, kind);
      button.addEventListener("click", () => void this.toggle(kind, button));
      show.append(button);
    }
    this.card.root.append(show, this.place, el("p", { class: "tools" }, "Save", this.exports));
    this.offer();
  }

  update(): void {
    const source = this.store.sources.find((s) => s.id === this.link.link?.source_id);
    this.card.update(source, this.store.status.open, this.store.paused);
    for (const panel of this.open.values()) panel.update?.();
  }

  draw(): void {
    if (!this.card.draw()) return;
    for (const panel of this.open.values()) panel.draw?.();
  }

  restyle(): void {
    this.card.redraw();
    for (const panel of this.open.values()) panel.restyle?.();
  }

  close(): void {
    for (const panel of this.open.values()) panel.close();
    this.card.root.remove();
  }

  private async toggle(kind: Kind, button: HTMLElement): Promise<void> {
    const open = this.open.get(kind);
    button.setAttribute("aria-pressed", String(!open));
    if (open) {
      open.close();
      open.root.remove();
      this.open.delete(kind);
    } else {
      const panel = await kinds[kind](this.store, this.link);
      if (this.open.has(kind) || button.getAttribute("aria-pressed") !== "true" || !this.card.root.isConnected) {
        panel.close(); // closed again, or gone, while it was loaded
        return;
      }
      this.open.set(kind, panel);
      this.place.append(panel.root);
      panel.update?.();
    }
    this.offer();
  }

  private offer(): void {
    const file = (what: string): string => `airwake-${this.link.link?.name.replaceAll(/[^\w.-]+/g, "_") ?? this.link.id}-${what}`;
    const button = (text: string, act: () => void): HTMLElement => {
      const b = el("button", { type: "button" }, text);
      b.addEventListener("click", act);
      return b;
    };
    const panels = [...this.open.values()];
    const motion = this.open.has("Over time") ? [] : [button("Motion CSV", () => save(file("motion.csv"), motionCsv(this.link)))];
    this.exports.replaceChildren(
      button("PNG", () => {
        const { link } = this.link;
        const head = `${link?.name ?? this.link.id} · ${link ? originText[link.source] : "NO DATA"} · ${new Date().toLocaleString()}`;
        savePng(file("pictures.png"), head, [...this.card.pictures(), ...panels.flatMap((p) => p.pictures())]);
      }),
      button("Amplitudes CSV", () => save(file("amplitudes.csv"), amplitudeCsv(this.link))),
      ...motion,
      ...panels.map(({ csv }) => button(`${csv.name.charAt(0).toUpperCase()}${csv.name.slice(1)} CSV`, () => save(file(`${csv.name}.csv`), csv.text()))),
    );
  }
}

export function openSignals(root: HTMLElement, store: Store): View {
  const cards = new Map<number, LinkView>();
  const count = el("span", { class: "count" });
  const empty = el("div", { class: "panel empty", id: "empty" });
  const links = el("div", { class: "cards", id: "links" });
  const sources = el("ul", { class: "panel sources", id: "sources" });
  const pause = el("button", { type: "button" }, "Pause");
  pause.addEventListener("click", () => {
    store.paused = !store.paused;
    setText(pause, store.paused ? "Go on" : "Pause");
    pause.setAttribute("aria-pressed", String(store.paused));
  });
  pause.setAttribute("aria-pressed", String(store.paused));
  root.append(
    el("div", { class: "bar-of-tools" }, el("h2", {}, "Links ", count), pause),
    empty,
    links,
    el("h2", {}, "Sources"),
    sources,
  );

  const add = (id: number): void => {
    const state = store.links.get(id);
    if (!state) return;
    const view = new LinkView(store, state);
    cards.set(id, view);
    const after = [...cards.keys()].filter((other) => other > id).sort((a, b) => a - b)[0];
    links.insertBefore(view.card.root, after === undefined ? null : (cards.get(after)?.card.root ?? null));
  };

  const restyle = (): void => {
    for (const card of cards.values()) card.restyle();
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  window.addEventListener("resize", restyle);
  dark.addEventListener("change", restyle);
  let told = "";

  return {
    update(): void {
      for (const [id, card] of cards) {
        if (store.links.has(id)) continue;
        card.close();
        cards.delete(id);
      }
      for (const id of store.links.keys()) if (!cards.has(id)) add(id);
      empty.hidden = cards.size > 0;
      setText(count, cards.size ? String(cards.size) : "");
      setText(empty, store.status.open ? nothing(store) : "The server does not answer. Is “airwake serve” running?");
      const now = JSON.stringify(store.sources);
      if (now !== told) showSources(sources, store.sources);
      told = now;
      for (const card of cards.values()) card.update();
    },
    frame(): void {
      if (store.paused) return; // time would go on in the pictures
      for (const card of cards.values()) card.draw();
    },
    close(): void {
      store.paused = false;
      for (const card of cards.values()) card.close();
      window.removeEventListener("resize", restyle);
      dark.removeEventListener("change", restyle);
    },
  };
}

function nothing(store: Store): string {
  return store.sources.some((s) => s.refused > 0)
    ? "No link yet: packets arrive, but none that can be used; the reasons are below."
    : "No link yet: nothing with channel state information has arrived. The Doctor looks closer.";
}
