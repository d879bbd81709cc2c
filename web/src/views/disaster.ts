import { el } from "../dom";
import type { View } from "../view";

export function openDisaster(root: HTMLElement): View {
  root.append(
    el("h2", {}, "Disaster mode"),
    el("p", { class: "panel empty" }, "Disaster mode is not part of this version: nothing is searched for and nothing is shown here."),
  );
  return { update: () => {} };
}
