#include "server/rooms.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double FAR_M = 1000;

static void key_metres(struct aw_json *j, const char *key, const double *v, int n) {
    aw_json_key(j, key);
    aw_json_open(j, '[');
    for (int i = 0; i < n; i++) aw_json_num(j, v[i], 3);
    aw_json_close(j, ']');
}

static void zone_json(struct aw_json *j, const struct aw_room *room, const struct aw_zone *z) {
    aw_json_open(j, '{');
    aw_json_key_str(j, "id", z->key);
    aw_json_key_str(j, "name", z->name);
    key_metres(j, "min_m", z->min_m, 2);
    key_metres(j, "max_m", z->max_m, 2);
    aw_json_key(j, "links");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < room->n_links; i++)
        if (z->links >> i & 1) aw_json_str(j, room->links[i]);
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}

void aw_room_json(struct aw_json *j, const struct aw_room *room) {
    aw_json_key_str(j, "id", room->key);
    aw_json_key_str(j, "name", room->name);
    if (room->has_size) {
        key_metres(j, "size_m", room->size_m, 3);
    } else {
        aw_json_key(j, "size_m");
        aw_json_null(j);
    }
    aw_json_key(j, "links");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < room->n_links; i++) aw_json_str(j, room->links[i]);
    aw_json_close(j, ']');
    aw_json_key(j, "nodes");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < room->n_nodes; i++) {
        aw_json_open(j, '{');
        aw_json_key_str(j, "name", room->nodes[i].name);
        key_metres(j, "position_m", room->nodes[i].position_m, 3);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_key(j, "zones");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < room->n_zones; i++) zone_json(j, room, &room->zones[i]);
    aw_json_close(j, ']');
}

bool aw_room_key_ok(const char *key) {
    size_t n = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    return n > 0 && n < AW_ROOM_KEY && !key[n] && key[0] != '-' && key[0] != '_';
}

/* Says where and what is allowed; false, so that it can be returned. */
static bool fault(struct aw_room_fault *f, const char *where, const char *member,
                  const char *allowed) {
    snprintf(f->field, sizeof f->field, "%s%s%s", where, where[0] && member[0] ? "." : "", member);
    snprintf(f->allowed, sizeof f->allowed, "%s", allowed);
    return false;
}

static bool only(const cJSON *o, const char *const *known, const char *where,
                 struct aw_room_fault *f) {
    char all[160] = "";
    for (size_t i = 0; known[i]; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", known[i]);
    const cJSON *m;
    cJSON_ArrayForEach(m, o) {
        size_t i = 0;
        while (known[i] && strcmp(known[i], m->string) != 0) i++;
        if (!known[i]) return fault(f, where, m->string, all);
    }
    return true;
}

/* A text of 1..cap-1 bytes; `fallback`, if any, where it is missing. */
static bool text(const cJSON *o, const char *member, const char *fallback, char *out, size_t cap,
                 const char *where, struct aw_room_fault *f) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, member);
    const char *s = cJSON_GetStringValue(v);
    char allowed[48];
    if ((!v || cJSON_IsNull(v)) && fallback) s = fallback;
    if (s && s[0] && strlen(s) < cap) {
        memcpy(out, s, strlen(s) + 1);
        return true;
    }
    snprintf(allowed, sizeof allowed, "a text of 1..%zu bytes", cap - 1);
    return fault(f, where, member, allowed);
}

static bool metres(const cJSON *o, const char *member, double min, double *out, int n,
                   const char *where, struct aw_room_fault *f) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, member);
    char allowed[64];
    bool ok = cJSON_IsArray(v) && cJSON_GetArraySize(v) == n;
    for (int i = 0; ok && i < n; i++) {
        const cJSON *one = cJSON_GetArrayItem(v, i);
        ok = cJSON_IsNumber(one) && one->valuedouble >= min && one->valuedouble <= FAR_M;
        if (ok) out[i] = one->valuedouble;
    }
    snprintf(allowed, sizeof allowed, "%d numbers, each %g..%g", n, min, FAR_M);
    return ok || fault(f, where, member, allowed);
}

/* The array of this name, at most max items; NULL is fine and empty. */
static bool list(const cJSON *o, const char *member, int max, const cJSON **out, const char *where,
                 struct aw_room_fault *f) {
    char allowed[48];
    *out = cJSON_GetObjectItemCaseSensitive(o, member);
    if (!*out || cJSON_IsNull(*out)) return true;
    if (cJSON_IsArray(*out) && cJSON_GetArraySize(*out) <= max) return true;
    snprintf(allowed, sizeof allowed, "a list of at most %d", max);
    return fault(f, where, member, allowed);
}

static uint32_t link_place(const struct aw_room *room, const char *name) {
    uint32_t i = 0;
    while (i < room->n_links && strcmp(room->links[i], name) != 0) i++;
    return i;
}

static bool read_links(const cJSON *o, struct aw_room *room, struct aw_room_fault *f) {
    const cJSON *all, *one;
    if (!list(o, "links", AW_ROOM_LINKS, &all, "", f)) return false;
    cJSON_ArrayForEach(one, all) {
        const char *name = cJSON_GetStringValue(one);
        char where[32];
        snprintf(where, sizeof where, "links[%u]", room->n_links);
        if (!name || !name[0] || strlen(name) >= AW_LINK_NAME)
            return fault(f, where, "", "the name of a link, 1..63 bytes");
        if (link_place(room, name) < room->n_links) return fault(f, where, "", "each link once");
        memcpy(room->links[room->n_links++], name, strlen(name) + 1);
    }
    return true;
}

static bool read_nodes(const cJSON *o, struct aw_room *room, struct aw_room_fault *f) {
    static const char *const known[] = {"name", "position_m", NULL};
    const cJSON *all, *one;
    if (!list(o, "nodes", AW_ROOM_NODES, &all, "", f)) return false;
    cJSON_ArrayForEach(one, all) {
        char where[32];
        uint32_t i = room->n_nodes++;
        snprintf(where, sizeof where, "nodes[%u]", i);
        if (!cJSON_IsObject(one)) return fault(f, where, "", "{name, position_m}");
        if (!only(one, known, where, f)) return false;
        if (!text(one, "name", NULL, room->nodes[i].name, sizeof room->nodes[i].name, where, f))
            return false;
        if (!metres(one, "position_m", -FAR_M, room->nodes[i].position_m, 3, where, f))
            return false;
    }
    return true;
}

static bool read_zone(const cJSON *one, const char *where, struct aw_room *room, struct aw_zone *z,
                      struct aw_room_fault *f) {
    static const char *const known[] = {"id", "name", "min_m", "max_m", "links", NULL};
    const cJSON *links, *name;
    if (!cJSON_IsObject(one)) return fault(f, where, "", "{id, name, min_m, max_m, links}");
    if (!only(one, known, where, f)) return false;
    if (!text(one, "id", NULL, z->key, sizeof z->key, where, f)) return false;
    if (!aw_room_key_ok(z->key)) return fault(f, where, "id", "a-z 0-9 - _, 1..32 of them");
    for (const struct aw_zone *other = room->zones; other < z; other++)
        if (strcmp(other->key, z->key) == 0) return fault(f, where, "id", "each zone once");
    if (!text(one, "name", z->key, z->name, sizeof z->name, where, f)) return false;
    if (!metres(one, "min_m", -FAR_M, z->min_m, 2, where, f)) return false;
    if (!metres(one, "max_m", -FAR_M, z->max_m, 2, where, f)) return false;
    if (!(z->max_m[0] > z->min_m[0] && z->max_m[1] > z->min_m[1]))
        return fault(f, where, "max_m", "more than min_m");
    if (!list(one, "links", AW_ROOM_LINKS, &links, where, f)) return false;
    cJSON_ArrayForEach(name, links) {
        const char *s = cJSON_GetStringValue(name);
        uint32_t i = s ? link_place(room, s) : room->n_links;
        if (i == room->n_links) return fault(f, where, "links", "links of the room");
        z->links |= 1U << i;
    }
    return true;
}

static bool read_zones(const cJSON *o, struct aw_room *room, struct aw_room_fault *f) {
    const cJSON *all, *one;
    if (!list(o, "zones", AW_ROOM_ZONES, &all, "", f)) return false;
    cJSON_ArrayForEach(one, all) {
        char where[32];
        snprintf(where, sizeof where, "zones[%u]", room->n_zones);
        struct aw_zone *z = &room->zones[room->n_zones++];
        if (!read_zone(one, where, room, z, f)) return false;
    }
    return true;
}

bool aw_room_read(const cJSON *o, const char *key, struct aw_room *room, struct aw_room_fault *f) {
    static const char *const known[] = {"id", "name", "size_m", "links", "nodes", "zones", NULL};
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(o, "id");
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(o, "size_m");
    memset(room, 0, sizeof *room);
    if (!aw_room_key_ok(key)) return fault(f, "id", "", "a-z 0-9 - _, 1..32 of them");
    if (id && (!cJSON_IsString(id) || strcmp(id->valuestring, key) != 0))
        return fault(f, "id", "", "the id in the address, or none");
    memcpy(room->key, key, strlen(key) + 1);
    if (!only(o, known, "", f)) return false;
    if (!text(o, "name", key, room->name, sizeof room->name, "", f)) return false;
    room->has_size = size && !cJSON_IsNull(size);
    if (room->has_size && !metres(o, "size_m", 0.1, room->size_m, 3, "", f)) return false;
    return read_links(o, room, f) && read_nodes(o, room, f) && read_zones(o, room, f);
}
