# Home Assistant by MQTT: the real server against a real broker.
. "$(dirname "$0")/lib.sh"
for tool in mosquitto mosquitto_sub mosquitto_pub openssl; do
    command -v $tool >/dev/null || PATH=$PATH:/usr/sbin
    command -v $tool >/dev/null || { echo "SKIPPED: no $tool" >&2; exit 77; }
done

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
# broker LINES...: starts it on a free port with these lines of configuration
port=$(free_port)
broker() {
    { echo "listener $port 127.0.0.1"; printf '%s\n' "$@"; } >"$work/broker.conf"
    mosquitto -c "$work/broker.conf" >"$work/broker.log" 2>&1 &
    broker=$!
    pids+=("$broker")
    for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return; sleep 0.05; done
    fail "no broker"; cat "$work/broker.log" >&2
}
login=()
listen() { # listen FILE TOPIC...: all that comes, retained first
    local file=$1
    shift
    : >"$file"
    mosquitto_sub -h localhost -p "$port" "${login[@]}" -F '%r %t %p' $(printf -- '-t %s ' "$@") >"$file" 2>&1 &
    listener=$!
    pids+=("$listener")
}
kept() { # kept TOPIC: the retained message there, in $out
    mosquitto_sub -h localhost -p "$port" "${login[@]}" -W 1 --retained-only -C 1 -t "$1" >"$out" 2>/dev/null
}
kept_is() { kept "$1" && has "$out" "$2"; }
kept_none() { ! kept "$1"; }

broker 'allow_anonymous true'
"$AIRWAKE" sim walk --seconds 40 --nodes 2 --rate 50 --loss 0 --out "$work/walk.pcap" >/dev/null

# simulated data stays out unless it is asked for
export AIRWAKE_MQTT_HOST=127.0.0.1 AIRWAKE_MQTT_PORT=$port AIRWAKE_MQTT_OFFLINE_AFTER=6
serve --udp 0 --replay "$work/walk.pcap"
wait_for "the server says that it is there" kept_is airwake/status '^online$'
wait_for "and announces itself" kept_is homeassistant/device/airwake/server/config '"identifiers":\["airwake_server"\]'
sleep 3
check "no simulated room" kept_none homeassistant/device/airwake/room_replay-1/config
check "nor its states" kept_none airwake/room_replay-1/state
stop_server
check "it says that it goes" kept_is airwake/status '^offline$'

export AIRWAKE_MQTT_PUBLISH_SIMULATED=true
serve --udp 0 --replay "$work/walk.pcap" --loop
config=homeassistant/device/airwake/room_replay-1/config
wait_for "the room is announced" kept_is "$config" '"room'
cp "$out" "$work/config"
check "as Home Assistant wants it" python3 - "$work/config" <<'P'
import json, sys
d = json.load(open(sys.argv[1]))
assert d["device"]["identifiers"] == ["airwake_room_replay-1"] and d["device"]["via_device"] == "airwake_server"
assert d["origin"]["name"] == "airwake" and d["origin"]["sw_version"]
assert [a["topic"] for a in d["availability"]] == ["airwake/status", "airwake/room_replay-1/availability"]
assert d["availability_mode"] == "all" and d["state_topic"] == "airwake/room_replay-1/state"
c = d["components"]
assert set(c) == {"presence", "motion", "motion_score", "breathing", "heart", "fall", "persons", "signal_quality"}, set(c)
assert c["presence"]["platform"] == "binary_sensor" and c["presence"]["device_class"] == "occupancy"
assert c["breathing"]["state_class"] == "measurement" and c["breathing"]["unit_of_measurement"] == "breaths/min"
ids = [e["unique_id"] for e in c.values()]
assert len(set(ids)) == len(ids) == 8 and all(e["expire_after"] == 60 for e in c.values())
assert {k for k, e in c.items() if "'experimental': true" in e["json_attributes_template"]} == {"fall", "heart", "persons"}
assert all("None" in e["value_template"] for e in c.values() if e["platform"] == "sensor")
P
moving() { kept_is airwake/room_replay-1/state '"presence":"ON","motion":"ON"'; }
wait_for "motion arrives" moving
check "marked simulated" has "$out" '"source":"simulated"'
check "what is unknown is null with a reason, not 0" has "$out" '"breathing_bpm":null,"breathing_confidence":null,"breathing_reason":"[a-z-]+"'
link=$(mosquitto_sub -h localhost -p "$port" -W 2 --retained-only -F %t -t 'homeassistant/device/airwake/+/config' 2>/dev/null | grep link_ | head -1)
check "links are announced" test -n "$link"
check "with diagnostics only, the room has the rest" kept_is "$link" '"rssi":\{"platform"'
check "no presence of a link in a room" lacks "$out" '"occupancy"'

# once a second at most, unless the state changes
listen "$work/states" airwake/room_replay-1/state
sleep 6
kill "$listener"
n=$(wc -l <"$work/states")
check "about one state a second, not $n in 6 s" test "$n" -ge 4 -a "$n" -le 10

# rooms that people name: a device under its name, as long as there is one
room() { # room NAME: puts it, with the first link in it
    get /api/v1/links >"$out"
    name=$(grep -oE '"name":"[^"]*"' "$out" | head -1 | cut -d'"' -f4)
    curl -sSf --max-time 5 -o "$out" -X PUT "$http/api/v1/rooms/hall" -H 'Content-Type: application/json' \
        -d "{\"name\":\"$1\",\"links\":[\"$name\"]}"
}
hall=homeassistant/device/airwake/room_hall/config
check "a room is put" room Hall
wait_for "its device has its name" kept_is "$hall" '"name":"Hall"'
check "and the key in its ids" has "$out" '"unique_id":"airwake_room_hall_presence"'
wait_for "it says what its link says" kept_is airwake/room_hall/state '"presence":"ON","motion":"ON"'
wait_for "the recording's room is cleared" kept_none "$config"
check "put under another name" room Foyer
wait_for "announced under that" kept_is "$hall" '"name":"Foyer"'
alone() { # alone: a link that is in no room has presence itself
    mosquitto_sub -h localhost -p "$port" -W 1 --retained-only -t 'homeassistant/device/airwake/+/config' 2>/dev/null |
        grep '"model":"link"' | grep -c '"occupancy"' >"$out"
    has "$out" "^$1$"
}
wait_for "the link outside has presence itself, the one inside not" alone 1
check "deleted" curl -sSf --max-time 5 -X DELETE "$http/api/v1/rooms/hall"
wait_for "its discovery is cleared" kept_none "$hall"
check "so are its states" kept_none airwake/room_hall/state
wait_for "the recording's room is back" kept_is "$config" '"room'
wait_for "no link has presence itself" alone 0

# Home Assistant starts: everything is announced again
listen "$work/again" "$config"
sleep 0.5
mosquitto_pub -h localhost -p "$port" -t homeassistant/status -m online
wait_for "discovery again after its birth message" has "$work/again" "^0 $config \{"
kill "$listener"

# the broker dies and comes back, having forgotten all
kill -9 "$broker"
sleep 1
broker 'allow_anonymous true'
wait_for "the broker is found again" kept_is airwake/status '^online$'
wait_for "and told everything" kept_is "$config" '"presence"'
wait_for "states, too" kept_is airwake/room_replay-1/state '"source":"simulated"'
check "the page never stopped" get /health/live >/dev/null

# the will
listen "$work/will" airwake/status
kill -9 "$server"
wait "$server" 2>/dev/null
wait_for "the will after kill -9" has "$work/will" 'airwake/status offline$'

# what an earlier run left and this one does not see is unavailable; what must not be there goes,
# a room that was deleted meanwhile, too
mosquitto_pub -h localhost -p "$port" -r -t "$hall" -m '{"device":{"name":"Hall"}}'
serve --udp 0
wait_for "a room that is named no more is cleared" kept_none "$hall"
wait_for "the room of the earlier run is unavailable" kept_is airwake/room_replay-1/availability '^offline$'
stop_server
unset AIRWAKE_MQTT_PUBLISH_SIMULATED
serve --udp 0 --replay "$work/walk.pcap" --loop
wait_for "simulated rooms are cleared when they are switched off" kept_none "$config"
stop_server
AIRWAKE_MQTT_FORGET_AFTER=2 serve --udp 0
wait_for "what is gone for long is cleared" kept_none "$link"
stop_server
kill "$broker"

# name and password, from a file
mosquitto_passwd -b -c "$work/passwords" aw 'pass-8472'
chmod 644 "$work/passwords"
chmod 755 "$work"
port=$(free_port)
broker "password_file $work/passwords" 'allow_anonymous false'
login=(-u aw -P pass-8472)
export AIRWAKE_MQTT_PORT=$port AIRWAKE_MQTT_USERNAME=aw
AIRWAKE_MQTT_PASSWORD=wrong-1234 serve --udp 0
wait_for "a wrong password is told" has "$work/serve.log" 'refuses us.*[Nn]ot authori'
check "not shown" lacks "$work/serve.log" 'wrong-1234'
stop_server
echo 'pass-8472' >"$work/secret"
AIRWAKE_MQTT_PASSWORD_FILE=$work/secret serve --udp 0
wait_for "signed in" kept_is airwake/status '^online$'
check "the password is not shown" lacks "$work/serve.log" 'pass-8472'
stop_server
kill "$broker"
login=()

# TLS
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
chmod 644 "$work/key.pem"
port=$(free_port)
broker 'allow_anonymous true' "certfile $work/cert.pem" "keyfile $work/key.pem"
login=(--cafile "$work/cert.pem")
export AIRWAKE_MQTT_PORT=$port AIRWAKE_MQTT_HOST=localhost
unset AIRWAKE_MQTT_USERNAME
AIRWAKE_MQTT_TLS=true serve --udp 0
sleep 2
check "a certificate nobody vouches for is not trusted" kept_none airwake/status
stop_server
AIRWAKE_MQTT_CA_FILE=$work/cert.pem serve --udp 0
wait_for "over TLS" kept_is airwake/status '^online$'
stop_server
kill "$broker"
run 1 env AIRWAKE_MQTT_CA_FILE=/nowhere.pem "$AIRWAKE" serve --http-port 0 --no-udp
check "a file that is not there is named" has "$err" 'mqtt.ca_file "/nowhere.pem"'
finish
