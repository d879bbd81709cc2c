/* What is published and when, without a broker: send() is a list here. */
#include "server/ha.h"
#include "server/mqtt.h"

#include "fill.h"
#include "test.h"

static char last_cleared[AW_HA_TOPIC], room_config[AW_HA_PAYLOAD];
static char last_topic[AW_HA_TOPIC], last_payload[AW_HA_PAYLOAD];
static int sent_states, sent_configs, cleared;
static bool choked;

static bool send(void *ctx, const char *topic, const char *payload, size_t len) {
    (void)ctx;
    if (choked) return false;
    bool state = strstr(topic, "link_") && strstr(topic, "/state");
    sent_states += state && len;
    sent_configs += strstr(topic, "/config") && len;
    cleared += !len;
    if (!len) snprintf(last_cleared, sizeof last_cleared, "%s", topic);
    if (strstr(topic, "/room_") && strstr(topic, "/config") && len)
        snprintf(room_config, sizeof room_config, "%.*s", (int)len, payload);
    if (state) {
        snprintf(last_topic, sizeof last_topic, "%s", topic);
        snprintf(last_payload, sizeof last_payload, "%.*s", (int)len, payload);
    }
    return true;
}

static struct aw_ha *make(bool simulated) {
    struct aw_ha *h = NULL;
    struct aw_ha_config c = {.names = {"airwake", "airwake", "homeassistant", "0"},
                             .discovery = true,
                             .publish_simulated = simulated,
                             .offline_s = 30,
                             .forget_s = 1000,
                             .send = send};
    CHECK_INT(aw_ha_create(&h, &c), AW_OK);
    sent_states = sent_configs = cleared = 0;
    choked = false;
    return h;
}

static const int64_t S = 1000000000, T0 = 1700000000ll * 1000000000;

static void second(struct aw_ha *h, int i, enum aw_state state) {
    struct aw_msg m = fill_link(0, 100 * (uint64_t)(i + 1), T0 + i * S);
    aw_ha_push(h, &m, T0 + i * S);
    m = fill_update(0, T0 + i * S);
    m.update.state = state;
    if (state == AW_STATE_NULL) m.update.state_reason = AW_REASON_RATE_TOO_LOW;
    aw_ha_push(h, &m, T0 + i * S);
}

static void pace(void) {
    struct aw_ha *h = make(true);
    for (int i = 0; i < 12; i++) {
        second(h, i, AW_STATE_STILL);
        CHECK(aw_ha_publish(h, T0 + i * S));
    }
    CHECK_INT(sent_configs, 2); /* the link and the server, once */
    CHECK(strstr(last_payload, "\"presence\":\"ON\",\"motion\":\"OFF\""));
    CHECK(strstr(last_payload, "\"heart_bpm\":null"));
    CHECK(strstr(last_payload, "\"signal_quality_percent\":100"));
    int before = sent_states;
    struct aw_msg m = fill_update(0, T0 + 11 * S + 1); /* a value alone waits for its second */
    m.update.motion.value = 0.2F;
    aw_ha_push(h, &m, T0 + 11 * S + S / 4);
    aw_ha_publish(h, T0 + 11 * S + S / 4);
    CHECK_INT(sent_states, before);
    m.update.state = AW_STATE_MOVING; /* a state does not */
    aw_ha_push(h, &m, T0 + 11 * S + S / 3);
    aw_ha_publish(h, T0 + 11 * S + S / 3);
    CHECK_INT(sent_states, before + 1);
    CHECK(strstr(last_payload, "\"motion\":\"ON\""));

    choked = true; /* what a full connection refuses is sent later */
    second(h, 13, AW_STATE_NULL);
    CHECK(!aw_ha_publish(h, T0 + 13 * S));
    choked = false;
    CHECK(aw_ha_publish(h, T0 + 13 * S + S / 2));
    CHECK(strstr(last_payload, "\"presence\":null"));
    CHECK(strstr(last_payload, "\"state_reason\":\"rate-too-low\""));
    CHECK(!strstr(last_payload, "\"signal_quality_percent\":100"));

    aw_ha_publish(h, T0 + 20 * S); /* silent */
    CHECK(strstr(last_payload, "\"reason\":\"no-frames\""));
    CHECK(strstr(last_payload, "\"rssi_dbm\":null"));
    aw_ha_publish(h, T0 + 2000 * S); /* forgotten: configuration, state, availability */
    CHECK_INT(cleared, 3);
    aw_ha_destroy(h);
}

static void simulated_is_hidden(void) {
    struct aw_ha *h = make(false);
    for (int i = 0; i < 12; i++) {
        second(h, i, AW_STATE_MOVING);
        aw_ha_publish(h, T0 + i * S);
    }
    CHECK_INT(sent_states, 0);
    CHECK_INT(sent_configs, 1);
    aw_ha_destroy(h);
}

static struct aw_msg fill_room(uint32_t id, const char *key, const char *name, int64_t wall_ns) {
    struct aw_msg m = fill_update(id, wall_ns);
    m.kind = AW_MSG_ROOM;
    snprintf(m.room.key, sizeof m.room.key, "%s", key);
    snprintf(m.room.name, sizeof m.room.name, "%s", name);
    return m;
}

/* One second of a link in that room. */
static void room_second(struct aw_ha *h, int i, uint32_t room, const char *key, const char *name) {
    struct aw_msg m = fill_link(0, 100 * (uint64_t)(i + 1), T0 + i * S);
    m.link_info.lane = room;
    aw_ha_push(h, &m, T0 + i * S);
    m = fill_update(0, T0 + i * S);
    aw_ha_push(h, &m, T0 + i * S);
    m = fill_room(room, key, name, T0 + i * S);
    aw_ha_push(h, &m, T0 + i * S);
    CHECK(aw_ha_publish(h, T0 + i * S));
}

static void named_rooms(void) {
    struct aw_ha *h = make(true);
    struct aw_msg m;
    room_second(h, 0, 0, "default", "Room");
    CHECK(strstr(room_config, "\"name\":\"Room\""));
    m = fill_room(0, "default", "Room", 0); /* rooms.c: people name one */
    aw_ha_push(h, &m, T0);
    room_second(h, 1, AW_ROOM_NUMBER, "living-room", "Living room");
    CHECK(strstr(room_config, "\"name\":\"Living room\""));
    CHECK(strstr(room_config, "\"unique_id\":\"airwake_room_living-room_presence\""));
    CHECK(aw_ha_publish(h, T0 + 1 * S));
    CHECK_INT(cleared, 3); /* the lane's */
    CHECK_STR(last_cleared, "airwake/room_default/availability");
    CHECK(!strstr(last_payload, "\"presence\"")); /* the link's: the room has it */

    int before = sent_configs;
    room_second(h, 2, AW_ROOM_NUMBER, "living-room", "Living room");
    CHECK_INT(sent_configs, before);
    room_second(h, 3, AW_ROOM_NUMBER, "living-room", "Salon");
    CHECK_INT(sent_configs, before + 1);
    CHECK(strstr(room_config, "\"name\":\"Salon\""));

    m = fill_room(AW_ROOM_NUMBER, "living-room", "Salon", 0); /* deleted */
    aw_ha_push(h, &m, T0 + 3 * S);
    choked = true;
    CHECK(!aw_ha_publish(h, T0 + 3 * S));
    choked = false;
    CHECK(aw_ha_publish(h, T0 + 4 * S));
    CHECK_INT(cleared, 6);
    CHECK_STR(last_cleared, "airwake/room_living-room/availability");
    m = fill_link(0, 500, T0 + 4 * S);
    m.link_info.lane = AW_ROOM_NONE;
    aw_ha_push(h, &m, T0 + 4 * S);
    for (int i = 5; i < 12; i++) {
        second(h, i, AW_STATE_STILL);
        aw_ha_publish(h, T0 + i * S);
        bool has = strstr(last_payload, "\"presence\"") != NULL;
        if (i < 8) CHECK(!has); /* another room may take it over */
        if (i == 11) CHECK(has);
    }
    aw_ha_destroy(h);
}

static void back_off(void) {
    CHECK_INT(aw_mqtt_delay_ns(0, 0), S);
    CHECK_INT(aw_mqtt_delay_ns(3, 0), 8 * S);
    CHECK_INT(aw_mqtt_delay_ns(6, 0), 60 * S);
    CHECK_INT(aw_mqtt_delay_ns(4000000000u, 0), 60 * S);
    CHECK_NEAR((double)aw_mqtt_delay_ns(3, UINT32_MAX) * 1e-9, 4, 1e-6);
}

int main(void) {
    char slug[32];
    aw_ha_slug(slug, sizeof slug, "RuView node 3, aa:BB > ä!");
    CHECK_STR(slug, "ruview_node_3_aa_bb");
    pace();
    simulated_is_hidden();
    named_rooms();
    back_off();
    return test_end();
}
