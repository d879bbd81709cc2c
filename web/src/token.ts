// A server that wants a token: asked for once, kept as long as the tab is open.
import { byId, el, setText } from "./dom";

const KEY = "airwake-token";

export const token = (): string | null => sessionStorage.getItem(KEY);

export function withToken(headers: Record<string, string>): Record<string, string> {
  const t = token();
  return t === null ? headers : { ...headers, authorization: `Bearer ${t}` };
}

/** A browser sends no headers with a WebSocket; the token goes among the protocols, as docs/security.md says. */
export function protocols(): string[] {
  const t = token();
  return t === null ? [] : ["airwake", `bearer.${t}`];
}

/** Shows the question; `retry` is called with a token given. */
export function askForToken(why: string, retry: () => void): void {
  const place = byId("token");
  if (!place.hidden) {
    setText(byId("token-why"), why);
    return;
  }
  const input = el("input", { type: "password", id: "token-input", autocomplete: "off", required: "" });
  const form = el(
    "form",
    { class: "panel tools token" },
    el("label", { for: "token-input" }, "This server wants a token (airwake token create)"),
    input,
    el("button", { type: "submit" }, "Use it"),
    el("p", { class: "error", id: "token-why", role: "alert" }, why),
  );
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    sessionStorage.setItem(KEY, input.value.trim());
    place.hidden = true;
    place.replaceChildren();
    retry();
  });
  place.replaceChildren(form);
  place.hidden = false;
}
