/* What is published for Home Assistant, and when. Knows no broker: messages of the feed go in,
 * topics and payloads come out through a function, all retained.
 *
 *     aw_msg -> aw_ha_push() -> board, places -> aw_ha_publish() -> send(topic, payload)
 *
 * A place is a room, a link or the server itself; it becomes one device. A place gets a message
 * when its state changes at once, otherwise once a second at most, and every AW_HA_BEAT_S even when
 * nothing changed, so that expire_after does not strike. Nothing that did not get through is lost:
 * what differs from what was sent last is sent when there is room again. One thread. */
#ifndef AW_SERVER_HA_H
#define AW_SERVER_HA_H

#include "server/board.h"
#include "server/ha_entities.h"
#include "server/rooms.h"

enum {
    AW_HA_PLACES = 2 * AW_BOARD_LINKS,
    AW_HA_BEAT_S = AW_HA_EXPIRE_S / 3,
    AW_HA_FALL_S = 60,   /* the fall entity stays on after a fall was sensed */
    AW_HA_SETTLE_S = 5,  /* a link without a room waits this long for one before it is announced */
    AW_HA_WINDOW_S = 60, /* of signal quality: the share of its seconds with a known state */
    AW_HA_PAYLOAD = 16 * 1024,
};

struct aw_ha_config {
    struct aw_ha_names names;
    bool discovery;         /* else only states are published */
    bool publish_simulated; /* else simulated places are not there at all */
    double offline_s;       /* without frames: unavailable */
    double forget_s;        /* without frames: its discovery is cleared */
    /* Rooms that people named, read by aw_ha_create(): what the broker keeps of others was deleted
     * while this program was off. NULL: not known, nothing is cleared for it. */
    const struct aw_rooms *rooms;
    /* Publishes, retained; len 0 clears the topic. False: not now, it is to be tried again. */
    bool (*send)(void *ctx, const char *topic, const char *payload, size_t len);
    void *ctx;
};

enum aw_ha_kind { AW_HA_KIND_SERVER, AW_HA_KIND_ROOM, AW_HA_KIND_LINK };

struct aw_ha_place {
    bool used, present; /* present: it is on the board, in links[slot] or rooms[slot] */
    enum aw_ha_kind kind;
    uint32_t slot;
    char key[AW_HA_KEY], name[80];
    int64_t seen_ns;  /* Unix time of its last frame */
    int64_t alone_ns; /* likewise since when a link is in no room */
    bool gone;        /* a room that was deleted: to be cleared */

    bool kept;           /* the broker holds discovery or states of it */
    bool config_sent;    /* and of these groups: */
    unsigned groups;     /* AW_HA_* */
    int availability;    /* 0 unknown, 1 online, -1 offline: as sent */
    uint64_t hash, sign; /* of the state sent last: all of it, and what may not wait a second */
    int64_t state_ns;    /* when; 0 never */
    bool dirty;

    uint64_t known; /* one bit per second, newest lowest: the state was known */
    int64_t known_first_s, known_s;
    int64_t fall_ns; /* 0 none */
};

struct aw_ha {
    struct aw_ha_config config;
    struct aw_board *board;
    bool rooms_known;
    char rooms[AW_ROOMS][AW_ROOM_KEY]; /* named at the start; "" none */
    uint32_t n_places;
    struct aw_ha_place places[AW_HA_PLACES];
    struct aw_ha_place *of_link[AW_BOARD_LINKS], *of_room[AW_BOARD_ROOMS];
    int64_t walk_ns;
    uint64_t unplaced; /* links that found no place */
    char payload[AW_HA_PAYLOAD];
};

/* Errors: NOMEM. Freed with aw_ha_destroy(). */
AW_MUST_USE int aw_ha_create(struct aw_ha **out, const struct aw_ha_config *config);
void aw_ha_destroy(struct aw_ha *h); /* NULL is fine */

void aw_ha_push(struct aw_ha *h, const struct aw_msg *m, int64_t now_ns);

/* A message that the broker kept from before, under one of our topics. */
void aw_ha_retained(struct aw_ha *h, const char *topic, size_t len, int64_t now_ns);

/* The broker is new to us, or Home Assistant is: everything is sent again. */
void aw_ha_again(struct aw_ha *h);

/* Sends what is due. Returns false when send() refused: call again when there is room. */
bool aw_ha_publish(struct aw_ha *h, int64_t now_ns);

/* ---- for ha_state.c */

/* What a place can say now. */
struct aw_ha_view {
    const struct aw_update *update;   /* NULL: nothing */
    const struct aw_board_link *link; /* of a link, when it is present */
    enum aw_reason why;               /* why its sensing cannot be shown */
    enum aw_origin_kind origin;
    int64_t seen_ns;
};

struct aw_ha_view aw_ha_view(const struct aw_ha *h, const struct aw_ha_place *p, int64_t now_ns);

/* The state document; *sign gets a number that changes when the state does. */
void aw_ha_state(struct aw_json *j, const struct aw_ha *h, const struct aw_ha_place *p,
                 unsigned groups, int64_t now_ns, uint64_t *sign);

/* The second of wall_ns had, or had no, known state. */
void aw_ha_note_second(struct aw_ha_place *p, bool known, int64_t wall_ns);

/* Share of the last seconds with a known state, percent; NAN below 10 seconds. */
double aw_ha_quality(const struct aw_ha_place *p, int64_t now_ns);

#endif
