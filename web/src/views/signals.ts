// Every link with its pictures, for the curious.
import { Card } from "../card";
import { el, setText } from "../dom";
import { amplitudeCsv, motionCsv, save, savePng } from "../export";
import { showSources } from "../sources";
import { Spectrogram } from "../spectrogram";
import type { Store } from "../store";
import type { View } from "../view";

export function openSignals(root: HTMLElement, store: Store): View {
  const cards = new Map<number, Card>();
  const spectra = new Map<number, { picture: Spectrogram; end: () => void }>();
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
    const card = new Card(state);
    const png = el("button", { type: "button" }, "PNG");
    const csv = el("button", { type: "button" }, "Amplitudes CSV");
    const motion = el("button", { type: "button" }, "Motion CSV");
    const file = (): string => `airwake-${state.link?.name.replaceAll(/[^\w.-]+/g, "_") ?? id}`;
    png.addEventListener("click", () => savePng(`${file()}.png`, card.root.querySelector<HTMLCanvasElement>("canvas.map")));
    csv.addEventListener("click", () => save(`${file()}-amplitudes.csv`, amplitudeCsv(state)));
    motion.addEventListener("click", () => save(`${file()}-motion.csv`, motionCsv(state)));
    const doppler = el("button", { type: "button", "aria-pressed": "false" }, "Doppler");
    const title = el("h4", {}, "Doppler spectrum of what moves");
    const canvas = el("canvas", { class: "map doppler", role: "img", "aria-label": "Doppler spectrogram of the last 30 seconds" });
    title.hidden = canvas.hidden = true;
    doppler.addEventListener("click", () => {
      const running = spectra.get(id);
      running?.end();
      spectra.delete(id);
      if (!running) {
        const picture = new Spectrogram(canvas);
        spectra.set(id, { picture, end: store.watchSpectrum(id, (s) => picture.push(s)) });
      }
      title.hidden = canvas.hidden = running !== undefined;
      doppler.setAttribute("aria-pressed", String(!running));
    });
    card.root.append(title, canvas, el("p", { class: "tools" }, doppler, png, csv, motion));
    cards.set(id, card);
    const after = [...cards.keys()].filter((other) => other > id).sort((a, b) => a - b)[0];
    links.insertBefore(card.root, after === undefined ? null : (cards.get(after)?.root ?? null));
  };

  const redraw = (): void => {
    for (const card of cards.values()) card.redraw();
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  window.addEventListener("resize", redraw);
  dark.addEventListener("change", redraw);
  let told = "";

  return {
    update(): void {
      for (const [id, card] of cards) {
        if (store.links.has(id)) continue;
        card.root.remove();
        cards.delete(id);
        spectra.get(id)?.end();
        spectra.delete(id);
      }
      for (const id of store.links.keys()) if (!cards.has(id)) add(id);
      empty.hidden = cards.size > 0;
      setText(count, cards.size ? String(cards.size) : "");
      setText(empty, store.status.open ? nothing(store) : "The server does not answer. Is “airwake serve” running?");
      const now = JSON.stringify(store.sources);
      if (now !== told) showSources(sources, store.sources);
      told = now;
      for (const [id, card] of cards) {
        const source = store.sources.find((s) => s.id === store.links.get(id)?.link?.source_id);
        card.update(source, store.status.open);
      }
    },
    frame(): void {
      for (const card of cards.values()) card.draw();
      for (const { picture } of spectra.values()) picture.draw();
    },
    close(): void {
      store.paused = false;
      for (const { end } of spectra.values()) end();
      window.removeEventListener("resize", redraw);
      dark.removeEventListener("change", redraw);
    },
  };
}

function nothing(store: Store): string {
  return store.sources.some((s) => s.refused > 0)
    ? "No link yet: packets arrive, but none that can be used; the reasons are below."
    : "No link yet: nothing with channel state information has arrived. The Doctor looks closer.";
}
