/* What Home Assistant is told: entities, topics and discovery messages. Pure: text from names.
 *
 *     <topic>/status                          online | offline (the will): airwake itself
 *     <topic>/<key>/availability              online | offline: one room or link
 *     <topic>/<key>/state                     JSON, the keys of docs/events.md and those below
 *     <prefix>/device/<id>/<key>/config       device discovery: all entities of one device
 *
 * Source: Home Assistant, MQTT integration, "Device discovery payload", "Sensor", "Binary sensor". */
#ifndef AW_SERVER_HA_ENTITIES_H
#define AW_SERVER_HA_ENTITIES_H

#include "base/json.h"

#include <stdbool.h>

enum { AW_HA_KEY = 72, AW_HA_TOPIC = 256, AW_HA_EXPIRE_S = 60 };

/* Groups of entities a device may have; bits. */
enum {
    AW_HA_SENSING = 1, /* presence, motion, breathing, heart, fall, persons, signal quality */
    AW_HA_NODE = 2,    /* rate, RSSI, last seen, lost, refused of a link */
    AW_HA_BRIDGE = 4,  /* links and refused records of the whole server */
};

struct aw_ha_names {
    char topic[64];  /* first level(s) of all our topics */
    char id[64];     /* the same as one word; part of every unique_id */
    char prefix[64]; /* where Home Assistant looks for discovery */
    char version[32];
};

struct aw_ha_device {
    const char *key;   /* "room_hall": also the last part of unique ids */
    const char *name;  /* shown to people */
    const char *model; /* "room", "link", "server" */
    unsigned groups;   /* AW_HA_* it has now */
    unsigned dropped;  /* AW_HA_* it had and has no more: Home Assistant is told to remove them */
};

/* Letters, digits and underscores only, lower case: as topics and unique ids want it. */
void aw_ha_slug(char *out, size_t cap, const char *text);

void aw_ha_topic(char out[AW_HA_TOPIC], const struct aw_ha_names *n, const char *key,
                 const char *what); /* "availability", "state" */
void aw_ha_config_topic(char out[AW_HA_TOPIC], const struct aw_ha_names *n, const char *key);

void aw_ha_discovery(struct aw_json *j, const struct aw_ha_names *n, const struct aw_ha_device *d);

#endif
