# Named rooms: state from their own links, zones that can be known and that cannot, kept over runs.
. "$(dirname "$0")/lib.sh"
"$AIRWAKE" sim walk --seconds 60 --rate 50 --out "$work/walk.pcap" >/dev/null
"$AIRWAKE" sim empty --seconds 60 --rate 50 --hw intel5300 --out "$work/empty.pcap" >/dev/null
play() { serve --udp 0 --replay "$work/walk.pcap" --replay "$work/empty.pcap" --speed 3 --loop; }
put() { # put STATUS ID BODY
    code=$(curl -sS --max-time 5 -o "$out" -w '%{http_code}' -X PUT "$http/api/v1/rooms/$2" \
        -H 'Content-Type: application/json' -d "$3")
    check "PUT $2 $3: $1, not $code $(cat "$out")" test "$code" = "$1"
}
refused() { # refused FIELD BODY
    put 422 bad "$2"
    check "names $1" has "$out" "\"field\":\"$1\""
}
state() { # state ROOM STATE: the room of this id is seen in that state
    get "/api/v1/rooms/$1" >"$out"
    has "$out" "\"sensing\":\{\"room\":\"$1\",.*\"source\":\"simulated\",.*\"state\":$2,"
}
zone() { get /api/v1/zones >"$out"; has "$out" "\"id\":\"$1\",[^}]*\"state\":$2,.*"; }

play
wait_for "the walker's own room" state replay-1 '"moving"'
wait_for "the empty one" state replay-2 '"empty"'
get /api/v1/rooms >"$out"
check "default is there without links" has "$out" '\{"id":"default","name":"Room","size_m":null,"links":\[\],"nodes":\[\],"zones":\[\],"configured":false,"sensing":null,"reason":"no-frames"\}'
get /api/v1/links >"$out"
mapfile -t names < <(sed 's/"sources".*//' "$out" | grep -oE '"name":"[^"]*"' | cut -d'"' -f4)
check "two links of two names: ${names[*]}" test "${#names[@]}" = 2 -a "${names[0]}" != "${names[1]}"
a=${names[0]} b=${names[1]}

put 201 hall "{\"name\":\"Hall\",\"size_m\":[5,4,2.5],\"links\":[\"$a\"],\"zones\":[
  {\"id\":\"floor\",\"min_m\":[0,0],\"max_m\":[5,4]},
  {\"id\":\"door\",\"min_m\":[4,0],\"max_m\":[5,1],\"links\":[\"$a\"]},
  {\"id\":\"corner\",\"min_m\":[0,0],\"max_m\":[1,1]}]}"
put 201 study "{\"links\":[\"$b\"]}"
wait_for "motion in the hall" state hall '"moving"'
wait_for "none in the study" state study '"empty"'
wait_for "the whole floor is the room" zone floor '"moving"'
check "the door is its link's, and experimental" has "$out" '"id":"door",[^}]*"state":"moving",[^}]*"state_experimental":true'
check "the corner cannot be known" has "$out" '"id":"corner",[^}]*"state":null,"state_confidence":null,"state_reason":"not-located"'
get /api/v1/sensing/latest >"$out"
check "rooms of the recordings are gone" lacks "$out" '"room":"replay-'
check "a calibration knows the room" curl -sSf --max-time 5 -o "$out" "$http/api/v1/calibration" \
    -H 'Content-Type: application/json' -d '{"room":"study","take":"empty","seconds":10}'
check "of its one link" has "$out" '"room":"study",[^}]*"status":"collecting","links":1'

# both in one: what moves outweighs what does not
put 200 study '{"links":[]}'
put 200 hall "{\"links\":[\"$a\",\"$b\"]}"
both() { get /api/v1/rooms/hall >"$out"; has "$out" '"links":2,.*"state":"moving"'; }
wait_for "two links in one room" both

refused 'links\[0\]' "{\"links\":[\"$a\"]}"
check "says where it is" has "$out" 'this one is in hall'
refused 'links\[1\]' '{"links":["x","x"]}'
refused 'nodes\[0\].position_m' '{"nodes":[{"name":"n","position_m":[1,2]}]}'
refused 'zones\[0\].max_m' '{"zones":[{"id":"z","min_m":[1,1],"max_m":[1,2]}]}'
refused 'zones\[0\].links' '{"zones":[{"id":"z","min_m":[0,0],"max_m":[1,2],"links":["x"]}]}'
refused 'zones\[1\].id' '{"zones":[{"id":"z","min_m":[0,0],"max_m":[1,2]},{"id":"z","min_m":[0,0],"max_m":[1,2]}]}'
refused size_m '{"size_m":[0,1,1]}'
refused colour '{"colour":"red"}'
put 422 Bad '{}'
stop_server

play
wait_for "rooms outlive the program" both
for room in hall study; do
    check "forgotten" curl -sSf --max-time 5 -X DELETE "$http/api/v1/rooms/$room"
done
wait_for "the rooms of the recordings are back" state replay-1 '"moving"'
stop_server
check "nothing left in the file" has "$STATE_DIRECTORY/rooms.json" '"content":\[\]'
finish
