// All that the page knows, in one place: what the WebSocket said, and when.
import type { Breathing, Link, Message, Origin, Room, Source, State } from "./api";
import { Connection, type Status } from "./connection";
import { LinkState } from "./link-state";
import { parseSpectrum, type Spectrum } from "./spectrogram";
import { STALE_S } from "./words";

/** A room and the moment at which its values were of the age that it states. */
export interface RoomState {
  room: Room;
  heard_ms: number;
}

type TakeBytes = (bytes: ArrayBuffer) => void;
type TakePhase = (row: DataView | null, why: string | null) => void;
type TakeBreathing = (b: Breathing) => void;
const SPECTROGRAM = 2; // numbers of binary messages
const PHASE = 3;

export class Store {
  readonly links = new Map<number, LinkState>();
  rooms: RoomState[] = [];
  sources: readonly Source[] = [];
  status: Status = { open: false, retryAt: 0 };
  everConnected = false;
  version: string | null = null;
  paused = false;
  /** A state that changed, for those who listen instead of looking. */
  onState: (name: string, state: State | null) => void = () => {};
  onChange: () => void = () => {};
  private connection: Connection | null = null;
  /** Streams of links that are wanted, and who takes them. */
  private readonly streams = { spectrogram: new Map<number, TakeBytes>(), phase: new Map<number, TakePhase>(), breathing: new Map<number, TakeBreathing>() };
  private readonly states = new Map<number, State | null>();

  connect(): void {
    this.connection = new Connection(
      (message) => this.take(message),
      (status) => {
        this.status = status;
        this.onChange();
      },
      (bytes) => {
        if (this.paused || bytes.byteLength < 24) return;
        const v = new DataView(bytes);
        const link = v.getUint32(4, true);
        if (v.getUint8(1) === SPECTROGRAM) this.streams.spectrogram.get(link)?.(bytes);
        if (v.getUint8(1) === PHASE) this.streams.phase.get(link)?.(v, null);
      },
    );
  }

  /** Asks for a stream of a link, also after a new connection; returns what ends it. */
  private watch<T>(stream: keyof typeof this.streams, wanted: Map<number, T>, link: number, take: T): () => void {
    wanted.set(link, take);
    this.connection?.send({ type: "subscribe", stream, link });
    return () => {
      wanted.delete(link);
      this.connection?.send({ type: "unsubscribe", stream, link });
    };
  }

  watchSpectrum(link: number, take: (s: Spectrum) => void): () => void {
    return this.watch("spectrogram", this.streams.spectrogram, link, (bytes) => {
      const s = parseSpectrum(bytes);
      if (s) take(s);
    });
  }

  /** Rows as docs/api.md has them, or why there are none. */
  watchPhase(link: number, take: TakePhase): () => void {
    return this.watch("phase", this.streams.phase, link, take);
  }

  watchBreathing(link: number, take: TakeBreathing): () => void {
    return this.watch("breathing", this.streams.breathing, link, take);
  }

  /** The links in the order of their numbers. */
  get ordered(): LinkState[] {
    return [...this.links.values()].sort((a, b) => a.id - b.id);
  }

  roomAge_s(r: RoomState): number | null {
    return r.room.age_s === null ? null : r.room.age_s + (performance.now() - r.heard_ms) / 1000;
  }

  roomFresh(r: RoomState): boolean {
    const age_s = this.roomAge_s(r);
    return this.status.open && age_s !== null && age_s <= STALE_S;
  }

  /** Where what is shown comes from, live first; empty: nothing fresh. */
  get origins(): Origin[] {
    const order: Origin[] = ["live", "replay", "simulated"];
    const fresh = this.ordered.filter((s) => s.fresh && s.link);
    return order.filter((o) => fresh.some((s) => s.link?.source === o));
  }

  get age_s(): number | null {
    const ages = this.ordered.map((l) => l.age_s).filter((a) => a !== null);
    return ages.length ? Math.min(...ages) : null;
  }

  private link(id: number): LinkState {
    let state = this.links.get(id);
    if (!state) this.links.set(id, (state = new LinkState(id)));
    return state;
  }

  private facts(links: readonly Link[], sources: readonly Source[], rooms: readonly Room[]): void {
    const ids = new Set(links.map((l) => l.id));
    for (const id of this.links.keys()) if (!ids.has(id)) this.links.delete(id);
    for (const link of links) this.link(link.id).setLink(link);
    this.sources = sources;
    this.rooms = rooms.map((room) => ({ room, heard_ms: performance.now() }));
    this.onChange();
  }

  private take(message: Message): void {
    switch (message.type) {
      case "hello":
        if (this.version !== null && this.version !== message.version) location.reload(); // a new page, too
        this.version = message.version;
        this.everConnected = true;
        this.facts(message.links, message.sources, message.rooms);
        for (const s of message.sensing) this.links.get(s.link)?.setSensing(s);
        for (const [stream, wanted] of Object.entries(this.streams))
          for (const link of wanted.keys()) this.connection?.send({ type: "subscribe", stream, link });
        break;
      case "links":
        this.facts(message.links, message.sources, message.rooms);
        break;
      case "sensing_update": {
        this.link(message.link).setSensing(message);
        const before = this.states.get(message.link);
        this.states.set(message.link, message.state);
        if (before !== undefined && before !== message.state) this.onState(message.name, message.state);
        break;
      }
      case "row":
      case "rows":
        if (!this.paused) this.link(message.link).addRows(message);
        break;
      case "breathing":
        if (!this.paused) this.streams.breathing.get(message.link)?.(message);
        break;
      case "phase":
        if (!this.paused) this.streams.phase.get(message.link)?.(null, message.phase_reason);
        break;
      default:
        break; // pong, and answers about streams
    }
  }
}
