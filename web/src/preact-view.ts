// A view whose texts are a Preact component: drawn anew from the store, four times per second.
// Preact (4 kB) because the views are functions of the store; nothing more of it is used.
import { h, render, type ComponentType } from "preact";
import type { Store } from "./store";
import type { OpenView } from "./view";

export function preactView(Component: ComponentType<{ store: Store }>): OpenView {
  return (root, store) => ({
    update: () => render(h(Component, { store }), root),
    close: () => render(null, root),
  });
}
