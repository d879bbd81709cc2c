// Who is there, in one glance: a card per room, or per link where there is no room.
import type { Event, EventList, Origin, Values } from "../api";
import { eventText } from "../events";
import { activityText, Models } from "../models";
import { preactView } from "../preact-view";
import type { LinkState } from "../link-state";
import type { Store } from "../store";
import { useAnswer } from "../use";
import { ageText, num, originText, reasonText, stateText, sureText } from "../words";

interface Glance {
  key: string;
  name: string;
  source: Origin;
  age_s: number | null;
  /** Why nothing of it holds any more; null: it holds. */
  gone: string | null;
  links: string;
  /** What models say of its links: "node 3: walk, ..." */
  activities: string[];
  values: Values | null;
}

/** What models say of the links for which `inside` holds. */
const activities = (store: Store, inside: (l: LinkState) => boolean): string[] =>
  store.ordered.flatMap((l) =>
    l.link && l.sensing?.activity && inside(l)
      ? [`${l.link.name}: ${activityText(l.sensing.activity, l.fresh ? null : "no-frames")}`]
      : [],
  );

function glances(store: Store): Glance[] {
  const lost = store.status.open ? null : "no-connection";
  const rooms: Glance[] = store.rooms.map((r) => ({
    key: `room ${r.room.room} ${r.room.source}`,
    name: r.room.name,
    source: r.room.source,
    age_s: store.roomAge_s(r),
    gone: lost ?? (store.roomFresh(r) ? null : "stale"),
    links: `${r.room.links} ${r.room.links === 1 ? "link" : "links"}`,
    activities: activities(store, (l) => l.link?.room === r.room.room),
    values: r.room,
  }));
  /* A link that is in no room is shown by itself: nobody is to be overlooked. */
  const links: Glance[] = store.ordered.flatMap((l) =>
    l.link && l.link.room === null
      ? [{
          key: `link ${l.id}`,
          name: l.link.name,
          source: l.link.source,
          age_s: l.age_s,
          gone: lost ?? (l.fresh ? null : "no-frames"),
          links: "one link, in no room",
          activities: activities(store, (x) => x === l),
          values: l.sensing,
        }]
      : [],
  );
  return [...rooms, ...links];
}

function Number(props: { title: string; value: number | null; unit: string; sure: number | null; why: string | null; trial?: boolean }) {
  const { title, value, unit, sure, why, trial } = props;
  return (
    <div>
      <h4>{title}</h4>
      <p class="number">{num(value, unit === "" ? 0 : 1)}{value !== null && unit && <small> {unit}</small>}</p>
      <p class="note">
        {value === null ? reasonText(why) : sureText(sure)}
        {value !== null && trial && " · experimental"}
      </p>
    </div>
  );
}

function RoomCard({ glance, event }: { glance: Glance; event: string | null }) {
  const { gone, values } = glance;
  const v = gone ? null : values;
  const state = v?.state ?? null;
  const why = (reason: string | null | undefined): string => gone ?? reason ?? "warming-up";
  return (
    <article class="panel card room" data-origin={glance.source} data-stale={String(gone !== null)} aria-label={glance.name}>
      <header>
        <h3>{glance.name}</h3>
        <span class="badge small" data-origin={gone ? "none" : glance.source}>{gone ? "NO DATA" : originText[glance.source]}</span>
        <span class="age">{ageText(glance.age_s)}</span>
      </header>
      <p class="state big" data-state={state ?? "none"}>{state ? stateText[state] : "Unknown"}</p>
      <p class="note">
        {state === null ? reasonText(why(v?.state_reason)) : sureText(v?.state_confidence ?? null)}
        {state !== null && v?.state_experimental && " · experimental: not validated well enough"}
      </p>
      {v?.speed_mps != null && (
        <p class="note">walking at {num(v.speed_mps, 1)} m/s, mean of the last 8 s · experimental</p>
      )}
      {v?.apnoea && <p class="alarm" data-sure="true" role="alert">Breathing was there and is lost</p>}
      <div class="now three">
        <Number title="People" value={v?.persons ?? null} unit="" sure={v?.persons_confidence ?? null} why={why(v?.persons_reason)} trial />
        <Number title="Breathing" value={v?.breathing_bpm ?? null} unit="per minute" sure={v?.breathing_confidence ?? null} why={why(v?.breathing_reason)} />
        <Number title="Heart" value={v?.heart_bpm ?? null} unit="per minute" sure={v?.heart_confidence ?? null} why={why(v?.heart_reason)} trial />
      </div>
      {glance.activities.map((a) => <p class="note activity" key={a}>Activity by {a}</p>)}
      <p class="device">{glance.links}{event && ` · last: ${event}`}</p>
    </article>
  );
}

function Home({ store }: { store: Store }) {
  const [events] = useAnswer<EventList>("/api/v1/events?limit=50", 5);
  const list: readonly Event[] = events?.ok ? events.value.events : [];
  const cards = glances(store);
  const lastOf = (g: Glance): string | null => {
    const e = list.find((x) => (x.room === g.name || x.link === g.name) && x.source === g.source);
    return e ? eventText(e) : null;
  };
  return (
    <>
      <h2>Rooms</h2>
      {cards.length === 0 && (
        <p class="panel empty">
          {store.status.open
            ? <>Nothing is heard yet. The <a href="#/doctor">Doctor</a> says what arrives and what to do.</>
            : "The server does not answer. Is “airwake serve” running?"}
        </p>
      )}
      <div class="cards" id="rooms">{cards.map((g) => <RoomCard key={g.key} glance={g} event={lastOf(g)} />)}</div>
      <Models />
      <h2>Last events</h2>
      {events && !events.ok && <p class="panel empty">No history: {events.why}.</p>}
      {events?.ok && list.length === 0 && <p class="panel empty">Nothing has happened yet.</p>}
      {list.length > 0 && (
        <ul class="panel plain">
          {list.slice(0, 8).map((e) => (
            <li key={e.id}>{eventText(e)} {e.source && <span class="badge small" data-origin={e.source}>{originText[e.source as Origin] ?? e.source}</span>}</li>
          ))}
        </ul>
      )}
    </>
  );
}

export const openHome = preactView(Home);
