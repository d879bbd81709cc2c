/* airwake send: a recording as live datagrams. The synthetic node of our own tests. */
#include "commands.h"
#include "options.h"

#include "base/frame.h"
#include "readers/awk1.h"
#include "server/keyring.h"
#include "server/player.h"
#include "server/system_clock.h"
#include "signals.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct sender {
    struct aw_player player;
    int fd;
    struct sockaddr_in to;
    uint32_t seq;
    uint64_t sent, unsent;
    uint8_t datagram[65536];
    struct aw_keyring keys;
    const struct aw_key *key; /* NULL: nothing is signed */
    uint64_t signed_seq;
    uint8_t wrapped[65536];
};

static bool parse_target(const char *text, struct sockaddr_in *to) {
    char host[64];
    uint16_t port;
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host) return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    if (strcmp(host, "localhost") == 0) strcpy(host, "127.0.0.1");
    *to = (struct sockaddr_in){.sin_family = AF_INET};
    if (!opt_port(colon + 1, &port) || inet_pton(AF_INET, host, &to->sin_addr) != 1) return false;
    to->sin_port = htons(port);
    return true;
}

/* False: it does not fit. */
static bool sign(struct sender *s, const uint8_t **data, size_t *len) {
    if (!s->key) return true;
    const struct aw_signed one = {s->key->id, s->signed_seq++, aw_system_ns(CLOCK_REALTIME), *data,
                                  *len};
    int n = aw_signed_write(&one, s->key->key, s->wrapped, 65507);
    *data = s->wrapped;
    *len = n < 0 ? 0 : (size_t)n;
    return n >= 0;
}

static void send_bytes(struct sender *s, const uint8_t *data, size_t len) {
    if (sign(s, &data, &len) &&
        sendto(s->fd, data, len, 0, (struct sockaddr *)&s->to, sizeof s->to) == (ssize_t)len)
        s->sent++;
    else
        s->unsent++;
}

static void send_record(struct sender *s, bool frame) {
    const struct aw_capture *c = &s->player.capture;
    if (c->pcap && c->datagram) {
        send_bytes(s, c->datagram, c->datagram_len);
    } else if (frame) {
        int n = aw_awk1_write(&c->frame, s->seq++, s->datagram, 65507);
        if (n < 0)
            s->unsent++;
        else
            send_bytes(s, s->datagram, (size_t)n);
    }
}

static void run(struct sender *s, bool loop) {
    while (!signals_stop) {
        int64_t now = monotonic_ns();
        int got = aw_player_next(&s->player, now);
        if (got == AW_PLAYER_WAIT) {
            int64_t wait = s->player.due_ns - now;
            if (wait > 200000000) wait = 200000000; /* look at Ctrl-C */
            struct timespec t = {0, wait};
            nanosleep(&t, NULL);
        } else if (got == AW_CAPTURE_END) {
            if (!loop || aw_player_rewind(&s->player) != AW_OK) break;
        } else {
            send_record(s, got == 1);
        }
    }
}

/* Its number may be left out when there is but one. Sequence numbers begin with the time, so that
 * they go on behind those of the last run. */
static bool load_key(struct sender *s, const char *path, uint32_t id, struct aw_why *why) {
    if (aw_keyring_load(&s->keys, path, why) != AW_OK) return false;
    s->key = id ? aw_keyring_find(&s->keys, id) : s->keys.n == 1 ? &s->keys.list[0] : NULL;
    s->signed_seq = (uint64_t)aw_system_ns(CLOCK_REALTIME);
    if (!s->key)
        snprintf(why->text, sizeof why->text, "%.150s holds %d keys%s", path, s->keys.n,
                 id ? ", none of this number" : ": say which by --key-id");
    return s->key != NULL;
}

int cmd_send(int argc, char **argv) {
    const char *to = "127.0.0.1:5005";
    const char *key_file = NULL;
    double speed = 1, key_id = 0;
    bool loop = false;
    const struct opt opts[] = {
        {"to", "HOST:PORT", "where to (127.0.0.1:5005)", .text = &to},
        {"speed", "N", "N times as fast as recorded (1)", .number = &speed, .min = 0.001,
         .max = 1e6},
        {"loop", NULL, "start again at the end", .on = &loop},
        {"key-file", "FILE", "sign with a key of this file: airwake key", .text = &key_file},
        {"key-id", "N", "its number", .number = &key_id, .min = 1, .max = UINT32_MAX},
        {0},
    };
    const struct opt_usage usage = {
        "airwake send [flags] FILE",
        "Sends a recording as live datagrams with its own timing: a pcap's datagrams as they were,\n"
        "frames of any other format as AWK1 datagrams.",
        "example: airwake send room.pcap --to 127.0.0.1:5005 --loop", 1, 1};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    struct sender *s = calloc(1, sizeof *s);
    struct aw_why why;
    if (!s) return EXIT_FAILED;
    if (!parse_target(to, &s->to)) {
        fprintf(stderr, "airwake send: --to %s: an IPv4 address and a port 1..65535 are wanted\n",
                to);
        free(s);
        return EXIT_USAGE;
    }
    code = EXIT_FAILED;
    if (key_file && !load_key(s, key_file, (uint32_t)key_id, &why)) {
        fprintf(stderr, "airwake send: %s\n", why.text);
    } else if (aw_player_open(&s->player, argv[first], speed, &why) != AW_OK) {
        fprintf(stderr, "airwake send: %s\n", why.text);
    } else {
        s->fd = socket(AF_INET, SOCK_DGRAM, 0);
        signals_catch(NULL);
        if (s->fd < 0) {
            fprintf(stderr, "airwake send: %s\n", strerror(errno));
        } else {
            run(s, loop);
            close(s->fd);
            printf("%llu datagrams sent, %llu not\n", (unsigned long long)s->sent,
                   (unsigned long long)s->unsent);
            code = s->sent && !s->unsent ? EXIT_OK : EXIT_FAILED;
        }
        aw_player_close(&s->player);
    }
    aw_keyring_forget(&s->keys);
    free(s);
    return code;
}
