/* /api/v1/recordings: what arrives, kept as it arrived; listed, downloaded, deleted, played again. */
#include "server/recordings.h"

#include <math.h>

static void view_row(struct aw_json *j, const struct aw_recording_row *r) {
    aw_json_open(j, '{');
    aw_json_key_str(j, "id", r->id);
    aw_json_key_str(j, "name", r->name);
    aw_json_key_str(j, "label", r->label[0] ? r->label : NULL);
    aw_json_key_str(j, "state", r->state);
    aw_json_key_str(j, "reason", r->reason[0] ? r->reason : NULL);
    aw_json_key_num(j, "started_at", (double)r->started_ms * 1e-3, 3);
    aw_json_key_num(j, "ended_at", r->ended_ms ? (double)r->ended_ms * 1e-3 : (double)NAN, 3);
    static const char *const counts[] = {"packets", "bytes", "lost"};
    const int64_t values[] = {r->packets, r->bytes, r->lost};
    for (int i = 0; i < 3; i++) {
        aw_json_key(j, counts[i]);
        if (r->cut)
            aw_json_null(j);
        else
            aw_json_int(j, values[i]);
    }
    aw_json_key(j, "simulated");
    if (r->cut)
        aw_json_null(j);
    else
        aw_json_bool(j, r->simulated);
    aw_json_key(j, "replaying");
    aw_json_bool(j, r->replaying);
    aw_json_close(j, '}');
}

static const struct aw_recording_view ours = {view_row, NULL, 201};

static int get_list(struct aw_request *r) {
    return aw_recordings_list(r, &ours);
}

static int get_one(struct aw_request *r) {
    return aw_recordings_one(r, &ours, r->param[0]);
}

static int post_start(struct aw_request *r) {
    struct aw_recording_order order = {"", "", 0};
    if (aw_request_string(r, "name", 63, &order.name) == AW_GIVEN_BAD)
        return aw_answer_range(r, "name", "text of 1 to 63 bytes");
    if (aw_request_string(r, "label", 63, &order.label) == AW_GIVEN_BAD)
        return aw_answer_range(r, "label", "text of 1 to 63 bytes");
    if (aw_request_number(r, "max_s", 1, 604800, &order.max_s) == AW_GIVEN_BAD)
        return aw_answer_range(r, "max_s", "1..604800");
    return aw_recordings_start(r, &ours, &order);
}

static int post_stop(struct aw_request *r) {
    return aw_recordings_stop(r, &ours, r->param[0]);
}

static int get_data(struct aw_request *r) {
    return aw_recordings_data(r, r->param[0]);
}

static int delete_one(struct aw_request *r) {
    return aw_recordings_delete(r, &ours, r->param[0]);
}

static int post_replay(struct aw_request *r) {
    double speed = 1;
    if (aw_request_number(r, "speed", 0.01, 1000, &speed) == AW_GIVEN_BAD)
        return aw_answer_range(r, "speed", "0.01..1000");
    return aw_recordings_replay(r, &ours, r->param[0], speed);
}

static int delete_replay(struct aw_request *r) {
    return aw_recordings_replay_stop(r, r->param[0]);
}

static const struct aw_route routes[] = {
    {"GET", "/api/v1/recordings", AW_SCOPE_READ, get_list},
    {"POST", "/api/v1/recordings", AW_SCOPE_CONTROL, post_start},
    {"GET", "/api/v1/recordings/{id}", AW_SCOPE_READ, get_one},
    {"DELETE", "/api/v1/recordings/{id}", AW_SCOPE_CONTROL, delete_one},
    {"POST", "/api/v1/recordings/{id}/stop", AW_SCOPE_CONTROL, post_stop},
    {"GET", "/api/v1/recordings/{id}/data", AW_SCOPE_READ, get_data},
    {"POST", "/api/v1/recordings/{id}/replay", AW_SCOPE_CONTROL, post_replay},
    {"DELETE", "/api/v1/recordings/{id}/replay", AW_SCOPE_CONTROL, delete_replay},
};
const struct aw_route_table aw_routes_recordings = {routes, sizeof routes / sizeof routes[0]};
