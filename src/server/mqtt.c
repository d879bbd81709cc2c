#include "server/mqtt.h"

#include "base/units.h"
#include "server/ha.h"
#include "server/system_clock.h"

#include <errno.h>
#include <mosquitto.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum {
    RING_SLOTS = 1024, /* 256 links make 512 messages at the same moment */
    KEEPALIVE_S = 15,  /* a broker that is silent for 1.5 of these is gone */
    TICK_MS = 500,
    FIRST_DELAY_S = 1,
    LAST_DELAY_S = 60,
};
/* The broker's retained messages come first: they say what an earlier run has left there. */
static const int64_t LISTEN_NS = AW_S / 2;
static const int64_t GOODBYE_NS = AW_S / 2;

struct aw_mqtt {
    struct mosquitto *client;
    struct aw_ha *ha;
    pthread_t thread;
    bool running;
    int wake_fd;
    atomic_bool stop, woken;
    struct aw_ring ring;
    void *memory;

    char *host;
    uint16_t port;
    char status[AW_HA_TOPIC], birth[AW_HA_TOPIC], configs[AW_HA_TOPIC], places[AW_HA_TOPIC];
    void (*say)(void *ctx, bool trouble, const char *sentence);
    void *say_ctx;

    bool connected;
    unsigned attempt;
    int64_t retry_ns, ready_ns; /* monotonic */

    atomic_bool is_connected;
    _Atomic uint64_t connects, failures, published;
};

static void say(struct aw_mqtt *m, bool trouble, const char *what, const char *why) {
    char text[300];
    snprintf(text, sizeof text, "mqtt: broker %s:%u: %s%s%s", m->host, m->port, what,
             why ? ": " : "", why ? why : "");
    if (m->say) m->say(m->say_ctx, trouble, text);
}

int64_t aw_mqtt_delay_ns(unsigned n, uint32_t random) {
    int64_t most = (int64_t)LAST_DELAY_S * AW_S, d = (int64_t)FIRST_DELAY_S * AW_S;
    while (n-- && d < most) d *= 2;
    if (d > most) d = most;
    return d - (int64_t)((double)d / 2 * random / UINT32_MAX);
}

static void retry_later(struct aw_mqtt *m) {
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) random = 0;
    m->retry_ns = aw_system_ns(CLOCK_MONOTONIC) + aw_mqtt_delay_ns(m->attempt++, random);
    atomic_fetch_add_explicit(&m->failures, 1, memory_order_relaxed);
}

static bool send_retained(void *ctx, const char *topic, const char *payload, size_t len) {
    struct aw_mqtt *m = ctx;
    /* What waits in the library is not bounded; so nothing is given to it while anything waits. */
    if (!m->connected || mosquitto_want_write(m->client)) return false;
    if (mosquitto_publish(m->client, NULL, topic, (int)len, payload, 0, true) != MOSQ_ERR_SUCCESS)
        return false;
    atomic_fetch_add_explicit(&m->published, 1, memory_order_relaxed);
    return true;
}

static void on_connect(struct mosquitto *client, void *ctx, int code) {
    struct aw_mqtt *m = ctx;
    if (code != 0) { /* the disconnect that follows counts it */
        say(m, true, "refuses us", mosquitto_connack_string(code));
        return;
    }
    m->connected = true;
    m->attempt = 0;
    m->ready_ns = aw_system_ns(CLOCK_MONOTONIC) + LISTEN_NS;
    atomic_store(&m->is_connected, true);
    atomic_fetch_add_explicit(&m->connects, 1, memory_order_relaxed);
    mosquitto_subscribe(client, NULL, m->configs, 0);
    mosquitto_subscribe(client, NULL, m->places, 0);
    mosquitto_subscribe(client, NULL, m->birth, 0);
    mosquitto_publish(client, NULL, m->status, 6, "online", 1, true);
    aw_ha_again(m->ha);
    say(m, false, "connected", NULL);
}

static void on_disconnect(struct mosquitto *client, void *ctx, int code) {
    struct aw_mqtt *m = ctx;
    (void)client;
    if (m->connected && !atomic_load(&m->stop))
        say(m, true, "connection lost", mosquitto_strerror(code));
    m->connected = false;
    atomic_store(&m->is_connected, false);
    retry_later(m);
}

static void on_message(struct mosquitto *client, void *ctx, const struct mosquitto_message *msg) {
    struct aw_mqtt *m = ctx;
    (void)client;
    size_t len = msg->payloadlen > 0 ? (size_t)msg->payloadlen : 0;
    if (strcmp(msg->topic, m->birth) == 0) {
        if (len == 6 && memcmp(msg->payload, "online", 6) == 0) aw_ha_again(m->ha);
    } else if (msg->retain) { /* others are echoes of ours */
        aw_ha_retained(m->ha, msg->topic, len, aw_system_ns(CLOCK_REALTIME));
    }
}

static void try_connect(struct aw_mqtt *m) {
    if (mosquitto_socket(m->client) >= 0 || aw_system_ns(CLOCK_MONOTONIC) < m->retry_ns) return;
    int err = mosquitto_connect_async(m->client, m->host, m->port, KEEPALIVE_S);
    if (err == MOSQ_ERR_SUCCESS) return;
    if (m->attempt == 0) /* once, not each time */
        say(m, true, "cannot be reached, will be tried again",
            err == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(err));
    retry_later(m);
}

static void drain(struct aw_mqtt *m) {
    uint64_t n;
    if (read(m->wake_fd, &n, sizeof n) < 0) { /* nothing there: the tick brought us here */
    }
    atomic_store(&m->woken, false);
    const struct aw_msg *msg;
    for (int budget = 2 * RING_SLOTS; budget && (msg = aw_ring_peek(&m->ring)); budget--) {
        aw_ha_push(m->ha, msg, aw_system_ns(CLOCK_REALTIME));
        aw_ring_release(&m->ring);
    }
}

/* Waits for news, the broker or the next tick. */
static void wait(struct aw_mqtt *m) {
    int fd = mosquitto_socket(m->client), timeout_ms = TICK_MS;
    struct pollfd fds[2] = {{.fd = m->wake_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    if (fd >= 0 && mosquitto_want_write(m->client)) fds[1].events |= POLLOUT;
    if (poll(fds, fd >= 0 ? 2 : 1, timeout_ms) < 0 || fd < 0) return;
    int err = MOSQ_ERR_SUCCESS;
    if (fds[1].revents & (POLLOUT | POLLERR)) err = mosquitto_loop_write(m->client, 1);
    if (err == MOSQ_ERR_SUCCESS && fds[1].revents & (POLLIN | POLLHUP | POLLERR))
        err = mosquitto_loop_read(m->client, 1);
    if (err == MOSQ_ERR_SUCCESS) err = mosquitto_loop_misc(m->client);
    /* The library has closed the socket and said so to on_disconnect(). */
    if (err != MOSQ_ERR_SUCCESS && m->attempt == 1 && !atomic_load(&m->stop))
        say(m, true, "no connection, will be tried again", mosquitto_strerror(err));
}

static void say_goodbye(struct aw_mqtt *m) {
    if (!m->connected) return;
    int64_t end_ns = aw_system_ns(CLOCK_MONOTONIC) + GOODBYE_NS;
    mosquitto_publish(m->client, NULL, m->status, 7, "offline", 0, true);
    while (mosquitto_want_write(m->client) && aw_system_ns(CLOCK_MONOTONIC) < end_ns) {
        struct pollfd fd = {.fd = mosquitto_socket(m->client), .events = POLLOUT};
        if (fd.fd < 0 || poll(&fd, 1, 50) < 0 ||
            mosquitto_loop_write(m->client, 1) != MOSQ_ERR_SUCCESS)
            return;
    }
    mosquitto_disconnect(m->client);
}

static void *run(void *arg) {
    struct aw_mqtt *m = arg;
    sigset_t all; /* the others handle signals; and a broken connection is no SIGPIPE here */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    while (!atomic_load(&m->stop)) {
        try_connect(m);
        wait(m);
        drain(m);
        if (m->connected && aw_system_ns(CLOCK_MONOTONIC) >= m->ready_ns)
            aw_ha_publish(m->ha, aw_system_ns(CLOCK_REALTIME)); /* what did not fit stays due */
    }
    say_goodbye(m);
    return NULL;
}

static const char *given(const char *text, const char *otherwise) {
    return text && *text ? text : otherwise;
}

static int refuse(struct aw_why *why, const char *key, const char *value, const char *sentence) {
    snprintf(why->text, sizeof why->text, "%s \"%s\": %s", key, value, sentence);
    return AW_ERR_INVAL;
}

static bool usable_topic(const char *topic) {
    size_t n = strlen(topic);
    return n > 0 && n < 48 && !strpbrk(topic, "+#$") && topic[0] != '/' && topic[n - 1] != '/';
}

static bool readable(const char *path) {
    return !path || !*path || access(path, R_OK) == 0;
}

static int check(const struct aw_mqtt_config *c, struct aw_why *why) {
    static const char topic_rule[] = "is to be 1..47 characters without + # $ and / at its ends";
    const char *const files[][2] = {{"mqtt.ca_file", c->ca_file},
                                    {"mqtt.cert_file", c->cert_file},
                                    {"mqtt.key_file", c->key_file}};
    const char *topic = given(c->topic, "airwake"),
               *prefix = given(c->discovery_prefix, "homeassistant");
    if (!c->host || !*c->host) return refuse(why, "mqtt.host", "", "is to be a name or address");
    if (!usable_topic(topic)) return refuse(why, "mqtt.topic", topic, topic_rule);
    if (!usable_topic(prefix)) return refuse(why, "mqtt.discovery_prefix", prefix, topic_rule);
    for (int i = 0; i < 3; i++)
        if (!readable(files[i][1])) return refuse(why, files[i][0], files[i][1], strerror(errno));
    if (!*given(c->cert_file, "") != !*given(c->key_file, ""))
        return refuse(why, "mqtt.cert_file", given(c->cert_file, ""),
                      "needs mqtt.key_file, and back");
    return AW_OK;
}

static struct aw_ha_names names_of(const struct aw_mqtt_config *c) {
    struct aw_ha_names n;
    snprintf(n.topic, sizeof n.topic, "%s", given(c->topic, "airwake"));
    snprintf(n.prefix, sizeof n.prefix, "%s", given(c->discovery_prefix, "homeassistant"));
    snprintf(n.version, sizeof n.version, "%s", given(c->version, "0"));
    aw_ha_slug(n.id, sizeof n.id, n.topic);
    return n;
}

static int set_up_tls(struct aw_mqtt *m, const struct aw_mqtt_config *c, struct aw_why *why) {
    const char *ca = given(c->ca_file, NULL);
    if (!c->tls && !ca && !given(c->cert_file, NULL)) return AW_OK;
    int err = mosquitto_tls_set(m->client, ca, ca ? NULL : "/etc/ssl/certs",
                                given(c->cert_file, NULL), given(c->key_file, NULL), NULL);
    if (err == MOSQ_ERR_SUCCESS) return AW_OK;
    return refuse(why, "mqtt.ca_file", ca ? ca : "", mosquitto_strerror(err));
}

static int set_up_client(struct aw_mqtt *m, const struct aw_mqtt_config *c,
                         const struct aw_ha_names *n, struct aw_why *why) {
    char id[96];
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) random = (uint32_t)getpid();
    snprintf(id, sizeof id, "%s-%06x", n->id, (unsigned)random & 0xFFFFFF);
    m->client = mosquitto_new(id, true, m);
    if (!m->client) return AW_ERR_NOMEM;
    mosquitto_connect_callback_set(m->client, on_connect);
    mosquitto_disconnect_callback_set(m->client, on_disconnect);
    mosquitto_message_callback_set(m->client, on_message);
    if (mosquitto_will_set(m->client, m->status, 7, "offline", 1, true) != MOSQ_ERR_SUCCESS)
        return AW_ERR_NOMEM;
    if (given(c->username, NULL) &&
        mosquitto_username_pw_set(m->client, c->username, given(c->password, NULL)) != 0)
        return AW_ERR_NOMEM;
    return set_up_tls(m, c, why);
}

static int set_up(struct aw_mqtt *m, const struct aw_mqtt_config *c, struct aw_why *why) {
    struct aw_ha_config ha = {.names = names_of(c),
                              .discovery = c->discovery,
                              .publish_simulated = c->publish_simulated,
                              .offline_s = c->offline_s,
                              .forget_s = c->forget_s,
                              .rooms = c->rooms,
                              .send = send_retained,
                              .ctx = m};
    struct aw_arena arena;
    size_t bytes = RING_SLOTS * (sizeof(struct aw_msg) + 16);
    bool tls = c->tls || given(c->ca_file, NULL);
    m->say = c->say;
    m->say_ctx = c->say_ctx;
    m->port = c->port ? c->port : tls ? 8883 : 1883;
    m->host = strdup(c->host);
    m->memory = malloc(bytes);
    m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (m->wake_fd < 0) return AW_ERR_IO;
    if (!m->host || !m->memory) return AW_ERR_NOMEM;
    aw_arena_init(&arena, m->memory, bytes);
    int err = aw_ring_init(&m->ring, &arena, RING_SLOTS, sizeof(struct aw_msg));
    if (err == AW_OK) err = aw_ha_create(&m->ha, &ha);
    snprintf(m->status, sizeof m->status, "%s/status", ha.names.topic);
    snprintf(m->birth, sizeof m->birth, "%s/status", ha.names.prefix);
    aw_ha_config_topic(m->configs, &ha.names, "+");
    aw_ha_topic(m->places, &ha.names, "+", "availability");
    return err == AW_OK ? set_up_client(m, c, &ha.names, why) : err;
}

int aw_mqtt_start(struct aw_mqtt **out, const struct aw_mqtt_config *config, struct aw_why *why) {
    why->text[0] = '\0';
    int err = check(config, why);
    if (err != AW_OK) return err;
    struct aw_mqtt *m = aligned_alloc(64, (sizeof *m + 63) & ~(size_t)63);
    if (!m) return AW_ERR_NOMEM;
    memset(m, 0, sizeof *m);
    m->wake_fd = -1;
    mosquitto_lib_init();
    err = set_up(m, config, why);
    if (err == AW_OK && pthread_create(&m->thread, NULL, run, m) != 0) err = AW_ERR_IO;
    if (err != AW_OK) {
        if (!why->text[0]) snprintf(why->text, sizeof why->text, "mqtt: %s", aw_err_sentence(err));
        aw_mqtt_stop(m);
        return err;
    }
    m->running = true;
    *out = m;
    return AW_OK;
}

static void wake(struct aw_mqtt *m) {
    uint64_t one = 1;
    if (atomic_exchange(&m->woken, true)) return;
    if (write(m->wake_fd, &one, sizeof one) < 0) { /* the tick comes anyway */
    }
}

void aw_mqtt_push(struct aw_mqtt *m, const struct aw_board *b, const struct aw_msg *msg) {
    if (msg->kind == AW_MSG_ROW) return;
    struct aw_msg *slot = aw_ring_reserve(&m->ring);
    if (!slot) return; /* the ring counts it */
    *slot = *msg;
    if (msg->kind == AW_MSG_LINK) { /* the room that people put it into, not the lane's */
        uint32_t at = aw_board_find(b, msg->link);
        if (at < AW_BOARD_LINKS) slot->link_info.lane = b->links[at].room;
    }
    aw_ring_commit(&m->ring);
    wake(m);
}

struct aw_mqtt_stats aw_mqtt_stats(const struct aw_mqtt *m) {
    return (struct aw_mqtt_stats){
        .connected = atomic_load(&m->is_connected),
        .connects = atomic_load_explicit(&m->connects, memory_order_relaxed),
        .failures = atomic_load_explicit(&m->failures, memory_order_relaxed),
        .published = atomic_load_explicit(&m->published, memory_order_relaxed),
        .lost = atomic_load_explicit(&m->ring.lost, memory_order_relaxed)};
}

void aw_mqtt_stop(struct aw_mqtt *m) {
    if (!m) return;
    if (m->running) {
        atomic_store(&m->stop, true);
        atomic_store(&m->woken, false);
        wake(m);
        pthread_join(m->thread, NULL);
    }
    if (m->client) mosquitto_destroy(m->client);
    mosquitto_lib_cleanup();
    aw_ha_destroy(m->ha);
    if (m->wake_fd >= 0) close(m->wake_fd);
    free(m->memory);
    free(m->host);
    free(m);
}
