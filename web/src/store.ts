// All that the page knows, in one place: what the WebSocket said, and when.
import type { Link, Message, Origin, Room, Source, State } from "./api";
import { Connection, type Status } from "./connection";
import { LinkState } from "./link-state";
import { parseSpectrum, type Spectrum } from "./spectrogram";
import { STALE_S } from "./words";

/** A room and the moment at which its values were of the age that it states. */
export interface RoomState {
  room: Room;
  heard_ms: number;
}

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
  /** Links whose spectra are wanted, and who takes them. */
  private readonly spectra = new Map<number, (s: Spectrum) => void>();
  private readonly states = new Map<number, State | null>();

  connect(): void {
    this.connection = new Connection(
      (message) => this.take(message),
      (status) => {
        this.status = status;
        this.onChange();
      },
      (bytes) => {
        const s = this.paused ? null : parseSpectrum(bytes);
        if (s) this.spectra.get(s.link)?.(s);
      },
    );
  }

  /** Asks for the spectra of a link, also after a new connection; returns what ends it. */
  watchSpectrum(link: number, take: (s: Spectrum) => void): () => void {
    this.spectra.set(link, take);
    this.connection?.send({ type: "subscribe", stream: "spectrogram", link });
    return () => {
      this.spectra.delete(link);
      this.connection?.send({ type: "unsubscribe", stream: "spectrogram", link });
    };
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
        for (const link of this.spectra.keys())
          this.connection?.send({ type: "subscribe", stream: "spectrogram", link });
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
      default:
        break; // pong, and answers about streams
    }
  }
}
