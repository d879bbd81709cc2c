/* RuView's /api/v1/recording/...: its web page's names for our recordings. */
#include "server/recordings.h"

#include <math.h>
#include <string.h>
#include <time.h>

static void key_time(struct aw_json *j, const char *key, int64_t ms) {
    char text[32];
    time_t s = (time_t)(ms / 1000);
    struct tm utc;
    bool known = ms > 0 && gmtime_r(&s, &utc);
    if (known) strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    aw_json_key_str(j, key, known ? text : NULL);
}

/* Their page wants frame_count, file_size_bytes, started_at and ended_at; their server says frames,
 * size_bytes, modified_epoch and status. A record of a pcap is a datagram, not always a frame. */
static void view_row(struct aw_json *j, const struct aw_recording_row *r) {
    double frames = r->cut ? (double)NAN : (double)r->packets;
    double bytes = r->cut ? (double)NAN : (double)r->bytes;
    aw_json_open(j, '{');
    aw_json_key_str(j, "id", r->id);
    aw_json_key_str(j, "name", r->name);
    aw_json_key_str(j, "label", r->label[0] ? r->label : NULL);
    aw_json_key_num(j, "frame_count", frames, 0);
    aw_json_key_num(j, "frames", frames, 0);
    aw_json_key_num(j, "file_size_bytes", bytes, 0);
    aw_json_key_num(j, "size_bytes", bytes, 0);
    key_time(j, "started_at", r->started_ms);
    key_time(j, "ended_at", r->ended_ms);
    aw_json_key_num(j, "modified_epoch", r->ended_ms ? (double)(r->ended_ms / 1000) : (double)NAN,
                    0);
    aw_json_key_str(j, "status", strcmp(r->state, "complete") == 0 ? "completed" : r->state);
    aw_json_close(j, '}');
}

static void open_success(struct aw_json *j, const char *key, const char *id) {
    aw_json_open(j, '{');
    aw_json_key(j, "success");
    aw_json_bool(j, true);
    aw_json_key_str(j, key, id);
}

/* Of a recording begun or ended. */
static void view_change(struct aw_json *j, const struct aw_recording_row *r) {
    open_success(j, "recording_id", r->id);
    if (r->ended_ms)
        aw_json_key_num(j, "duration_secs", (double)((r->ended_ms - r->started_ms) / 1000), 0);
    aw_json_close(j, '}');
}

static void view_deleted(struct aw_json *j, const struct aw_recording_row *r) {
    open_success(j, "deleted", r->id);
    aw_json_close(j, '}');
}

static const struct aw_recording_view listed = {view_row, NULL, 200};
static const struct aw_recording_view changed = {view_change, view_deleted, 200};

static int get_list(struct aw_request *r) {
    return aw_recordings_list(r, &listed);
}

/* `id` of theirs, which named the file, is taken for a name: ids are given here. */
static int post_start(struct aw_request *r) {
    struct aw_recording_order order = {"", "", 0};
    const char *id = "";
    if (aw_request_string(r, "session_name", 63, &order.name) == AW_GIVEN_BAD)
        return aw_answer_range(r, "session_name", "text of 1 to 63 bytes");
    if (aw_request_string(r, "id", 63, &id) == AW_GIVEN_BAD)
        return aw_answer_range(r, "id", "text of 1 to 63 bytes");
    if (!order.name[0]) order.name = id;
    if (aw_request_string(r, "label", 63, &order.label) == AW_GIVEN_BAD)
        return aw_answer_range(r, "label", "text of 1 to 63 bytes");
    if (aw_request_number(r, "duration_secs", 1, 604800, &order.max_s) == AW_GIVEN_BAD)
        return aw_answer_range(r, "duration_secs", "1..604800");
    return aw_recordings_start(r, &changed, &order);
}

static int post_stop(struct aw_request *r) {
    return aw_recordings_stop(r, &changed, NULL);
}

static int get_download(struct aw_request *r) {
    return aw_recordings_data(r, r->param[0]);
}

static int delete_one(struct aw_request *r) {
    return aw_recordings_delete(r, &changed, r->param[0]);
}

static const struct aw_route routes[] = {
    {"GET", "/api/v1/recording/list", AW_SCOPE_READ, get_list},
    {"POST", "/api/v1/recording/start", AW_SCOPE_CONTROL, post_start},
    {"POST", "/api/v1/recording/stop", AW_SCOPE_CONTROL, post_stop},
    {"GET", "/api/v1/recording/download/{id}", AW_SCOPE_READ, get_download},
    {"DELETE", "/api/v1/recording/{id}", AW_SCOPE_CONTROL, delete_one},
};
const struct aw_route_table aw_routes_ruview_recordings = {routes,
                                                           sizeof routes / sizeof routes[0]};
