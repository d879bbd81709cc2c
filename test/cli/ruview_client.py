"""What RuView's web page and phone app read of a server: ruview_client.py http://HOST:PORT EXTRA SOURCE

Field paths and types by their sources (SensingTab.js, DashboardTab.js, pose.service.js, ModelPanel.js,
TrainingPanel.js, observatory, the phone's BreathingGauge.tsx): a client must neither throw nor be
shown a constant. "?" after a type: null is allowed (their code reads it as none)."""
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from ws_client import WebSocket

http, extra, SOURCE = sys.argv[1], int(sys.argv[2]), sys.argv[3]
host = urllib.parse.urlparse(http).hostname
port = urllib.parse.urlparse(http).port
failures, checks = [], 0
KINDS = {"str": str, "num": (int, float), "int": int, "bool": bool, "list": list, "obj": dict}


def check(what, ok, more=""):
    global checks
    checks += 1
    if not ok:
        failures.append(what)
        print("FAILED:", what, str(more)[:300], file=sys.stderr)
    return ok


def at(value, path):
    """Values at a path; a[] walks a list; a missing key gives KeyError."""
    if not path:
        yield value
        return
    step, _, rest = path.partition(".")
    if step.endswith("[]"):
        for v in value[step[:-2]]:
            yield from at(v, rest)
    else:
        yield from at(value[step], rest)


def fields(what, value, table):
    for path, kind in table.items():
        none, name = kind.endswith("?"), kind.rstrip("?")
        try:
            found = list(at(value, path))
        except (KeyError, TypeError) as e:
            check(f"{what}: {path} is there", False, e)
            continue
        for v in found:
            ok = (v is None and none) or (isinstance(v, KINDS[name]) and
                                          (name == "bool") == isinstance(v, bool))
            check(f"{what}: {path} is {kind}", ok, repr(v))


def get(path, status=200):
    try:
        with urllib.request.urlopen(http + path, timeout=5) as r:
            code, body = r.status, r.read()
    except urllib.error.HTTPError as e:
        code, body = e.code, e.read()
    check(f"{path}: {status}", code == status, code)
    return json.loads(body)


def ask(method, path, status, body=None):
    r = urllib.request.Request(http + path, body, {"Content-Type": "application/json"},
                               method=method)
    try:
        with urllib.request.urlopen(r, timeout=5) as got:
            code, text = got.status, got.read()
    except urllib.error.HTTPError as e:
        code, text = e.code, e.read()
    check(f"{method} {path}: {status}", code == status, (code, text))
    return json.loads(text)


def refused(path, status):
    fields(path, ask("POST", path, status, b"{}"), {"detail": "str"})  # what their page shows


def messages(where, path, seconds, origin=None, ping=False):
    ws = WebSocket(host, where, path, origin)
    if not check(f"{where}{path}: 101", ws.open, ws.header):
        return
    if ping:
        ws.say({"type": "ping", "timestamp": 1})
    yield from ws.messages(seconds)


FEATURES = {"mean_rssi": "num?", "variance": "num?", "motion_band_power": "num?",
            "breathing_band_power": "num?", "spectral_power": "num?", "dominant_freq_hz": "num?",
            "change_points": "int?"}
CLASS = {"motion_level": "str", "presence": "bool?", "confidence": "num?", "fall_detected": "bool"}
SENSING = {
    "type": "str", "source": "str", "tick": "int", "nodes": "list", "nodes[].node_id": "int",
    "nodes[].rssi_dbm": "num?", "nodes[].amplitude": "list", "nodes[].amplitude[]": "num",
    "nodes[].subcarrier_count": "int", "signal_field.values": "list", "persons": "list",
    "vital_signs.breathing_rate_bpm": "num?", "vital_signs.heart_rate_bpm": "num?",
    "vital_signs.breathing_bpm": "num?", "vital_signs.hr_proxy_bpm": "num?",
    "vital_signs.breathing_confidence": "num?", "vital_signs.heartbeat_confidence": "num?",
    "vital_signs.breathing_rate_hz": "num?", "node_features[].node_id": "int",
    "node_features[].stale": "bool", "node_features[].rssi_dbm": "num?",
    "node_features[].last_seen_ms": "num?", "node_features[].frame_rate_hz": "num?",
    **{f"features.{k}": v for k, v in FEATURES.items()},
    **{f"classification.{k}": v for k, v in CLASS.items()},
    **{f"node_features[].features.{k}": v for k, v in FEATURES.items()},
    **{f"node_features[].classification.{k}": v for k, v in CLASS.items()},
}
LIVE = ("esp32", "wifi", "live")  # their page shows live for these only


def honest(what, m):
    check(f"{what}: source", m["source"] == SOURCE, m["source"])
    check(f"{what}: not shown as live", m["source"] not in LIVE)
    check(f"{what}: no person is invented", m["persons"] == [])
    check(f"{what}: no picture is invented", m["signal_field"]["values"] == [])
    c = m["classification"]
    check(f"{what}: presence and level agree",
          (c["presence"] is None) == (c["motion_level"] == "unknown"), c)
    check(f"{what}: confidence is a share", c["confidence"] is None or 0 <= c["confidence"] <= 1)
    if SOURCE == "waiting":
        check(f"{what}: nothing is known", c["motion_level"] == "unknown" and m["nodes"] == []
              and all(v is None for v in m["features"].values())
              and all(v is None for v in m["vital_signs"].values()), m)
    else:
        check(f"{what}: nodes", len(m["nodes"]) == 2 and m["nodes"][0]["amplitude"], m["nodes"])
        check(f"{what}: measured", m["features"]["mean_rssi"] < 0 < m["features"]["spectral_power"]
              and m["features"]["variance"] >= m["features"]["motion_band_power"], m["features"])


def stream_of(where, path, origin=None):
    got = list(messages(where, path, 2, origin))
    check(f"{path}: about ten a second", 10 <= len(got) <= 25, len(got))
    for m in got:
        check(f"{path}: nothing but updates", m.get("type") == "sensing_update", m)
        check(f"{path}: seconds", abs(m["timestamp"] - time.time()) < 60, m["timestamp"])
        fields(path, m, SENSING)
        honest(path, m)
    if SOURCE != "waiting":
        check(f"{path}: not a still picture", len({json.dumps(m["nodes"]) for m in got}) > 3)


stream_of(extra, "/ws/sensing", f"http://{host}:{port}")  # as their page on our port does
stream_of(port, "/ws/sensing?format=ruview")

pose = list(messages(port, "/api/v1/stream/pose?token=null&min_confidence=0.3", 2, ping=True))
check("pose: first", pose[0]["type"] == "connection_established", pose[0])
check("pose: pong", any(m["type"] == "pong" for m in pose))
data = [m for m in pose if m["type"] == "pose_data"]
check("pose: about ten a second", 10 <= len(data) <= 25, len(data))
for m in data:
    fields("pose", m, {"timestamp": "str", "zone_id": "str", "payload.pose.persons": "list",
                       "payload.confidence": "num?", "payload.activity": "str",
                       "payload.pose_source": "str", "payload.metadata.frame_id": "str", **SENSING})
    honest("pose", m)
    check("pose: no model is claimed", m["payload"]["pose_source"] != "model_inference")

for m in messages(port, "/ws/introspection", 3):
    fields("introspection", m, {"timestamp_ns": "int", "frame_count": "int", "regime": "str",
                                "top_k_similarity": "list", "lyapunov_exponent": "num?"})

fields("/health", get("/health"), {"status": "str", "tick": "int", "clients": "int"})
fields("/health/live", get("/health/live"), {"status": "str", "uptime": "int"})
fields("/health/version", get("/health/version"), {"name": "str", "version": "str"})
health = get("/health/health")
fields("/health/health", health, {"status": "str", **{
    f"components.{c}.{k}": "str" for c in ("api", "hardware", "pose", "stream")
    for k in ("status", "message")}})
for name, v in health["metrics"].items():  # their page calls toFixed on what is there
    check(f"/health/health: {name} is a number", isinstance(v, (int, float)), v)
check("/health/health: memory is measured", 0 < health["metrics"]["memory_percent"] < 100)
for path in ("/health/metrics", "/api/v1/metrics"):
    fields(path, get(path), {"system_metrics.cpu.percent": "num", "tick": "int",
                             "system_metrics.memory.used_mb": "num",
                             "system_metrics.disk.percent": "num"})
check("/api/v1/status: source", get("/api/v1/status")["source"] == SOURCE)
fields("/api/v1/pose/status", get("/api/v1/pose/status"), {"status": "str"})
nodes = get("/api/v1/nodes")
fields("/api/v1/nodes", nodes, {
    "total": "int", "nodes[].node_id": "int", "nodes[].status": "str", "nodes[].last_seen_ms": "num?",
    "nodes[].rssi_dbm": "num?", "nodes[].motion_level": "str", "nodes[].person_count": "int?"})
check("/api/v1/nodes: total", nodes["total"] == (0 if SOURCE == "waiting" else 2), nodes)
fields("/api/v1/vital-signs", get("/api/v1/vital-signs"), {
    "source": "str", "tick": "int", "buffer_status": "obj",
    **{f"vital_signs.{k}": "num?" for k in ("breathing_rate_bpm", "heart_rate_bpm",
                                            "breathing_confidence", "heartbeat_confidence",
                                            "signal_quality")}})
edge = get("/api/v1/edge-vitals")
check("/api/v1/edge-vitals: none", edge["status"] == "no_data" and edge["edge_vitals"] is None, edge)
now = get("/api/v1/pose/current")
fields("/api/v1/pose/current", now, {"timestamp": "num", "total_persons": "int?", "source": "str"})
check("/api/v1/pose/current: nobody is drawn", now["persons"] == [])
stats = get("/api/v1/pose/stats?hours=1")
check("/api/v1/pose/stats: the accuracy tile is not left to its 87.2 %",
      "average_confidence" in stats and stats["average_confidence"] is None, stats)
zones = get("/api/v1/pose/zones/summary")["zones"]
check("/api/v1/pose/zones/summary", all(z["person_count"] is None or z["person_count"] >= 0
                                        for z in zones.values()), zones)
fields("/api/v1/stream/status", get("/api/v1/stream/status"),
       {"active": "bool", "clients": "int", "fps": "int"})
check("/api/v1/models/active: null", get("/api/v1/models/active") is None)
fields("/api/v1/models", get("/api/v1/models"), {"models": "list"})
fields("lora", get("/api/v1/models/lora/profiles"), {"profiles": "list"})
get("/api/v1/models/some", 404)
train = get("/api/v1/train/status")
check("/api/v1/train/status: idle", train["active"] is False and train["status"] == "idle", train)
for p in ("models/load", "models/unload", "models/lora/activate", "train/start", "train/stop",
          "train/pretrain", "train/lora"):
    refused(f"/api/v1/{p}", 501)

# recordings, as their TrainingPanel makes, lists and deletes them
refused("/api/v1/recording/stop", 409)
made = ask("POST", "/api/v1/recording/start", 200, b'{"session_name":"evening","label":"pose"}')
fields("recording/start", made, {"success": "bool", "recording_id": "str"})
refused("/api/v1/recording/start", 409)
time.sleep(1.1)
ended = ask("POST", "/api/v1/recording/stop", 200, b"{}")
fields("recording/stop", ended, {"success": "bool", "recording_id": "str", "duration_secs": "int"})
check("recording/stop: the one begun", ended["recording_id"] == made["recording_id"], ended)
listed = get("/api/v1/recording/list")
fields("recording/list", listed, {
    "recordings[].id": "str", "recordings[].name": "str", "recordings[].frame_count": "int",
    "recordings[].file_size_bytes": "int", "recordings[].started_at": "str",
    "recordings[].ended_at": "str", "recordings[].status": "str"})
one = listed["recordings"][0]
check("recording/list: it, complete", (one["id"], one["name"], one["label"], one["status"]) ==
      (made["recording_id"], "evening", "pose", "completed"), one)
check("recording/list: nothing arrived, and a replay is not recorded", one["frame_count"] == 0, one)
with urllib.request.urlopen(f"{http}/api/v1/recording/download/{one['id']}", timeout=5) as got:
    check("recording/download: the file", len(got.read()) == one["file_size_bytes"], one)
gone = ask("DELETE", f"/api/v1/recording/{one['id']}", 200)
check("recording: deleted", gone == {"success": True, "deleted": one["id"]}, gone)
check("recording/list: gone", get("/api/v1/recording/list") == {"recordings": []})

# calibration
status = get("/api/v1/calibration/status")
fields("calibration/status", status, {"active": "bool", "status": "str"})
refused("/api/v1/calibration/stop", 409)
if SOURCE == "waiting":
    check("calibration/status: nothing to calibrate", status["status"] == "none", status)
    refused("/api/v1/calibration/start", 409)
else:
    check("calibration/status: not yet", status["status"] == "Uncalibrated", status)
    fields("calibration/start", ask("POST", "/api/v1/calibration/start", 200, b"{}"),
           {"success": "bool", "message": "str"})
    status = get("/api/v1/calibration/status")
    check("calibration/status: collecting",
          status == {"active": True, "status": "Collecting"}, status)
print(f"{checks} checks, {len(failures)} failed")
sys.exit(1 if failures or checks < 300 else 0)
