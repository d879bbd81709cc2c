// The room as a plan in three dimensions: nodes, the links between them with their first Fresnel
// zones, and the zones somebody named. Nothing is placed that has no position, and nobody is drawn
// who was not measured: positions of people and skeletons need a model that this server has not got.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type RoomPlan } from "../api";
import { preactView } from "../preact-view";
import type { Layout, Place } from "../layout";
import type { Scene } from "../scene";
import type { Store } from "../store";
import { num } from "../words";

function Stage({ layout, store, onMove }: { layout: Layout; store: Store; onMove: (name: string, at: Place) => void }) {
  const host = useRef<HTMLDivElement>(null);
  const scene = useRef<Scene | null>(null);
  const [error, setError] = useState<string | null>(null);
  const move = useRef(onMove);
  move.current = onMove;
  useEffect(() => {
    let left = false;
    void import("../scene")
      .then(({ Scene: Made }) => {
        if (left || !host.current) return;
        scene.current = new Made(host.current, (name, at) => move.current(name, at));
        scene.current.show(layout, store);
      })
      .catch(() => setError("This browser cannot draw in three dimensions (no WebGL); the table below has everything."));
    return () => {
      left = true;
      scene.current?.close();
      scene.current = null;
    };
  }, []);
  useEffect(() => scene.current?.show(layout, store));
  return error ? <p class="panel empty">{error}</p> : <div class="panel stage" ref={host} role="img" aria-label="The room with its nodes, links and zones" />;
}

const empty = (id: string, name: string): Layout => ({ id, name, size_m: [5, 4, 2.5], links: [], nodes: [], zones: [] });

function layoutOf(r: RoomPlan): Layout {
  return {
    id: r.id,
    name: r.name,
    size_m: r.size_m ? (r.size_m as Place) : empty(r.id, r.name).size_m,
    links: r.links,
    nodes: r.nodes.map((n) => ({ name: n.name, position_m: n.position_m as Place })),
    zones: r.zones.map((z) => ({ ...z, name: z.name ?? z.id, min_m: z.min_m as [number, number], max_m: z.max_m as [number, number] })),
  };
}

function Axis({ label, value, set }: { label: string; value: number; set: (v: number) => void }) {
  return <input type="number" step="0.1" min={-100} max={100} aria-label={label} value={value} onInput={(e) => set(Number(e.currentTarget.value))} />;
}

function Room({ store }: { store: Store }) {
  const [layouts, setLayouts] = useState<Layout[] | null>(null);
  const [layout, setLayout] = useState<Layout | null>(null);
  const [note, setNote] = useState("");
  const [bad, setBad] = useState(false);
  useEffect(() => {
    void ask<{ rooms: RoomPlan[] }>("/api/v1/rooms").then((got) => {
      if (!got.ok) {
        setNote(got.status === 404 ? "This server keeps no rooms." : `No rooms: ${got.why}.`);
        setBad(true);
        return;
      }
      const rooms = got.value.rooms.map(layoutOf);
      setLayouts(rooms);
      setLayout(rooms[0] ?? empty("room", "Room"));
    });
  }, []);
  if (!layout) return <><h2>Room</h2><p class="panel empty">{note || "Asking the server…"}</p></>;
  const change = (part: Partial<Layout>): void => setLayout({ ...layout, ...part });
  const save = async (): Promise<void> => {
    const { id, name, size_m, links, nodes, zones } = layout;
    const got = await ask(`/api/v1/rooms/${encodeURIComponent(id)}`, "PUT", { name, size_m, links, nodes, zones });
    setBad(!got.ok);
    setNote(got.ok ? "Saved." : got.why);
  };
  const names = [...new Set(store.ordered.flatMap((l) => (l.link ? [l.link.node ?? l.link.name, ...(l.link.tx ? [l.link.tx] : [])] : [])))];
  const place = (name: string, at: Place): void =>
    change({ nodes: layout.nodes.map((n) => (n.name === name ? { ...n, position_m: at } : n)) });
  return (
    <>
      <h2>Room</h2>
      <p class="tools">
        {(layouts?.length ?? 0) > 1 && (
          <label>
            <span class="visually-hidden">Which room</span>
            <select value={layout.id} onChange={(e) => setLayout(layouts?.find((r) => r.id === e.currentTarget.value) ?? layout)}>
              {layouts?.map((r) => <option key={r.id} value={r.id}>{r.name}</option>)}
            </select>
          </label>
        )}
        <label>Name <input value={layout.name} maxLength={64} onInput={(e) => change({ name: e.currentTarget.value })} /></label>
        {(["Length", "Width", "Height"] as const).map((side, i) => (
          <label key={side}>
            {side}, m{" "}
            <Axis label={`${side} of the room, m`} value={layout.size_m[i] ?? 0} set={(v) => change({ size_m: layout.size_m.map((s, k) => (k === i ? v : s)) as Place })} />
          </label>
        ))}
        <button type="button" onClick={() => void save()}>Save</button>
        <span role="status" class={bad ? "error" : "note"}>{note}</span>
      </p>
      <Stage layout={layout} store={store} onMove={place} />
      <p class="note">
        {layout.nodes.length === 0
          ? "No node has a position yet: give one below, then drag it."
          : "Drag nodes along the floor, or type their positions. Around each link its first Fresnel zone."}
        {" "}Positions of people and skeletons are shown when a model gives them; none is loaded.
      </p>
      <h2>Nodes</h2>
      <div class="scroll panel" tabIndex={0} role="region" aria-label="Nodes">
        <table>
          <thead><tr><th scope="col">Node</th><th scope="col">x, m</th><th scope="col">y, m</th><th scope="col">z, m</th><th scope="col">Change</th></tr></thead>
          <tbody>
            {layout.nodes.map((n) => (
              <tr key={n.name}>
                <th scope="row">{n.name}</th>
                {n.position_m.map((v, i) => (
                  <td key={i}><Axis label={`${"xyz"[i]} of ${n.name}, m`} value={v} set={(x) => place(n.name, n.position_m.map((o, k) => (k === i ? x : o)) as Place)} /></td>
                ))}
                <td><button type="button" onClick={() => change({ nodes: layout.nodes.filter((o) => o !== n) })}>Remove</button></td>
              </tr>
            ))}
            {names.filter((name) => !layout.nodes.some((n) => n.name === name)).map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td colSpan={3}>no position</td>
                <td><button type="button" onClick={() => change({ nodes: [...layout.nodes, { name, position_m: [0, 0, 1] }] })}>Place</button></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h2>Zones</h2>
      <p class="tools">
        <button type="button" onClick={() => change({ zones: [...layout.zones, { id: `zone-${layout.zones.length + 1}`, name: `Zone ${layout.zones.length + 1}`, min_m: [0, 0], max_m: [1, 1] }] })}>Add a zone</button>
      </p>
      <ul class="panel plain">
        {layout.zones.map((z, at) => {
          const set = (part: Partial<typeof z>): void => change({ zones: layout.zones.map((o, k) => (k === at ? { ...o, ...part } : o)) });
          return (
            <li key={z.id} class="tools">
              <input aria-label={`Name of ${z.id}`} value={z.name} maxLength={64} onInput={(e) => set({ name: e.currentTarget.value })} />
              {([0, 1] as const).map((i) => (
                <label key={i}>
                  {"xy"[i]} from{" "}
                  <Axis label={`${"xy"[i]} of ${z.name} from, m`} value={z.min_m[i]} set={(v) => set({ min_m: i === 0 ? [v, z.min_m[1]] : [z.min_m[0], v] })} /> to{" "}
                  <Axis label={`${"xy"[i]} of ${z.name} to, m`} value={z.max_m[i]} set={(v) => set({ max_m: i === 0 ? [v, z.max_m[1]] : [z.max_m[0], v] })} /> m
                </label>
              ))}
              <span class="note">{num(Math.abs((z.max_m[0] - z.min_m[0]) * (z.max_m[1] - z.min_m[1])), 1)} m²</span>
              <button type="button" onClick={() => change({ zones: layout.zones.filter((_, k) => k !== at) })}>Remove</button>
            </li>
          );
        })}
        {layout.zones.length === 0 && <li class="note">No zones.</li>}
      </ul>
    </>
  );
}

export const openRoom = preactView(Room);
