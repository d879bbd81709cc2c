#ifndef AW_APPS_SERVE_MQTT_H
#define AW_APPS_SERVE_MQTT_H

#include "server/mqtt.h"
#include "server/settings.h"
#include "server/sink.h"

/* The MQTT client as the settings want it; *out NULL when they name no broker. rooms: those that
 * people named. On failure `why` gets a sentence. */
AW_MUST_USE int serve_mqtt_start(struct aw_mqtt **out, const struct aw_settings *s,
                                 const struct aw_rooms *rooms, struct aw_why *why);

struct aw_sink serve_mqtt_sink(struct aw_mqtt *m);

#endif
