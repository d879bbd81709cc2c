#include "server/ha_entities.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* One entity. NULL: Home Assistant's default. Its value is in state[member]; what is null there is
 * unknown in Home Assistant ("None"), and the attribute reason says why. */
struct entity {
    unsigned group;
    const char *key, *platform, *name;
    const char *member; /* of the state document */
    int decimals;       /* shown and kept; -1: a word, as it is */
    const char *reason; /* member with the reason */
    const char *device_class, *state_class, *unit;
    const char *more; /* one more attribute: a member of the state document */
    bool diagnostic;
    bool experimental; /* always: it is not validated well enough (docs/accuracy.md) */
};

#define BINARY "binary_sensor"
#define SENSOR "sensor"

static const struct entity entities[] = {
    {AW_HA_SENSING, "presence", BINARY, "Presence", "presence", -1, "state_reason", "occupancy",
     NULL, NULL, "state_experimental", false, false},
    {AW_HA_SENSING, "motion", BINARY, "Motion", "motion", -1, "state_reason", "motion", NULL, NULL,
     NULL, false, false},
    {AW_HA_SENSING, "motion_score", SENSOR, "Motion score", "motion_score", 2, "motion_reason",
     NULL, "measurement", NULL, "motion_threshold", false, false},
    {AW_HA_SENSING, "breathing", SENSOR, "Breathing rate", "breathing_bpm", 1, "breathing_reason",
     NULL, "measurement", "breaths/min", NULL, false, false},
    {AW_HA_SENSING, "heart", SENSOR, "Heart rate", "heart_bpm", 0, "heart_reason", NULL,
     "measurement", "bpm", NULL, false, true},
    {AW_HA_SENSING, "fall", BINARY, "Fall", "fall_alarm", -1, "fall_reason", "safety", NULL, NULL,
     "fall_time", false, true},
    {AW_HA_SENSING, "persons", SENSOR, "Persons", "persons", 0, "persons_reason", NULL,
     "measurement", NULL, NULL, false, true},
    {AW_HA_SENSING, "signal_quality", SENSOR, "Signal quality", "signal_quality_percent", 0,
     "signal_quality_reason", NULL, "measurement", "%", NULL, false, false},
    {AW_HA_NODE, "rate", SENSOR, "Frame rate", "rate_hz", 0, "rate_reason", "frequency",
     "measurement", "Hz", NULL, true, false},
    {AW_HA_NODE, "rssi", SENSOR, "RSSI", "rssi_dbm", 0, "reason", "signal_strength", "measurement",
     "dBm", NULL, true, false},
    {AW_HA_NODE, "last_seen", SENSOR, "Last seen", "last_seen", -1, "reason", "timestamp", NULL,
     NULL, NULL, true, false},
    {AW_HA_NODE, "lost", SENSOR, "Frames lost", "lost", 0, "reason", NULL, "total_increasing",
     "frames", NULL, true, false},
    {AW_HA_NODE, "refused", SENSOR, "Frames refused", "refused", 0, "reason", NULL,
     "total_increasing", "frames", NULL, true, false},
    {AW_HA_BRIDGE, "links", SENSOR, "Links with frames", "links", 0, "reason", NULL, "measurement",
     NULL, NULL, true, false},
    {AW_HA_BRIDGE, "refused", SENSOR, "Records refused", "refused", 0, "reason", NULL,
     "total_increasing", "records", "refused_by_reason", true, false},
};

void aw_ha_slug(char *out, size_t cap, const char *text) {
    size_t n = 0;
    for (; *text && n + 1 < cap; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) && c < 128)
            out[n++] = (char)tolower(c);
        else if (n && out[n - 1] != '_')
            out[n++] = '_';
    }
    while (n && out[n - 1] == '_') n--;
    out[n] = '\0';
}

void aw_ha_topic(char out[AW_HA_TOPIC], const struct aw_ha_names *n, const char *key,
                 const char *what) {
    snprintf(out, AW_HA_TOPIC, "%s/%s/%s", n->topic, key, what);
}

void aw_ha_config_topic(char out[AW_HA_TOPIC], const struct aw_ha_names *n, const char *key) {
    snprintf(out, AW_HA_TOPIC, "%s/device/%s/%s/config", n->prefix, n->id, key);
}

static void key_str(struct aw_json *j, const char *key, const char *value) {
    if (!value) return;
    aw_json_key(j, key);
    aw_json_str(j, value);
}

static void device(struct aw_json *j, const struct aw_ha_names *n, const struct aw_ha_device *d) {
    char id[AW_HA_TOPIC];
    aw_json_key(j, "device");
    aw_json_open(j, '{');
    aw_json_key(j, "identifiers");
    aw_json_open(j, '[');
    snprintf(id, sizeof id, "%s_%s", n->id, d->key);
    aw_json_str(j, id);
    aw_json_close(j, ']');
    key_str(j, "name", d->name);
    key_str(j, "manufacturer", "airwake");
    key_str(j, "model", d->model);
    key_str(j, "sw_version", n->version);
    snprintf(id, sizeof id, "%s_server", n->id);
    if (!(d->groups & AW_HA_BRIDGE)) key_str(j, "via_device", id);
    aw_json_close(j, '}');
    aw_json_key(j, "origin");
    aw_json_open(j, '{');
    key_str(j, "name", "airwake");
    key_str(j, "sw_version", n->version);
    aw_json_close(j, '}');
}

static void availability(struct aw_json *j, const struct aw_ha_names *n,
                         const struct aw_ha_device *d) {
    char topic[AW_HA_TOPIC];
    aw_json_key(j, "availability");
    aw_json_open(j, '[');
    aw_json_open(j, '{');
    snprintf(topic, sizeof topic, "%s/status", n->topic);
    key_str(j, "topic", topic);
    aw_json_close(j, '}');
    if (!(d->groups & AW_HA_BRIDGE)) {
        aw_json_open(j, '{');
        aw_ha_topic(topic, n, d->key, "availability");
        key_str(j, "topic", topic);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    key_str(j, "availability_mode", "all");
}

static void component(struct aw_json *j, const struct aw_ha_names *n, const struct aw_ha_device *d,
                      const struct entity *e) {
    char text[AW_HA_TOPIC * 2], topic[AW_HA_TOPIC];
    aw_ha_topic(topic, n, d->key, "state");
    key_str(j, "name", e->name);
    snprintf(text, sizeof text, "%s_%s_%s", n->id, d->key, e->key);
    key_str(j, "unique_id", text);
    key_str(j, "device_class", e->device_class);
    key_str(j, "state_class", e->state_class);
    key_str(j, "unit_of_measurement", e->unit);
    if (e->diagnostic) key_str(j, "entity_category", "diagnostic");
    /* null becomes None, which Home Assistant takes for unknown. */
    if (e->decimals < 0)
        snprintf(text, sizeof text, "{{ value_json.%s }}", e->member);
    else
        snprintf(text, sizeof text,
                 "{{ value_json.%s | round(%d) if value_json.%s is number else None }}", e->member,
                 e->decimals, e->member);
    key_str(j, "value_template", text);
    aw_json_key(j, "expire_after");
    aw_json_int(j, AW_HA_EXPIRE_S);
    key_str(j, "json_attributes_topic", topic);
    snprintf(text, sizeof text,
             "{{ {'source': value_json.source, 'reason': value_json.%s%s%s%s%s%s} | tojson }}",
             e->reason, e->experimental ? ", 'experimental': true" : "", e->more ? ", '" : "",
             e->more ? e->more : "", e->more ? "': value_json." : "", e->more ? e->more : "");
    key_str(j, "json_attributes_template", text);
}

void aw_ha_discovery(struct aw_json *j, const struct aw_ha_names *n, const struct aw_ha_device *d) {
    char topic[AW_HA_TOPIC];
    aw_json_open(j, '{');
    device(j, n, d);
    availability(j, n, d);
    aw_ha_topic(topic, n, d->key, "state");
    key_str(j, "state_topic", topic);
    aw_json_key(j, "components");
    aw_json_open(j, '{');
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        const struct entity *e = &entities[i];
        if (!(e->group & (d->groups | d->dropped))) continue;
        aw_json_key(j, e->key);
        aw_json_open(j, '{');
        key_str(j, "platform", e->platform);
        if (e->group & d->groups) component(j, n, d, e); /* the platform alone removes it */
        aw_json_close(j, '}');
    }
    aw_json_close(j, '}');
    aw_json_close(j, '}');
}
