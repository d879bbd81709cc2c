/* Loads a running server: RuView nodes on one side, WebSocket clients on the other, for a while.
 *
 *   load --udp PORT --http PORT --pid PID [--links N] [--rate HZ] [--clients N] [--stalled N]
 *        [--seconds S] [--trouble]
 *
 * Prints one JSON line: datagrams sent, and what the clients saw. Latency: from the time stamp that
 * the server gave a datagram when the system handed it over (a row's t_s) to the moment at which a
 * client has the whole message. --trouble adds 5 % loss, 2 % reordered, 2 % twice, a node starting
 * again every second, and every client but the first leaving and coming back every 20 s; every
 * second node sends AWK1 with a clock of its own, and every 10 s one of these clocks jumps by up to
 * two hours, back or ahead. */
#include "readers/awk1.h"
#include "readers/reader.h"
#include "server/client.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

enum {
    SUBCARRIERS = 64,
    DATAGRAM = 20 + 2 * SUBCARRIERS,
    AWK1_BYTES = 512, /* more than a frame of 64 subcarriers needs */
    LINKS_MAX = 256,  /* a RuView node's number is one byte */
    CLIENTS_MAX = 256,
    BUFFER = 1 << 20, /* of a client: the longest message that is looked at */
    LATENCIES = 1 << 20,
    STEP_NS = 1000 * 1000, /* the sender wakes once per millisecond */
};
static const int64_t S_NS = 1000000000;

static struct {
    int udp, http, pid, links, rate, clients, stalled, seconds;
    int trouble;
} o = {.links = 256, .rate = 100, .clients = 200, .stalled = 20, .seconds = 60};

struct client {
    int fd;
    bool stalled;
    int64_t born_ns;
    size_t len;
    unsigned char *buffer;
};

static struct {
    uint64_t messages, bytes, rows, updates, closed, closed_slow, reconnected, future;
    size_t n;
    float *ms;
} seen;

static atomic_bool stop;
static atomic_uint_fast64_t sent, failed;

static int64_t now_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * S_NS + t.tv_nsec;
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u; /* Numerical Recipes, ranqd1 */
    return *state >> 8;
}

static void put_le(unsigned char *at, uint32_t v) {
    for (int i = 0; i < 4; i++) at[i] = (unsigned char)(v >> 8 * i);
}

/* A RuView datagram (docs/protocol.md): a still channel with noise of one step; every eighth node
 * sees somebody walk. */
static void make(unsigned char *d, int link, uint32_t seq, double t_s, uint32_t *random) {
    memset(d, 0, 20);
    put_le(d, 0xC5110001u);
    d[4] = (unsigned char)link;
    d[5] = 1;
    d[6] = SUBCARRIERS;
    put_le(d + 8, 2437);
    put_le(d + 12, seq);
    d[16] = (unsigned char)-50;
    d[17] = (unsigned char)-92;
    double moving = link % 8 == 0 ? 8 * sin(6.2831853 * 3 * t_s) : 0;
    for (int k = 0; k < SUBCARRIERS; k++) {
        bool null = k == 0 || (k > 26 && k < 38); /* guard band and carrier of HT20, as stored */
        double phase = 0.2 * k + link, noise = (double)(next_random(random) % 3) - 1;
        double amplitude = 30 + 10 * sin(0.3 * k + link) + moving * cos(0.1 * k);
        d[20 + 2 * k] = null ? 0 : (unsigned char)(int8_t)(amplitude * sin(phase) + noise);
        d[21 + 2 * k] = null ? 0 : (unsigned char)(int8_t)(amplitude * cos(phase) - noise);
    }
}

struct datagram {
    size_t len;
    unsigned char bytes[AWK1_BYTES];
};

/* The same frame as AWK1, with the time of its node's clock. */
static void repack(struct datagram *d, uint32_t seq, int64_t clock_ns) {
    static float iq[2 * SUBCARRIERS];
    struct aw_reader_state st = {0};
    struct aw_frame f = {.iq = iq, .iq_cap = SUBCARRIERS};
    const struct aw_reader *r = aw_reader_find_datagram(d->bytes, d->len);
    size_t used;
    if (!r || r->read(&st, d->bytes, d->len, true, &f, &used) <= 0) abort();
    f.t_kind = AW_TIME_HOST;
    f.t_ns = clock_ns;
    int len = aw_awk1_write(&f, seq, d->bytes, sizeof d->bytes);
    if (len < 0) abort();
    d->len = (size_t)len;
}

static void transmit(int fd, const struct datagram *d) {
    if (send(fd, d->bytes, d->len, 0) == (ssize_t)d->len)
        atomic_fetch_add_explicit(&sent, 1, memory_order_relaxed);
    else
        atomic_fetch_add_explicit(&failed, 1, memory_order_relaxed);
}

static void *send_all(void *arg) {
    static struct datagram held, d;
    static uint32_t seq[LINKS_MAX], awk1_seq;
    static int64_t clock_is_off_ns[LINKS_MAX];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o.udp)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) return NULL;
    uint32_t random = 1;
    bool holds = false;
    int64_t begin = now_ns(CLOCK_MONOTONIC), restart = begin, jump = begin;
    (void)arg;
    for (uint64_t n = 0; !atomic_load(&stop); n++) {
        /* Datagram n is due at n / (links * rate), links in turn. */
        int64_t due = begin + (int64_t)((double)n * (double)S_NS / (o.links * o.rate));
        int64_t now = now_ns(CLOCK_MONOTONIC);
        if (due > now) {
            int64_t until = due - now < STEP_NS ? now + STEP_NS : due;
            struct timespec t = {until / S_NS, until % S_NS};
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
        }
        int link = (int)(n % (uint64_t)o.links);
        if (o.trouble && now - restart > S_NS) {
            seq[next_random(&random) % (unsigned)o.links] = 0;
            restart = now;
        }
        if (o.trouble && now - jump > 10 * S_NS) {
            int ms = (int)(next_random(&random) % (4 * 3600 * 1000)) - 2 * 3600 * 1000;
            clock_is_off_ns[next_random(&random) % (unsigned)o.links] = ms * (S_NS / 1000);
            jump = now;
        }
        make(d.bytes, link, seq[link]++, (double)(due - begin) * 1e-9, &random);
        d.len = DATAGRAM;
        if (o.trouble && link % 2)
            repack(&d, awk1_seq++, now_ns(CLOCK_REALTIME) + clock_is_off_ns[link]);
        unsigned dice = o.trouble ? next_random(&random) % 100 : 100;
        if (dice < 5) continue;   /* lost */
        if (dice < 7 && !holds) { /* sent after the next one */
            held = d;
            holds = true;
            continue;
        }
        transmit(fd, &d);
        if (dice < 9) transmit(fd, &d); /* twice */
        if (holds) transmit(fd, &held);
        holds = false;
    }
    close(fd);
    return NULL;
}

static bool open_client(struct client *c) {
    c->len = 0;
    c->born_ns = now_ns(CLOCK_MONOTONIC);
    c->fd = client_connect((uint16_t)o.http, c->stalled ? 4096 : 0);
    if (c->fd < 0) return false;
    if (client_upgrade(c->fd, (uint16_t)o.http, "/ws/sensing", "") != 101) {
        close(c->fd);
        c->fd = -1;
        return false;
    }
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    return true;
}

static void close_client(struct client *c) {
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
}

static void take_row(const char *text) {
    const char *t = strstr(text, "\"t_s\":");
    if (!t) return;
    double age_ms = (double)now_ns(CLOCK_REALTIME) * 1e-6 - strtod(t + 6, NULL) * 1e3;
    if (age_ms < -1) seen.future++;
    if (seen.n < LATENCIES) seen.ms[seen.n++] = (float)age_ms;
}

static void take_message(struct client *c, unsigned opcode, const char *text, size_t len) {
    (void)c;
    seen.messages++;
    seen.bytes += len;
    if (opcode == 8) {
        seen.closed++;
        if (len >= 2 && ((unsigned char)text[0] << 8 | (unsigned char)text[1]) == 1013)
            seen.closed_slow++;
    } else if (strncmp(text, "{\"type\":\"row\"", 13) == 0) {
        seen.rows++;
        take_row(text);
    } else if (strncmp(text, "{\"type\":\"sensing_update\"", 24) == 0) {
        seen.updates++;
    }
}

/* Whole frames at the front of the buffer. The server's are not masked. */
static void take_frames(struct client *c) {
    size_t at = 0;
    while (c->len - at >= 2) {
        const unsigned char *f = c->buffer + at;
        uint64_t len = f[1] & 127u;
        size_t head = len == 126 ? 4 : len == 127 ? 10 : 2;
        if (c->len - at < head) break;
        if (head > 2) {
            len = 0;
            for (size_t i = 2; i < head; i++) len = len << 8 | f[i];
        }
        if (len > BUFFER - 16) { /* does not fit: give up on this client */
            close_client(c);
            return;
        }
        if (c->len - at < head + len) break;
        unsigned char after = f[head + len]; /* there is room for one byte more */
        c->buffer[at + head + len] = '\0';
        take_message(c, f[0] & 15u, (const char *)f + head, (size_t)len);
        c->buffer[at + head + len] = after;
        at += head + (size_t)len;
    }
    memmove(c->buffer, c->buffer + at, c->len - at);
    c->len -= at;
}

static void receive(struct client *c) {
    ssize_t n = recv(c->fd, c->buffer + c->len, BUFFER - 1 - c->len, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        close_client(c);
        return;
    }
    if (n < 0) return;
    c->len += (size_t)n;
    take_frames(c);
}

static int by_value(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float quantile(double q) {
    return seen.n ? seen.ms[(size_t)(q * (double)(seen.n - 1))] : NAN;
}

/* Ticks of user and system time, and resident kilobytes. */
static void process(long *ticks, long *rss_kb) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", o.pid);
    FILE *f = fopen(path, "r");
    long user = 0, system = 0, pages = 0;
    if (f && fgets(text, sizeof text, f)) {
        const char *p = strrchr(text, ')');
        if (p) sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system);
    }
    if (f) fclose(f);
    snprintf(path, sizeof path, "/proc/%d/statm", o.pid);
    f = fopen(path, "r");
    if (f && fscanf(f, "%*d %ld", &pages) != 1) pages = 0;
    if (f) fclose(f);
    *ticks = user + system;
    *rss_kb = pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void listen_all(struct client *clients, int64_t end) {
    struct pollfd fds[CLIENTS_MAX];
    int64_t tell = now_ns(CLOCK_MONOTONIC) + 60 * S_NS;
    while (now_ns(CLOCK_MONOTONIC) < end) {
        for (int i = 0; i < o.clients; i++)
            fds[i] =
                (struct pollfd){.fd = clients[i].stalled ? -1 : clients[i].fd, .events = POLLIN};
        poll(fds, (nfds_t)o.clients, 100);
        int64_t now = now_ns(CLOCK_MONOTONIC);
        for (int i = 0; i < o.clients; i++) {
            struct client *c = &clients[i];
            if (fds[i].revents) receive(c);
            bool leaves = o.trouble && i > 0 && now - c->born_ns > (20 + i % 7) * S_NS;
            if (leaves) close_client(c);
            if (c->fd < 0 && now - c->born_ns > S_NS && open_client(c)) seen.reconnected++;
        }
        if (now < tell) continue;
        tell += 60 * S_NS;
        long ticks, rss_kb;
        process(&ticks, &rss_kb);
        fprintf(stderr, "load: %lld s to go, %ld kB resident, %llu messages\n",
                (long long)((end - now) / S_NS), rss_kb, (unsigned long long)seen.messages);
    }
}

static int usage(void) {
    fprintf(stderr, "usage: load --udp PORT --http PORT --pid PID [--links N] [--rate HZ] "
                    "[--clients N] [--stalled N] [--seconds S] [--trouble]\n");
    return 2;
}

static bool parse(int argc, char **argv) {
    static const struct option options[] = {{"udp", 1, NULL, 'u'},     {"http", 1, NULL, 'h'},
                                            {"pid", 1, NULL, 'p'},     {"links", 1, NULL, 'l'},
                                            {"rate", 1, NULL, 'r'},    {"clients", 1, NULL, 'c'},
                                            {"stalled", 1, NULL, 's'}, {"seconds", 1, NULL, 't'},
                                            {"trouble", 0, NULL, 'x'}, {0}};
    int *const to[] = {['u'] = &o.udp,     ['h'] = &o.http,    ['p'] = &o.pid,
                       ['l'] = &o.links,   ['r'] = &o.rate,    ['c'] = &o.clients,
                       ['s'] = &o.stalled, ['t'] = &o.seconds, ['x'] = &o.trouble};
    for (int got; (got = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (got == '?') return false;
        *to[got] = optarg ? atoi(optarg) : 1;
    }
    return o.udp > 0 && o.http > 0 && o.pid > 0 && o.links > 0 && o.links <= LINKS_MAX &&
           o.rate > 0 && o.clients >= 0 && o.clients <= CLIENTS_MAX && o.stalled <= o.clients &&
           o.seconds > 0;
}

int main(int argc, char **argv) {
    static struct client clients[CLIENTS_MAX];
    if (!parse(argc, argv)) return usage();
    signal(SIGPIPE, SIG_IGN);
    seen.ms = malloc(LATENCIES * sizeof seen.ms[0]);
    int open = 0;
    for (int i = 0; i < o.clients; i++) {
        clients[i] = (struct client){.fd = -1, .stalled = i >= o.clients - o.stalled};
        clients[i].buffer = malloc(BUFFER);
        if (!clients[i].buffer || !seen.ms) return 1;
        open += open_client(&clients[i]);
    }
    pthread_t sender;
    long before, after, rss_before, rss_after;
    process(&before, &rss_before);
    int64_t begin = now_ns(CLOCK_MONOTONIC);
    if (pthread_create(&sender, NULL, send_all, NULL)) return 1;
    listen_all(clients, begin + o.seconds * S_NS);
    atomic_store(&stop, true);
    pthread_join(sender, NULL);
    process(&after, &rss_after);
    double seconds = (double)(now_ns(CLOCK_MONOTONIC) - begin) * 1e-9;
    qsort(seen.ms, seen.n, sizeof seen.ms[0], by_value);
    printf("{\"bench\":\"load\",\"links\":%d,\"rate_hz\":%d,\"clients\":%d,\"stalled\":%d,"
           "\"seconds\":%.0f,\"opened\":%d,\"sent\":%llu,\"not_sent\":%llu,\"messages\":%llu,"
           "\"MB\":%.1f,\"rows\":%llu,\"updates\":%llu,\"closed\":%llu,\"closed_slow\":%llu,"
           "\"reconnected\":%llu,\"from_the_future\":%llu,\"latency_ms_p50\":%.1f,"
           "\"latency_ms_p99\":%.1f,\"cpu_percent_of_one_core\":%.0f,\"rss_MB_before\":%.1f,"
           "\"rss_MB\":%.1f}\n",
           o.links, o.rate, o.clients, o.stalled, seconds, open, (unsigned long long)sent,
           (unsigned long long)failed, (unsigned long long)seen.messages, (double)seen.bytes / 1e6,
           (unsigned long long)seen.rows, (unsigned long long)seen.updates,
           (unsigned long long)seen.closed, (unsigned long long)seen.closed_slow,
           (unsigned long long)seen.reconnected, (unsigned long long)seen.future,
           (double)quantile(0.5), (double)quantile(0.99),
           100 * (double)(after - before) / (double)sysconf(_SC_CLK_TCK) / seconds,
           (double)rss_before / 1024, (double)rss_after / 1024);
    for (int i = 0; i < o.clients; i++) {
        close_client(&clients[i]);
        free(clients[i].buffer);
    }
    free(seen.ms);
    return 0;
}
