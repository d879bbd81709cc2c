// The WebSocket to the server: comes back by itself, slower each time, at once when the browser
// says the network is back or the page is looked at again.
import { ask, parseMessage, type Message } from "./api";
import { askForToken, protocols } from "./token";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** The server speaks once per second; silence for this long means that the connection is dead. */
const SILENCE_MS = 8_000;

export type Status = { open: true } | { open: false; retryAt: number };

export class Connection {
  private socket: WebSocket | null = null;
  private wait_ms = FIRST_WAIT_MS;
  private retry = 0;
  private heard = 0;

  constructor(
    private readonly onMessage: (message: Message) => void,
    private readonly onStatus: (status: Status) => void,
    private readonly onBinary: (bytes: ArrayBuffer) => void,
  ) {
    window.addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.now();
    });
    window.setInterval(() => {
      if (this.socket?.readyState === WebSocket.OPEN && performance.now() - this.heard > SILENCE_MS)
        this.lost();
    }, 1000);
    this.open();
  }

  private open(): void {
    const url = new URL("/ws/sensing", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url, protocols());
    let heard = false;
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.heard = performance.now();
    socket.onmessage = (event) => {
      this.heard = performance.now();
      heard = true;
      if (event.data instanceof ArrayBuffer) this.onBinary(event.data);
      if (typeof event.data !== "string") return;
      const message = parseMessage(event.data);
      if (!message) return;
      if (message.type === "hello") {
        this.wait_ms = FIRST_WAIT_MS;
        this.onStatus({ open: true });
      }
      this.onMessage(message);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
      if (!heard) void this.refused();
    };
  }

  send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private lost(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    const wait_ms = this.wait_ms * (0.8 + 0.4 * Math.random()); // not all pages at the same moment
    this.wait_ms = Math.min(this.wait_ms * 2, LONGEST_WAIT_MS);
    this.onStatus({ open: false, retryAt: performance.now() + wait_ms });
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.open(), wait_ms);
  }

  /** A browser does not say why it got no WebSocket; a request does. */
  private async refused(): Promise<void> {
    const got = await ask("/api/v1/info");
    if (!got.ok && (got.status === 401 || got.status === 403)) askForToken(got.why, () => this.now());
  }

  private now(): void {
    if (this.socket) return;
    window.clearTimeout(this.retry);
    this.open();
  }
}
