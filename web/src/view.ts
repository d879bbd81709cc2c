import type { Store } from "./store";

/** One address of the page. Mounted when it is opened, dropped when it is left. */
export interface View {
  /** A few times per second: texts. */
  update(): void;
  /** Once per animation frame: pictures. */
  frame?(): void;
  close?(): void;
}

export type OpenView = (root: HTMLElement, store: Store) => View;
