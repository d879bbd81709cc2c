/* The models in use, and those that were refused, with their cards. */
#include "server/models.h"
#include "server/route.h"
#include "server/services.h"

#include <math.h>

static const struct aw_models *models_of(const struct aw_http *h) {
    return h->services ? h->services->models : NULL;
}

/* A JSON value as it is, null what JSON cannot say. */
static void value(struct aw_json *j, const cJSON *v) {
    const cJSON *c;
    if (cJSON_IsObject(v) || cJSON_IsArray(v)) {
        char bracket[2] = {cJSON_IsObject(v) ? '{' : '[', cJSON_IsObject(v) ? '}' : ']'};
        aw_json_open(j, bracket[0]);
        cJSON_ArrayForEach(c, v) {
            if (cJSON_IsObject(v)) aw_json_key(j, c->string ? c->string : "");
            value(j, c); /* at most as deep as aw_model_read_card() allows */
        }
        aw_json_close(j, bracket[1]);
    } else if (cJSON_IsNumber(v)) {
        bool whole = v->valuedouble == floor(v->valuedouble) && fabs(v->valuedouble) < 1e15;
        aw_json_num(j, v->valuedouble, whole ? 0 : 6);
    } else if (cJSON_IsBool(v)) {
        aw_json_bool(j, cJSON_IsTrue(v));
    } else {
        aw_json_str(j, cJSON_IsString(v) ? v->valuestring : NULL);
    }
}

/* What both the list and the one say. */
static void facts(struct aw_json *j, const struct aw_models *m, int i) {
    const struct aw_model *model = aw_models_get(m, i);
    const char *refused = aw_models_refused(m, i);
    struct aw_models_stats s;
    aw_models_stats(m, i, &s);
    aw_json_key_str(j, "id", aw_models_name(m, i)); /* RuView's name */
    aw_json_key_str(j, "name", aw_models_name(m, i));
    aw_json_key_str(j, "state", refused ? "refused" : "loaded");
    aw_json_key_str(j, "reason", refused);
    aw_json_key_str(j, "version", model->version[0] ? model->version : NULL);
    aw_json_key_str(j, "task", model->task ? model->task->name : NULL);
    if (refused)
        aw_json_key_null(j, "experimental");
    else
        aw_json_key_bool(j, "experimental", model->experimental);
    if (model->bytes.len)
        aw_json_key_uint(j, "size_bytes", model->bytes.len);
    else
        aw_json_key_null(j, "size_bytes");
    aw_json_key_str(j, "backend", refused ? NULL : aw_models_backend(m));
    aw_json_key_uint(j, "runs", s.runs);
    aw_json_key_uint(j, "failed", s.failed);
    aw_json_key_uint(j, "skipped", s.skipped);
    aw_json_key_num(j, "mean_ms", s.runs ? s.sum_s * 1e3 / (double)s.runs : (double)NAN, 3);
    aw_json_key_str(j, "quality_meaning", refused ? NULL : model->task->quality_meaning);
}

static void list(struct aw_json *j, void *arg) {
    const struct aw_models *m = models_of(arg);
    aw_json_open(j, '{');
    aw_json_key(j, "models");
    aw_json_open(j, '[');
    for (int i = 0; i < aw_models_count(m); i++) {
        aw_json_open(j, '{');
        facts(j, m, i);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_key_str(j, "reason",
                    m ? NULL
                      : "this server runs no models: models.use names none; airwake model runs one "
                        "on a recording");
    aw_json_key_str(j, "backend_reason",
                    *aw_models_backend_why(m) ? aw_models_backend_why(m) : NULL);
    aw_json_close(j, '}');
}

struct one {
    const struct aw_models *m;
    int i;
};

static void detail(struct aw_json *j, void *arg) {
    const struct one *one = arg;
    aw_json_open(j, '{');
    facts(j, one->m, one->i);
    aw_json_key(j, "card");
    value(j, aw_models_get(one->m, one->i)->card);
    aw_json_close(j, '}');
}

static int get_models(struct aw_request *r) {
    return aw_answer_json(r, 200, list, r->http);
}

static int get_model(struct aw_request *r) {
    struct one one = {models_of(r->http), aw_models_find(models_of(r->http), r->param[0])};
    if (one.i < 0) return aw_answer_problem(r, 404, "there is no model of this name");
    return aw_answer_json(r, 200, detail, &one);
}

/* ---- As RuView's page asks ------------------------------------------------------------------- */

static int in_use(const struct aw_models *m) {
    for (int i = 0; i < aw_models_count(m); i++)
        if (!aw_models_refused(m, i)) return i;
    return -1;
}

static void active(struct aw_json *j, void *arg) {
    const struct aw_models *m = models_of(arg);
    int i = in_use(m);
    struct aw_models_stats s;
    if (i < 0) {
        aw_json_null(j); /* their page shows a phantom for anything else */
        return;
    }
    aw_models_stats(m, i, &s);
    aw_json_open(j, '{');
    aw_json_key_str(j, "model_id", aw_models_name(m, i));
    aw_json_key_num(j, "avg_inference_ms", s.runs ? s.sum_s * 1e3 / (double)s.runs : (double)NAN,
                    3);
    aw_json_key_uint(j, "frames_processed", s.runs);
    aw_json_close(j, '}');
}

static void info(struct aw_json *j, void *arg) {
    const struct aw_models *m = models_of(arg);
    int i = in_use(m);
    aw_json_open(j, '{');
    aw_json_key_str(j, "status", i < 0 ? "no_model" : "loaded");
    if (i < 0) {
        aw_json_key_str(j, "message", "no model is in use: see models.use");
    } else {
        aw_json_key(j, "container");
        aw_json_open(j, '{');
        facts(j, m, i);
        aw_json_close(j, '}');
    }
    aw_json_close(j, '}');
}

static int get_active(struct aw_request *r) {
    return aw_answer_json(r, 200, active, r->http);
}

static int get_info(struct aw_request *r) {
    return aw_answer_json(r, 200, info, r->http);
}

static int cannot_switch(struct aw_request *r) {
    return aw_answer_problem(r, 501,
                             "models are named in the settings (models.use), by whoever runs the "
                             "server, and used from its start to its end");
}

static int cannot_delete(struct aw_request *r) {
    if (aw_models_find(models_of(r->http), r->param[0]) < 0)
        return aw_answer_problem(r, 404, "there is no model of this name");
    return aw_answer_problem(r, 501, "files of models are not deleted here");
}

static const struct aw_route routes[] = {
    {"GET", "/api/v1/models", AW_SCOPE_READ, get_models},
    {"GET", "/api/v1/models/active", AW_SCOPE_READ, get_active},
    {"POST", "/api/v1/models/load", AW_SCOPE_CONTROL, cannot_switch},
    {"POST", "/api/v1/models/unload", AW_SCOPE_CONTROL, cannot_switch},
    {"GET", "/api/v1/models/{id}", AW_SCOPE_READ, get_model},
    {"DELETE", "/api/v1/models/{id}", AW_SCOPE_CONTROL, cannot_delete},
    {"GET", "/api/v1/model/info", AW_SCOPE_READ, get_info},
};
const struct aw_route_table aw_routes_models = {routes, sizeof routes / sizeof routes[0]};
