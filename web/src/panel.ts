// What opens in a card of the Signals view when somebody wants to see more of a link.
export interface Picture {
  title: string;
  canvas: HTMLCanvasElement | null;
}

export interface Panel {
  root: HTMLElement;
  /** Once per animation frame. */
  draw?(): void;
  /** A few times per second. */
  update?(): void;
  /** Colours or size of the page changed. */
  restyle?(): void;
  pictures(): Picture[];
  csv: { name: string; text(): string };
  close(): void;
}
