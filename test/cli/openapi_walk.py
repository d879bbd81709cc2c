"""Walks /openapi.json of a running airwake: openapi_walk.py http://127.0.0.1:PORT

Of the document it uses, beside the standard: x-from of a path parameter ("/api/v1/links#links.0.id":
where the value for the example request is found; in the example of a body "@/api/v1/links#links.0.id"), x-status of an operation (what the example request
is answered with, where that is not 2xx), x-websocket, x-message (the schema of its messages)."""
import http.client
import json
import sys
import urllib.parse

import jsonschema

from ws_client import WebSocket

address = urllib.parse.urlparse(sys.argv[1])
METHODS = ("put", "get", "post", "patch", "delete")
failures = []
checks = 0


def check(what, ok, more=""):
    global checks
    checks += 1
    if not ok:
        failures.append(f"{what} {more}")
        print("FAILED:", what, more, file=sys.stderr)
    return ok


def ask(method, path, body=None, kind="application/json"):
    c = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    headers = {}
    if body is not None:
        headers["Content-Type"] = kind
        body = body if isinstance(body, (str, bytes)) else json.dumps(body)
    elif method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = "0"
    c.request(method, path, body, headers)
    r = c.getresponse()
    data = r.read()
    c.close()
    return r.status, r.headers, data


doc = json.loads(ask("GET", "/openapi.json")[2])
jsonschema.Draft202012Validator.check_schema({"$defs": doc["components"]["schemas"]})


def deref(x):
    while isinstance(x, dict) and "$ref" in x:
        steps = x["$ref"].removeprefix("#/").split("/")
        x = doc
        for step in steps:
            x = x[step]
    return x


def valid(what, schema, value):
    v = jsonschema.Draft202012Validator({**schema, "components": doc["components"]})
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in v.iter_errors(value)]
    check(what, not errors, "; ".join(errors[:3])[:600])
    honest(what, value)


def honest(what, value):
    """A value is null exactly when a reason stands beside it."""
    if isinstance(value, list):
        for v in value:
            honest(what, v)
    if not isinstance(value, dict):
        return
    for key, reason in value.items():
        honest(what, reason)
        if not key.endswith("_reason") or isinstance(reason, dict):  # a schema has such keys too
            continue
        base = key[: -len("_reason")]
        for name in (base, base + "_bpm", base + "_score", base + "_hz"):
            if name in value:
                check(f"{what}: {name} is null exactly when {key} is not",
                      (value[name] is None) == (reason is not None), f"{value[name]} {reason}")


def answer(what, operation, status, headers, data, head=False):
    """The answer is one that the operation documents."""
    responses = operation["responses"]
    response = deref(responses.get(str(status), responses.get("default") if status >= 400 else None))
    if not check(f"{what}: status {status} is documented", response):
        return None
    content = response.get("content")
    if not content:
        check(f"{what}: no body", not data)
        return None
    kind = (headers.get("Content-Type") or "").split(";")[0]
    if not check(f"{what}: content type", kind in content, kind) or head:
        return None
    if not kind.endswith("json"):
        return None
    try:
        value = json.loads(data)
    except ValueError:
        check(f"{what}: body is JSON", False, data[:200])
        return None
    valid(what, content[kind].get("schema", {}), value)
    return value


def problem(what, got, status, field=None):
    code, headers, data = got
    ok = check(f"{what}: {status}", code in status, code)
    kind = headers.get("Content-Type", "")
    if not check(f"{what}: is a problem document", kind.startswith("application/problem+json"), kind):
        return
    body = json.loads(data)
    valid(what, {"$ref": "#/components/schemas/Problem"}, body)
    check(f"{what}: says its status", body["status"] == code)
    if field and ok:
        check(f"{what}: names the field", body.get("field") == field, body)
        check(f"{what}: says what is allowed", bool(body.get("allowed")), body)


def example(parameter):
    return str(found(parameter["x-from"])) if "x-from" in parameter else parameter.get("example", "1")


def good_body(content):
    return filled(content["example"])


def filled(v):
    if isinstance(v, dict):
        return {k: filled(x) for k, x in v.items()}
    if isinstance(v, list):
        return [filled(x) for x in v]
    return found(v[1:]) if isinstance(v, str) and v.startswith("@/") else v


def found(place):
    """"/api/v1/links#links.0.id" """
    path, where = place.split("#")
    value = json.loads(ask("GET", path)[2])
    for step in where.split("."):
        value = value[int(step) if isinstance(value, list) else step]
    return value


def fill(path, parameters, wrong=None):
    for p in parameters:
        if p["in"] == "path":
            value = wrong if wrong else example(p)
            path = path.replace("{" + p["name"] + "}", urllib.parse.quote(value, safe=""))
    return path


def bad_values(schema):
    schema = deref(schema)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "enum" in schema:
        yield "nonsense"
    if "number" in kinds or "integer" in kinds:
        yield "five"
    if "string" in kinds and kinds == ["string"]:
        yield 5
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)


def walk_body(what, method, url, operation):
    content = deref(operation["requestBody"])["content"]["application/json"]
    schema, good = deref(content["schema"]), good_body(content)
    problem(f"{what} with a list", ask(method, url, []), [400])
    problem(f"{what} with half an object", ask(method, url, '{"a":'), [400])
    problem(f"{what} as text", ask(method, url, good, "text/plain"), [415])
    for name in schema.get("required", []):
        less = {k: v for k, v in good.items() if k != name}
        problem(f"{what} without {name}", ask(method, url, less), [422], name)
    for name, s in schema.get("properties", {}).items():
        for bad in bad_values(s):
            problem(f"{what} with {name} = {str(bad)[:20]}", ask(method, url, {**good, name: bad}),
                    [422], name)


def walk_query(what, url, operation):
    for p in operation.get("parameters", []):
        if p["in"] != "query":
            continue
        for bad in bad_values(p["schema"]):
            if isinstance(bad, (int, float)) and deref(p["schema"]).get("type") == "string":
                continue  # in an address everything is text
            query = urllib.parse.urlencode({p["name"]: bad})
            problem(f"{what}?{query[:40]}", ask("GET", f"{url}?{query}"), [422], p["name"])


def walk(path, item):
    shared = item.get("parameters", [])
    for method in METHODS:
        if method not in item:
            continue
        op = item[method]
        parameters = [deref(p) for p in shared + op.get("parameters", [])]
        op = {**op, "parameters": parameters}
        what, url = f"{method.upper()} {path}", fill(path, parameters)
        if "requestBody" in op:
            walk_body(what, method.upper(), url, op)
        body = None
        if "requestBody" in op:
            body = good_body(deref(op["requestBody"])["content"]["application/json"])
        status, headers, data = ask(method.upper(), url, body)
        wanted = op.get("x-status", [200, 201, 202, 204])
        check(f"{what}: {wanted}", status in wanted, f"{status} {data[:300]}")
        answer(what, op, status, headers, data)
        if method == "get":
            walk_query(what, url, op)
            again, headers, data = ask("HEAD", url)
            check(f"HEAD {path}: as GET, without a body", again == status and not data)
        if method in ("get", "delete") and url != path:
            problem(f"{what} of none", ask(method.upper(), fill(path, parameters, "no-such-thing")),
                    [404])
    have = {m.upper() for m in METHODS if m in item} | ({"HEAD"} if "get" in item else set())
    url = fill(path, [deref(p) for p in shared + next(iter(item[m] for m in METHODS if m in item))
                      .get("parameters", [])])
    for method in METHODS:
        if method in item:
            continue
        got = ask(method.upper(), url)
        problem(f"{method.upper()} {path}", got, [405])
        allow = {m.strip() for m in got[1].get("Allow", "").split(",")}
        check(f"{path}: Allow", allow == have, f"{allow} {have}")


def messages(path, seconds):
    """Text messages of a WebSocket; a ping and subscriptions are sent at once."""
    ws = WebSocket(address.hostname, address.port, path)
    if not check(f"{path}: 101", ws.open):
        return
    ws.say({"type": "ping"})
    for stream in ("phase", "breathing"):
        ws.say({"type": "subscribe", "stream": stream, "link": found("/api/v1/links#links.0.id")})
    yield from ws.messages(seconds)


def walk_one_kind(path, schema):
    """A WebSocket whose messages all fit one schema."""
    n = 0
    for m in messages(path, 2):
        if m.get("type") == "pong":
            continue
        valid(f"{path}", {"$ref": f"#/components/schemas/{schema}"}, m)
        n += 1
    check(f"{path}: messages came", n > 1, n)


def walk_socket(path):
    schemas = {s["properties"]["type"]["const"]: {"$ref": f"#/components/schemas/{name}"}
               for name, s in doc["components"]["schemas"].items() if name.startswith("Ws")}
    missing = {t for t in schemas if not deref(schemas[t]).get("x-rare")}
    for m in messages(path, 4):
        kind = m.get("type")
        missing.discard(kind)
        if check(f"{path}: type {kind} is documented", kind in schemas):
            valid(f"{path} {kind}", schemas[kind], m)
    check(f"{path}: every type came", not missing, missing)


for p, i in doc["paths"].items():
    if "x-websocket" in i.get("get", {}):
        problem(f"GET {p}", ask("GET", p), [426])
        schema = i["get"].get("x-message")
        walk_one_kind(p, schema) if schema else walk_socket(p)
    else:
        walk(p, i)
print(f"{len(doc['paths'])} paths, {checks} checks, {len(failures)} failed")
sys.exit(1 if failures or checks < 100 else 0)
