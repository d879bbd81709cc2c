#include "server/ha.h"

#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM "room_" /* keys of rooms begin with it */

static const int64_t WALK_NS = AW_S / 2; /* looks at everything that time changes */

static struct aw_ha_place *find(struct aw_ha *h, const char *key) {
    for (uint32_t i = 0; i < h->n_places; i++)
        if (h->places[i].used && strcmp(h->places[i].key, key) == 0) return &h->places[i];
    return NULL;
}

/* The place of this key, a new one when there is none; NULL when all are taken. */
static struct aw_ha_place *place_of(struct aw_ha *h, const char *key, int64_t now_ns) {
    struct aw_ha_place *p = find(h, key);
    if (p) return p;
    for (uint32_t i = 0; i < AW_HA_PLACES && !p; i++)
        if (!h->places[i].used) {
            p = &h->places[i];
            if (i >= h->n_places) h->n_places = i + 1;
        }
    if (!p) {
        h->unplaced++;
        return NULL;
    }
    memset(p, 0, sizeof *p);
    p->used = true;
    p->alone_ns = p->seen_ns = now_ns;
    snprintf(p->key, sizeof p->key, "%s", key);
    snprintf(p->name, sizeof p->name, "%s", key);
    p->kind = strncmp(key, ROOM, strlen(ROOM)) == 0 ? AW_HA_KIND_ROOM : AW_HA_KIND_LINK;
    return p;
}

static void note_rooms(struct aw_ha *h, const struct aw_rooms *rooms) {
    h->rooms_known = rooms != NULL;
    for (uint32_t i = 0; rooms && i < AW_ROOMS; i++)
        if (rooms->room[i].used)
            snprintf(h->rooms[i], sizeof h->rooms[i], "%s", rooms->room[i].key);
}

int aw_ha_create(struct aw_ha **out, const struct aw_ha_config *config) {
    struct aw_ha *h = calloc(1, sizeof *h);
    if (h) h->board = calloc(1, sizeof *h->board);
    if (!h || !h->board) {
        aw_ha_destroy(h);
        return AW_ERR_NOMEM;
    }
    h->config = *config;
    note_rooms(h, config->rooms);
    h->config.rooms = NULL;
    struct aw_ha_place *p = place_of(h, "server", 0);
    snprintf(p->name, sizeof p->name, "airwake");
    p->kind = AW_HA_KIND_SERVER;
    p->present = true;
    *out = h;
    return AW_OK;
}

void aw_ha_destroy(struct aw_ha *h) {
    if (!h) return;
    free(h->board);
    free(h);
}

/* Keys are made of what a link is, so that they outlive a restart. Two that are alike, of senders
 * at two addresses, are told apart by a number of the address. */
static struct aw_ha_place *link_place(struct aw_ha *h, uint32_t slot, int64_t now_ns) {
    const struct aw_board_link *l = &h->board->links[slot];
    char slug[AW_HA_KEY - 16], key[AW_HA_KEY];
    aw_ha_slug(slug, sizeof slug, l->name);
    snprintf(key, sizeof key, "link_%s", slug);
    struct aw_ha_place *p = find(h, key);
    if (p && p->present && p->slot != slot)
        snprintf(key, sizeof key, "link_%s_%04x", slug, (unsigned)(l->info.origin & 0xFFFF));
    p = place_of(h, key, now_ns);
    if (!p) return NULL;
    if (!p->present) p->alone_ns = now_ns;
    p->present = true;
    p->slot = slot;
    snprintf(p->name, sizeof p->name, "%s", l->name);
    return p;
}

static struct aw_ha_place *room_place(struct aw_ha *h, uint32_t slot, int64_t now_ns) {
    char key[AW_HA_KEY];
    snprintf(key, sizeof key, ROOM "%s", h->board->rooms[slot].key);
    struct aw_ha_place *p = place_of(h, key, now_ns);
    if (!p) return NULL;
    p->present = true;
    p->gone = false;
    p->slot = slot;
    return p;
}

static void leave(struct aw_ha_place **at) {
    if (!*at) return;
    (*at)->present = false;
    (*at)->dirty = true;
    *at = NULL;
}

static uint32_t room_slot(const struct aw_ha *h, uint32_t id) {
    uint32_t i = 0;
    while (i < AW_BOARD_ROOMS && !(h->board->rooms[i].used && h->board->rooms[i].id == id)) i++;
    return i;
}

/* A lane's room is there once it spoke: one link alone has none. */
static bool in_room(const struct aw_ha *h, const struct aw_board_link *l) {
    bool named = l->room >= AW_ROOM_NUMBER && l->room != AW_ROOM_NONE;
    return named || room_slot(h, l->room) < AW_BOARD_ROOMS;
}

static void note(struct aw_ha_place *p, const struct aw_msg *m) {
    if (!p) return;
    aw_ha_note_second(p, m->update.state != AW_STATE_NULL, m->wall_ns);
    if (m->update.fall) p->fall_ns = m->wall_ns;
    p->dirty = true;
}

static void push_link(struct aw_ha *h, uint32_t slot, const struct aw_msg *m, int64_t now_ns) {
    const struct aw_board_link *l = &h->board->links[slot];
    if (!h->of_link[slot] && l->has_info) h->of_link[slot] = link_place(h, slot, now_ns);
    struct aw_ha_place *p = h->of_link[slot];
    uint32_t r = l->has_info ? room_slot(h, l->room) : AW_BOARD_ROOMS;
    if (p && l->seen_wall_ns > p->seen_ns) p->seen_ns = l->seen_wall_ns;
    if (m->kind != AW_MSG_UPDATE) return;
    note(p, m);
    if (r < AW_BOARD_ROOMS && aw_board_room_reason(&h->board->rooms[r], now_ns) != AW_REASON_NONE)
        note(h->of_room[r], m);
}

/* The name may be another one than it was announced with. */
static void name_room(struct aw_ha_place *p, const char *name) {
    if (!p || strcmp(p->name, name) == 0) return;
    snprintf(p->name, sizeof p->name, "%s", name);
    p->config_sent = false;
}

/* A named room that ended was deleted. One of a lane ended with its replay, which may come again. */
static void end_room(struct aw_ha *h, const struct aw_msg *m) {
    char key[AW_HA_KEY];
    snprintf(key, sizeof key, ROOM "%s", m->room.key);
    struct aw_ha_place *p = m->link >= AW_ROOM_NUMBER ? find(h, key) : NULL;
    if (p && !p->present) p->gone = p->dirty = true;
}

static bool of_lane(const char *key) {
    return strcmp(key, ROOM "default") == 0 ||
           strncmp(key, ROOM "replay-", strlen(ROOM "replay-")) == 0;
}

/* Rooms of lanes are not there any more when people have named some. */
static void end_lanes_rooms(struct aw_ha *h) {
    for (uint32_t i = 0; i < h->n_places; i++) {
        struct aw_ha_place *p = &h->places[i];
        if (p->used && !p->present && of_lane(p->key)) p->gone = p->dirty = true;
    }
}

static void push_room(struct aw_ha *h, const struct aw_msg *m, int64_t now_ns) {
    for (uint32_t i = 0; i < AW_BOARD_ROOMS; i++)
        if (!h->board->rooms[i].used) leave(&h->of_room[i]);
    uint32_t i = room_slot(h, m->link);
    if (i == AW_BOARD_ROOMS) {
        end_room(h, m);
        return;
    }
    const struct aw_board_room *r = &h->board->rooms[i];
    if (h->of_room[i] && strcmp(h->of_room[i]->key + strlen(ROOM), r->key) != 0)
        leave(&h->of_room[i]); /* another one in its place, its end having been lost */
    if (!h->of_room[i]) h->of_room[i] = room_place(h, i, now_ns);
    name_room(h->of_room[i], r->name);
    note(h->of_room[i], m);
    if (r->id >= AW_ROOM_NUMBER) end_lanes_rooms(h);
}

void aw_ha_push(struct aw_ha *h, const struct aw_msg *m, int64_t now_ns) {
    if (m->kind == AW_MSG_ROW) return;
    uint32_t before = aw_board_find(h->board, m->link);
    aw_board_push(h->board, m);
    if (m->kind == AW_MSG_COUNTS) return;
    if (m->kind == AW_MSG_ROOM) {
        push_room(h, m, now_ns);
    } else if (m->kind == AW_MSG_GONE) {
        if (before < AW_BOARD_LINKS) leave(&h->of_link[before]);
    } else {
        uint32_t slot = aw_board_find(h->board, m->link);
        if (slot < AW_BOARD_LINKS) push_link(h, slot, m, now_ns);
    }
}

/* The part of topic between `before` and `after`; false when it does not fit. */
static bool between(const char *topic, const char *before, const char *after, char *key) {
    size_t a = strlen(before), b = strlen(after), n = strlen(topic);
    if (n <= a + b || n - a - b >= AW_HA_KEY || strncmp(topic, before, a) != 0 ||
        strcmp(topic + n - b, after) != 0)
        return false;
    memcpy(key, topic + a, n - a - b);
    key[n - a - b] = '\0';
    return !strchr(key, '/');
}

/* A named room of an earlier run that is named no more. Those of lanes may come again. */
static bool deleted_before(const struct aw_ha *h, const char *key) {
    if (!h->rooms_known || strncmp(key, ROOM, strlen(ROOM)) != 0 || of_lane(key)) return false;
    for (uint32_t i = 0; i < AW_ROOMS; i++)
        if (strcmp(h->rooms[i], key + strlen(ROOM)) == 0) return false;
    return true;
}

void aw_ha_retained(struct aw_ha *h, const char *topic, size_t len, int64_t now_ns) {
    char before[AW_HA_TOPIC], key[AW_HA_KEY];
    if (len == 0) return;
    snprintf(before, sizeof before, "%s/device/%s/", h->config.names.prefix, h->config.names.id);
    bool ours = between(topic, before, "/config", key);
    snprintf(before, sizeof before, "%s/", h->config.names.topic);
    ours = ours || between(topic, before, "/availability", key);
    bool news = ours && !find(h, key);
    struct aw_ha_place *p = ours ? place_of(h, key, now_ns) : NULL;
    if (!p) return;
    p->kept = true;
    p->dirty = true;
    if (news && deleted_before(h, key)) p->gone = true;
}

void aw_ha_again(struct aw_ha *h) {
    for (uint32_t i = 0; i < h->n_places; i++) {
        struct aw_ha_place *p = &h->places[i];
        p->config_sent = false;
        p->availability = 0;
        p->state_ns = 0;
        p->dirty = true;
    }
}

static bool send(struct aw_ha *h, const char *topic, const char *payload, size_t len) {
    return h->config.send(h->config.ctx, topic, payload, len);
}

/* Nothing is left of it at the broker. */
static bool clear(struct aw_ha *h, struct aw_ha_place *p) {
    char topic[AW_HA_TOPIC];
    aw_ha_config_topic(topic, &h->config.names, p->key);
    if (!send(h, topic, "", 0)) return false;
    aw_ha_topic(topic, &h->config.names, p->key, "state");
    if (!send(h, topic, "", 0)) return false;
    aw_ha_topic(topic, &h->config.names, p->key, "availability");
    if (!send(h, topic, "", 0)) return false;
    p->kept = p->config_sent = false;
    p->groups = 0;
    p->availability = 0;
    p->state_ns = 0;
    return true;
}

static bool settled_alone(const struct aw_ha_place *p, int64_t now_ns) {
    return now_ns - p->alone_ns >= (int64_t)AW_HA_SETTLE_S * AW_S;
}

/* The groups of entities a present place is to have. */
static unsigned wanted(const struct aw_ha *h, const struct aw_ha_place *p, int64_t now_ns) {
    if (p->kind == AW_HA_KIND_SERVER) return AW_HA_BRIDGE;
    if (p->kind == AW_HA_KIND_ROOM) return AW_HA_SENSING;
    if (!p->present) return p->groups;
    if (in_room(h, &h->board->links[p->slot])) return AW_HA_NODE;
    return AW_HA_NODE | (settled_alone(p, now_ns) ? AW_HA_SENSING : p->groups & AW_HA_SENSING);
}

/* Links are announced late: those that pass by (eight frames are needed to know a rate) never, and
 * none with entities that a room takes over a moment later, when the next link speaks. */
static bool too_early(const struct aw_ha *h, const struct aw_ha_place *p, int64_t now_ns) {
    if (p->kind != AW_HA_KIND_LINK || !p->present || p->groups) return false;
    const struct aw_board_link *l = &h->board->links[p->slot];
    if (isnan(l->info.rate_hz) && !p->kept) return true;
    return !in_room(h, l) && !settled_alone(p, now_ns);
}

static bool send_config(struct aw_ha *h, struct aw_ha_place *p, unsigned groups) {
    char topic[AW_HA_TOPIC];
    static const char *const models[] = {"server", "room", "link"};
    if (!h->config.discovery || (p->config_sent && p->groups == groups)) {
        p->groups = groups;
        return true;
    }
    /* A link that comes into a room loses the entities that it may have been announced with by
     * an earlier run, too. */
    unsigned dropped = p->kind == AW_HA_KIND_LINK ? AW_HA_SENSING & ~groups : 0;
    if (!p->kept && !p->groups) dropped = 0;
    struct aw_ha_device d = {p->key, p->name, models[p->kind], groups, dropped};
    struct aw_json j;
    aw_json_init(&j, h->payload, sizeof h->payload);
    aw_ha_discovery(&j, &h->config.names, &d);
    const char *text = aw_json_text(&j);
    aw_ha_config_topic(topic, &h->config.names, p->key);
    if (!text || !send(h, topic, text, strlen(text))) return false;
    p->config_sent = p->kept = true;
    p->groups = groups;
    return true;
}

static bool send_availability(struct aw_ha *h, struct aw_ha_place *p, bool online) {
    char topic[AW_HA_TOPIC];
    const char *text = online ? "online" : "offline";
    if (p->kind == AW_HA_KIND_SERVER || p->availability == (online ? 1 : -1)) return true;
    aw_ha_topic(topic, &h->config.names, p->key, "availability");
    if (!send(h, topic, text, strlen(text))) return false;
    p->availability = online ? 1 : -1;
    p->kept = true;
    return true;
}

static uint64_t hash_of(const char *text) {
    uint64_t hash = 0xCBF29CE484222325ull; /* FNV-1a */
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001B3ull;
    return hash;
}

static bool send_state(struct aw_ha *h, struct aw_ha_place *p, unsigned groups, bool online,
                       int64_t now_ns) {
    char topic[AW_HA_TOPIC];
    struct aw_json j;
    uint64_t sign;
    int64_t since_ns = now_ns - p->state_ns;
    bool first = !p->state_ns || since_ns < 0;
    aw_json_init(&j, h->payload, sizeof h->payload);
    aw_ha_state(&j, h, p, groups, now_ns, &sign);
    const char *text = aw_json_text(&j);
    if (!text) return true; /* cannot happen: the document is far smaller */
    uint64_t hash = hash_of(text);
    bool due = first || sign != p->sign || (hash != p->hash && since_ns >= AW_S) ||
               (online && since_ns >= (int64_t)AW_HA_BEAT_S * AW_S);
    if (!due) {
        p->dirty = hash != p->hash;
        return true;
    }
    aw_ha_topic(topic, &h->config.names, p->key, "state");
    if (!send(h, topic, text, strlen(text))) return false;
    p->hash = hash;
    p->sign = sign;
    p->state_ns = now_ns;
    p->dirty = false;
    return true;
}

static bool publish(struct aw_ha *h, struct aw_ha_place *p, int64_t now_ns) {
    struct aw_ha_view v = aw_ha_view(h, p, now_ns);
    bool server = p->kind == AW_HA_KIND_SERVER;
    if (v.seen_ns > p->seen_ns) p->seen_ns = v.seen_ns;
    double silent_s = (double)(now_ns - p->seen_ns) * 1e-9;
    bool hidden = p->present && v.origin == AW_SOURCE_SIMULATED && !h->config.publish_simulated;
    bool forgotten = !server && silent_s > h->config.forget_s;
    if (hidden || forgotten || p->gone) {
        if (p->kept && !clear(h, p)) return false;
        if (!p->present) p->used = p->gone = false;
        p->dirty = false;
        return true;
    }
    if (p->kind == AW_HA_KIND_LINK && p->present && in_room(h, &h->board->links[p->slot]))
        p->alone_ns = now_ns;
    if (too_early(h, p, now_ns)) return true;
    unsigned groups = wanted(h, p, now_ns);
    bool online = server || (p->present && silent_s <= h->config.offline_s);
    if (p->present && !send_config(h, p, groups)) return false;
    if (!send_availability(h, p, online)) return false;
    if (!p->present && !groups) { /* kept from an earlier run: what it said is not known here */
        p->dirty = false;
        return true;
    }
    return send_state(h, p, groups, online, now_ns);
}

bool aw_ha_publish(struct aw_ha *h, int64_t now_ns) {
    bool walk = now_ns - h->walk_ns >= WALK_NS || now_ns < h->walk_ns;
    for (uint32_t i = 0; i < h->n_places; i++) {
        struct aw_ha_place *p = &h->places[i];
        if (!p->used || !(p->dirty || walk)) continue;
        if (!publish(h, p, now_ns)) return false;
    }
    if (walk) h->walk_ns = now_ns;
    return true;
}
