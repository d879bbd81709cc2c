/* MQTT client in a thread of its own: what the feed says goes to a broker, for Home Assistant and
 * others (ha.h says what). The loop thread only copies messages into a ring and never waits.
 *
 *     loop thread: aw_mqtt_push() -> ring -> mqtt thread: aw_ha -> libmosquitto -> broker
 *
 * A broker that is away or stalls costs nothing but its own news: the newest state is sent when it
 * is back. Reconnects after 1, 2, 4 .. 60 s, each cut by a random share up to a half. */
#ifndef AW_SERVER_MQTT_H
#define AW_SERVER_MQTT_H

#include "server/board.h"
#include "server/rooms.h"
#include "server/unpack.h"

/* Strings are copied. NULL or "": not used. */
struct aw_mqtt_config {
    const char *host;
    uint16_t port; /* 0: 1883, with TLS 8883 */
    const char *username, *password;
    bool tls;            /* against the system's authorities when ca_file is not given */
    const char *ca_file; /* PEM; implies tls */
    const char *cert_file, *key_file; /* of this client */
    const char *topic;                /* first part of all topics; "airwake" */
    const char *discovery_prefix;     /* "homeassistant" */
    bool discovery, publish_simulated;
    double offline_s, forget_s;
    const struct aw_rooms *rooms; /* ha.h; read by aw_mqtt_start() only; NULL not known */
    const char *version;
    /* A sentence for the log, from the mqtt thread: connected, lost, refused. May be NULL. */
    void (*say)(void *ctx, bool trouble, const char *sentence);
    void *say_ctx;
};

struct aw_mqtt_stats {
    bool connected;
    uint64_t connects;  /* sessions the broker granted */
    uint64_t failures;  /* attempts that did not get one, and sessions that broke */
    uint64_t published; /* messages handed to the connection */
    uint64_t lost;      /* feed messages that found the ring full */
};

struct aw_mqtt;

/* Starts the thread; a broker that cannot be reached is no error, it is tried again for ever.
 * Errors with a sentence in why: INVAL (a topic or file that cannot be used), NOMEM, IO. */
AW_MUST_USE int aw_mqtt_start(struct aw_mqtt **out, const struct aw_mqtt_config *config,
                              struct aw_why *why);

/* One message of the feed, after the board took it in; from one thread only. Never waits. */
void aw_mqtt_push(struct aw_mqtt *m, const struct aw_board *b, const struct aw_msg *msg);

struct aw_mqtt_stats aw_mqtt_stats(const struct aw_mqtt *m); /* any thread */

/* Says offline, takes half a second at most for it, and ends. NULL is fine. */
void aw_mqtt_stop(struct aw_mqtt *m);

/* Time to wait before attempt n = 0, 1, ..; `random` any 32 bits. */
int64_t aw_mqtt_delay_ns(unsigned n, uint32_t random);

#endif
