// What models say, and what is known of them. Nothing is shown while no model is in use.
import type { Activity, Model, ModelDetail, ModelList } from "./api";
import { useAnswer } from "./use";
import { num, percent, reasonText } from "./words";

/** "walk, 82 % probable · experimental", or why there is no answer. */
export function activityText(a: Activity, gone: string | null): string {
  if (gone ?? (a.class === null || a.confidence === null)) return `no answer: ${reasonText(gone ?? a.reason)}`;
  const trial = a.experimental ? " · experimental, not to be relied on" : "";
  return `${(a.class ?? "").replaceAll("-", " ")}, ${percent(a.confidence ?? 0)} probable${trial}`;
}

const words = (key: string): string => key.replaceAll("_", " ");

/** Numbers of a card's accuracy, each with those that only add to its name: the trivial baseline, mostly. */
function figures(accuracy: unknown): string[] {
  if (typeof accuracy !== "object" || accuracy === null) return [];
  const all = Object.entries(accuracy).filter((e): e is [string, number] => typeof e[1] === "number");
  const longer = (key: string): string | undefined =>
    all.map(([k]) => k).filter((k) => key.startsWith(`${k}_`)).sort((a, b) => a.length - b.length)[0];
  return all
    .filter(([key]) => longer(key) === undefined)
    .map(([key, value]) => {
      const more = all.filter(([k]) => longer(k) === key).map(([k, v]) => `${words(k.slice(key.length + 1))}: ${v}`);
      return `${words(key)} ${value}${more.length ? ` (${more.join("; ")})` : ""}`;
    });
}

const text = (card: ModelDetail["card"], key: string): string | null => {
  const value = card?.[key];
  return typeof value === "string" ? value : null;
};

function ModelCard({ model }: { model: Model }) {
  const [answer] = useAnswer<ModelDetail>(model.state === "loaded" ? `/api/v1/models/${encodeURIComponent(model.id)}` : null);
  const card = answer?.ok ? answer.value.card : null;
  const accuracy = card?.["accuracy"];
  const split = typeof accuracy === "object" && accuracy !== null ? (accuracy as Record<string, unknown>)["split"] : null;
  return (
    <article class="panel card" aria-label={`model ${model.name}`}>
      <header>
        <h3>{model.name}{model.version !== null && ` ${model.version}`}</h3>
        <span class="badge small" data-origin={model.state === "loaded" ? "replay" : "none"}>
          {model.state === "refused" ? "NOT USED" : model.experimental ? "EXPERIMENTAL" : "IN USE"}
        </span>
      </header>
      {model.reason !== null && <p>Refused: {model.reason}.</p>}
      {text(card, "warning") !== null && <p><strong>{text(card, "warning")}</strong></p>}
      {figures(accuracy).map((f) => <p class="note" key={f}>{f}</p>)}
      {typeof split === "string" && <p class="note">measured: {split}</p>}
      {text(card, "training_data") !== null && (
        <p class="note">trained on {text(card, "trained_on") ?? "what the card says"}: {text(card, "training_data")}</p>
      )}
      {model.state === "loaded" && (
        <p class="device">
          task {model.task}, computed by {model.backend} in {num(model.mean_ms, 1)} ms; {model.runs} times so far, {model.failed} without a result
        </p>
      )}
    </article>
  );
}

/** The models of this server; nothing when it has none. */
export function Models() {
  const [answer] = useAnswer<ModelList>("/api/v1/models", 10);
  const models = answer?.ok ? answer.value.models : [];
  if (models.length === 0) return null;
  return (
    <>
      <h2>Models</h2>
      <div class="cards" id="models">{models.map((m) => <ModelCard key={m.id} model={m} />)}</div>
    </>
  );
}
