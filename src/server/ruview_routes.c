/* The routes of RuView's server that its web page, phone app and scripts call. What cannot be done
 * here says so with a real status: their page takes any 200 for success. */
#include "server/route.h"
#include "server/ruview_view.h"

static int get_status(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_status, r->http);
}

static int get_nodes(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_nodes, r->http);
}

static int get_vital_signs(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_vital_signs, r->http);
}

static int get_edge_vitals(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_edge_vitals, r->http);
}

static int get_introspection(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_introspection, r->http);
}

static int get_pose_current(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_pose_current, r->http);
}

static int get_pose_stats(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_pose_stats, r->http);
}

static int get_zones(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_zones, r->http);
}

static int get_stream_status(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_stream_status, r->http);
}

static int get_health(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_health, r->http);
}

static int get_metrics(struct aw_request *r) {
    return aw_answer_json(r, 200, aw_ruview_metrics, r->http);
}

struct empty {
    const char *list, *reason;
};

static void write_empty(struct aw_json *j, void *arg) {
    const struct empty *e = arg;
    aw_json_open(j, '{');
    aw_json_key(j, e->list);
    aw_json_open(j, '[');
    aw_json_close(j, ']');
    aw_json_key(j, "reason");
    aw_json_str(j, e->reason);
    aw_json_close(j, '}');
}

static const char no_models[] = "there are no adapters of this kind";
static const char no_training[] = "models are not trained here: see training/ of the sources";

static int get_lora(struct aw_request *r) {
    return aw_answer_json(r, 200, write_empty, &(struct empty){"profiles", no_models});
}

static int cannot_load(struct aw_request *r) {
    return aw_answer_problem(r, 501, no_models);
}

static int cannot_train(struct aw_request *r) {
    return aw_answer_problem(r, 501, no_training);
}

static void write_training(struct aw_json *j, void *arg) {
    (void)arg;
    static const char *const unknown[] = {"config",     "epoch",    "total_epochs",
                                          "train_loss", "val_pck",  "val_oks",
                                          "lr",         "best_pck", "best_epoch"};
    aw_json_open(j, '{');
    aw_json_key(j, "status");
    aw_json_str(j, "idle");
    aw_json_key(j, "active");
    aw_json_bool(j, false);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        aw_json_key(j, unknown[i]);
        aw_json_null(j);
    }
    aw_json_key(j, "reason");
    aw_json_str(j, no_training);
    aw_json_close(j, '}');
}

static int get_training(struct aw_request *r) {
    return aw_answer_json(r, 200, write_training, NULL);
}

static const struct aw_route routes[] = {
    {"GET", "/health/health", AW_SCOPE_OPEN, get_health},
    {"GET", "/health/metrics", AW_SCOPE_OPEN, get_metrics},
    {"GET", "/api/v1/metrics", AW_SCOPE_READ, get_metrics},
    {"GET", "/api/v1/status", AW_SCOPE_READ, get_status},
    {"GET", "/api/v1/nodes", AW_SCOPE_READ, get_nodes},
    {"GET", "/api/v1/vital-signs", AW_SCOPE_READ, get_vital_signs},
    {"GET", "/api/v1/edge-vitals", AW_SCOPE_READ, get_edge_vitals},
    {"GET", "/api/v1/introspection/snapshot", AW_SCOPE_READ, get_introspection},
    {"GET", "/api/v1/pose/status", AW_SCOPE_READ, get_status},
    {"GET", "/api/v1/pose/current", AW_SCOPE_READ, get_pose_current},
    {"GET", "/api/v1/pose/stats", AW_SCOPE_READ, get_pose_stats},
    {"GET", "/api/v1/pose/zones/summary", AW_SCOPE_READ, get_zones},
    {"GET", "/api/v1/stream/status", AW_SCOPE_READ, get_stream_status},
    {"GET", "/api/v1/models/lora/profiles", AW_SCOPE_READ, get_lora},
    {"POST", "/api/v1/models/lora/activate", AW_SCOPE_CONTROL, cannot_load},
    {"GET", "/api/v1/train/status", AW_SCOPE_READ, get_training},
    {"POST", "/api/v1/train/start", AW_SCOPE_CONTROL, cannot_train},
    {"POST", "/api/v1/train/stop", AW_SCOPE_CONTROL, cannot_train},
    {"POST", "/api/v1/train/pretrain", AW_SCOPE_CONTROL, cannot_train},
    {"POST", "/api/v1/train/lora", AW_SCOPE_CONTROL, cannot_train},
};
const struct aw_route_table aw_routes_ruview = {routes, sizeof routes / sizeof routes[0]};
