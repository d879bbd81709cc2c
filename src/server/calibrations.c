#include "server/calibrations.h"

#include "base/units.h"
#include "server/engine.h"
#include "server/services.h"

#include <math.h>
#include <string.h>

static const int64_t FOLLOW_NS =
    3600 * AW_S; /* they follow the room slowly: 10 minutes' constant */

static double number(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsNumber(v) ? v->valuedouble : NAN;
}

static uint32_t seconds(const cJSON *o, const char *key) {
    double v = number(o, key);
    return v >= 0 && v <= 1e6 ? (uint32_t)v : 0;
}

static bool origin_of(const char *key, enum aw_origin_kind *kind) {
    for (int i = AW_SOURCE_LIVE; key && i <= AW_SOURCE_SIMULATED; i++) {
        *kind = (enum aw_origin_kind)i;
        if (strcmp(key, aw_origin_kind_key(*kind)) == 0) return true;
    }
    return false;
}

static bool read_one(const cJSON *o, struct aw_calibration_kept *k) {
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "name"));
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(o, "values");
    double at_s = number(o, "calibrated_s");
    *k = (struct aw_calibration_kept){0};
    if (!name || strlen(name) >= sizeof k->name || !(at_s > 0 && at_s < 1e11)) return false;
    if (!origin_of(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, "source")), &k->origin))
        return false;
    memcpy(k->name, name, strlen(name));
    k->calibrated_ns = (int64_t)(at_s * 1e9);
    k->saved.report =
        (struct aw_calibration_report){.verdict = AW_CALIBRATION_ARMED,
                                       .empty_s = seconds(o, "empty_s"),
                                       .occupied_s = seconds(o, "walk_s"),
                                       .still_s = seconds(o, "still_s"),
                                       .moved = (float)number(o, "moved"),
                                       .overlap = (float)number(o, "overlap"),
                                       .still_overlap = (float)number(o, "still_overlap"),
                                       .restored = true};
    for (int i = 0; i < AW_CALIBRATION_VALUES; i++) {
        const cJSON *v = cJSON_GetArrayItem(values, i);
        k->saved.value[i] = cJSON_IsNumber(v) ? (float)v->valuedouble : NAN;
    }
    return true;
}

static void add_number(cJSON *o, const char *key, double v) {
    if (isfinite(v))
        cJSON_AddNumberToObject(o, key, v);
    else
        cJSON_AddNullToObject(o, key);
}

static cJSON *write_one(const struct aw_calibration_kept *k) {
    const struct aw_calibration_report *r = &k->saved.report;
    cJSON *o = cJSON_CreateObject(), *values = cJSON_CreateArray();
    cJSON_AddStringToObject(o, "name", k->name);
    cJSON_AddStringToObject(o, "source", aw_origin_kind_key(k->origin));
    add_number(o, "calibrated_s", (double)k->calibrated_ns * 1e-9);
    add_number(o, "empty_s", r->empty_s);
    add_number(o, "walk_s", r->occupied_s);
    add_number(o, "still_s", r->still_s);
    add_number(o, "moved", (double)r->moved);
    add_number(o, "overlap", (double)r->overlap);
    add_number(o, "still_overlap", (double)r->still_overlap);
    for (int i = 0; i < AW_CALIBRATION_VALUES; i++) {
        double v = (double)k->saved.value[i];
        cJSON_AddItemToArray(values, isfinite(v) ? cJSON_CreateNumber(v) : cJSON_CreateNull());
    }
    cJSON_AddItemToObject(o, "values", values);
    return o;
}

static void save(struct aw_calibrations *c, int64_t now_ns) {
    c->dirty = false;
    c->saved_ns = now_ns;
    if (!c->path[0]) return;
    cJSON *all = cJSON_CreateArray();
    for (uint32_t i = 0; i < c->n; i++) cJSON_AddItemToArray(all, write_one(&c->kept[i]));
    if (aw_keep_save(c->path, all, c->why, sizeof c->why)) c->why[0] = '\0';
    cJSON_Delete(all);
}

void aw_calibrations_open(struct aw_calibrations *c, const char *dir,
                          struct aw_services *services) {
    memset(c, 0, sizeof *c);
    c->services = services;
    if (!dir || !dir[0]) return;
    if (!aw_keep_path(dir, "calibrations.json", c->path, c->why, sizeof c->why)) {
        c->path[0] = '\0';
        return;
    }
    cJSON *all = aw_keep_load(c->path, c->why, sizeof c->why);
    const cJSON *one;
    cJSON_ArrayForEach(one, all) {
        if (c->n < AW_CALIBRATIONS && read_one(one, &c->kept[c->n])) c->n++;
    }
    cJSON_Delete(all);
}

void aw_calibrations_close(struct aw_calibrations *c) {
    if (c->n || c->dirty) save(c, 0);
}

static struct aw_calibration_kept *find(struct aw_calibrations *c, const char *name,
                                        enum aw_origin_kind origin) {
    for (uint32_t i = 0; i < c->n; i++)
        if (c->kept[i].origin == origin && strcmp(c->kept[i].name, name) == 0) return &c->kept[i];
    return NULL;
}

/* A place for one more; the oldest gives way. */
static struct aw_calibration_kept *place(struct aw_calibrations *c) {
    if (c->n < AW_CALIBRATIONS) return &c->kept[c->n++];
    struct aw_calibration_kept *oldest = c->kept;
    for (uint32_t i = 1; i < c->n; i++)
        if (c->kept[i].calibrated_ns < oldest->calibrated_ns) oldest = &c->kept[i];
    return oldest;
}

static void keep(struct aw_calibrations *c, struct aw_calibration_kept *k, const struct aw_msg *m) {
    if (!k) {
        k = place(c);
        *k = (struct aw_calibration_kept){.origin = m->origin};
        memcpy(k->name, m->link_info.name, sizeof k->name);
    }
    c->dirty = c->dirty || k->calibrated_ns != m->link_info.calibrated_ns;
    k->calibrated_ns = m->link_info.calibrated_ns;
    k->saved = m->link_info.calibration;
    k->link = m->link;
    k->serial = m->link_info.info.serial;
}

static bool shares_name(const struct aw_board *b, const struct aw_msg *m) {
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++) {
        const struct aw_board_link *l = &b->links[i];
        if (l->used && l->id != m->link && l->origin == m->origin &&
            strcmp(l->name, m->link_info.name) == 0)
            return true;
    }
    return false;
}

static void give_back(struct aw_calibrations *c, const struct aw_board *b,
                      struct aw_calibration_kept *k, const struct aw_msg *m) {
    uint32_t serial = m->link_info.info.serial;
    if (k->asked_link == m->link && k->asked_serial == serial) return;
    if (!c->services->engine || shares_name(b, m)) return;
    static struct aw_command command; /* large, and only the loop thread comes here */
    command = (struct aw_command){.kind = AW_COMMAND_RESTORE,
                                  .saved = k->saved,
                                  .calibrated_ns = k->calibrated_ns,
                                  .serial = serial,
                                  .n_links = 1,
                                  .links = {m->link}};
    if (!aw_engine_ask(c->services->engine, &command)) return; /* next second */
    k->asked_link = m->link;
    k->asked_serial = serial;
}

static void hear(void *ctx, const struct aw_board *b, const struct aw_msg *m) {
    if (m->kind != AW_MSG_LINK) return;
    struct aw_calibrations *c = ctx;
    const struct aw_calibration_report *r = &m->link_info.calibration.report;
    struct aw_calibration_kept *k = find(c, m->link_info.name, m->origin);
    if (m->link_info.take_left_s || r->collecting) return;
    if (r->verdict == AW_CALIBRATION_ARMED) {
        keep(c, k, m);
    } else if (k && k->link == m->link && k->serial == m->link_info.info.serial) {
        *k = c->kept[--c->n]; /* cleared, or a new take refused it */
        c->dirty = true;
    } else if (k && r->verdict == AW_CALIBRATION_NONE) {
        give_back(c, b, k, m);
    }
}

static void second(void *ctx, const struct aw_board *b, int64_t now_ns) {
    struct aw_calibrations *c = ctx;
    (void)b;
    if (c->saved_ns == 0) c->saved_ns = now_ns;
    if (c->dirty || (c->n && now_ns - c->saved_ns > FOLLOW_NS)) save(c, now_ns);
}

struct aw_sink aw_calibrations_sink(struct aw_calibrations *c) {
    return (struct aw_sink){.message = hear, .second = second, .ctx = c};
}
