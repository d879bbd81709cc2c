/* GET and PATCH /api/v1/config: what is set, and changing what can be changed while running. A
 * change lasts until the server ends; the file is never written. */
#include "server/log.h"
#include "server/route.h"
#include "server/services.h"
#include "server/tune.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const origins[] = {"default", "file", "environment", "flag", "api"};

static void write_value(struct aw_json *j, const struct aw_settings *s,
                        const struct aw_setting *d) {
    const void *member = (const char *)s + d->offset;
    if (d->traits & AW_SET_SECRET) {
        aw_json_null(j);
        return;
    }
    switch (d->kind) {
    case AW_SETTING_BOOL:
        aw_json_bool(j, *(const bool *)member);
        break;
    case AW_SETTING_INT:
        aw_json_int(j, *(const int64_t *)member);
        break;
    case AW_SETTING_FLOAT:
        aw_json_num(j, *(const double *)member, 6);
        break;
    case AW_SETTING_NETS:
    case AW_SETTING_LIST: {
        const struct aw_setting_list *list = member;
        aw_json_open(j, '[');
        for (int i = 0; i < list->n; i++) aw_json_str(j, list->item[i]);
        aw_json_close(j, ']');
        break;
    }
    case AW_SETTING_PORTS: {
        const struct aw_setting_ports *ports = member;
        aw_json_open(j, '[');
        for (int i = 0; i < ports->n; i++) aw_json_uint(j, ports->port[i]);
        aw_json_close(j, ']');
        break;
    }
    default:
        aw_json_str(j, member);
    }
}

static void write_config(struct aw_json *j, void *arg) {
    const struct aw_settings *s = arg;
    aw_json_open(j, '{');
    aw_json_key(j, "file");
    aw_json_str(j, *s->file ? s->file : NULL);
    aw_json_key(j, "settings");
    aw_json_open(j, '[');
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        const struct aw_setting *d = &aw_setting_table[i];
        char allowed[256];
        aw_setting_allowed(d, allowed, sizeof allowed);
        aw_json_open(j, '{');
        aw_json_key(j, "key");
        aw_json_str(j, d->key);
        aw_json_key(j, "value");
        write_value(j, s, d);
        if (d->traits & AW_SET_SECRET) {
            aw_json_key(j, "is_set");
            aw_json_bool(j, *((const char *)s + d->offset) != '\0');
        }
        aw_json_key(j, "origin");
        aw_json_str(j, origins[s->origin[i]]);
        aw_json_key(j, "live");
        aw_json_bool(j, d->traits & AW_SET_LIVE);
        aw_json_key(j, "allowed");
        aw_json_str(j, allowed);
        aw_json_key(j, "what");
        aw_json_str(j, d->doc);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}

static int get_config(struct aw_request *r) {
    const struct aw_services *services = r->http->services;
    if (!services || !services->tune)
        return aw_answer_problem(r, 503, "this server runs without settings");
    return aw_answer_json(r, 200, write_config, &services->tune->now);
}

/* JSON of the kind's own type as text; false: another type. */
static bool as_text(const cJSON *value, enum aw_setting_kind kind, char number[32],
                    const char **text) {
    bool is_number = kind == AW_SETTING_INT || kind == AW_SETTING_FLOAT || kind == AW_SETTING_PORTS;
    *text = number;
    if (kind == AW_SETTING_BOOL) {
        *text = cJSON_IsTrue(value) ? "true" : "false";
        return cJSON_IsBool(value);
    }
    if (is_number) {
        snprintf(number, 32, "%.15g", value->valuedouble);
        return cJSON_IsNumber(value);
    }
    *text = value->valuestring;
    return cJSON_IsString(value);
}

static bool put(struct aw_settings *s, enum aw_setting_id id, const cJSON *value,
                struct aw_complaints *c) {
    enum aw_setting_kind kind = aw_setting_table[id].kind;
    const char *items[AW_SETTING_ITEMS + 1];
    char numbers[AW_SETTING_ITEMS + 1][32];
    int n = 0;
    if (!aw_setting_is_list(&aw_setting_table[id]))
        return as_text(value, kind, numbers[0], items) &&
               aw_settings_put(s, id, items, 1, AW_FROM_API, "PATCH", c);
    if (!cJSON_IsArray(value)) return false;
    for (const cJSON *i = value->child; i && n <= AW_SETTING_ITEMS; i = i->next, n++)
        if (!as_text(i, kind, numbers[n], &items[n])) return false;
    return aw_settings_put(s, id, items, n, AW_FROM_API, "PATCH", c);
}

/* All or nothing. */
static int patch_config(struct aw_request *r) {
    static struct aw_settings next; /* large; the loop thread's */
    static struct aw_complaints c;
    const struct aw_services *services = r->http->services;
    if (!services || !services->tune)
        return aw_answer_problem(r, 503, "this server runs without settings");
    if (!r->json)
        return aw_answer_problem(r, 400, "the body is to be an object of keys and values");
    next = services->tune->now;
    for (const cJSON *i = r->json->child; i; i = i->next) {
        enum aw_setting_id id = aw_setting_find(i->string);
        char text[256];
        if (id == AW_SETTING_COUNT)
            return aw_answer_range(r, i->string, "one of the keys of GET /api/v1/config");
        if (!(aw_setting_table[id].traits & AW_SET_LIVE)) {
            snprintf(text, sizeof text, "%s needs a restart: set it in the file", i->string);
            return aw_answer_problem(r, 409, text);
        }
        c.n = 0;
        if (!put(&next, id, i, &c)) {
            aw_setting_allowed(&aw_setting_table[id], text, sizeof text);
            return aw_answer_range(r, i->string, text);
        }
    }
    char changed[512], restart[512];
    aw_tune_to(services->tune, &next, changed, restart, sizeof changed);
    if (*changed) aw_log(AW_LOG_INFO, "changed by the API: %s", changed);
    return get_config(r);
}

static const struct aw_route routes[] = {
    {"GET", "/api/v1/config", AW_SCOPE_READ, get_config},
    {"PATCH", "/api/v1/config", AW_SCOPE_ADMIN, patch_config},
};
const struct aw_route_table aw_routes_config = {routes, sizeof routes / sizeof routes[0]};
