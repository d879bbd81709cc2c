/* airwake doctor: why is nothing arriving? Listens where nodes send, tells what it sees and what to
 * change. */
#include "commands.h"
#include "options.h"

#include "base/frame.h"
#include "readers/reader.h"
#include "server/signed.h"
#include "server/udp.h"
#include "signals.h"
#include "sim/marker.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PORTS = 8, MAX_SENDERS = 64, MAX_LENGTHS = 24 };

struct sender {
    uint32_t ip;
    uint64_t packets, csi, other, simulated;
    uint64_t refused[AW_ERR_COUNT];
    enum aw_format format;
    struct {
        size_t len;
        uint64_t n;
    } lengths[MAX_LENGTHS];
    int n_lengths;
    uint8_t head[8]; /* beginning of the last datagram that nothing recognised */
    bool has_head, is_signed;
};

struct port {
    struct aw_udp udp;
    uint16_t number;
    bool bound;
    uint64_t packets, more_senders;
    struct sender senders[MAX_SENDERS];
    int n_senders;
};

struct examination {
    struct port ports[MAX_PORTS];
    int n;
    float iq[2 * AW_MAX_CSI];
    struct aw_reader_state state;
};

static struct sender *sender_of(struct port *p, uint32_t ip) {
    for (int i = 0; i < p->n_senders; i++)
        if (p->senders[i].ip == ip) return &p->senders[i];
    if (p->n_senders == MAX_SENDERS) return NULL;
    p->senders[p->n_senders].ip = ip;
    return &p->senders[p->n_senders++];
}

static void count_length(struct sender *s, size_t len) {
    int i = 0;
    while (i < s->n_lengths && s->lengths[i].len != len) i++;
    if (i == MAX_LENGTHS) return;
    if (i == s->n_lengths) s->n_lengths++;
    s->lengths[i].len = len;
    s->lengths[i].n++;
}

static void look_at(struct examination *x, struct port *p, const struct aw_udp_datagram *d) {
    p->packets++;
    struct sender *s = sender_of(p, d->ip);
    if (!s) {
        p->more_senders++;
        return;
    }
    s->packets++;
    count_length(s, d->len);
    const uint8_t *data = d->data;
    size_t len = d->len;
    s->is_signed |= aw_signed_strip(&data, &len);
    if (aw_sim_marker_is(data, len)) {
        s->simulated++;
        return;
    }
    const struct aw_reader *reader = aw_reader_find_datagram(data, len);
    if (!reader) {
        s->refused[-AW_ERR_UNKNOWN_FORMAT]++;
        memset(s->head, 0, sizeof s->head);
        memcpy(s->head, data, len < sizeof s->head ? len : sizeof s->head);
        s->has_head = true;
        return;
    }
    struct aw_frame f = {.iq = x->iq, .iq_cap = AW_MAX_CSI};
    aw_frame_clear(&f);
    x->state = (struct aw_reader_state){{0}};
    size_t consumed;
    s->format = reader->format;
    int got = reader->read(&x->state, data, len, true, &f, &consumed);
    if (got > 0)
        s->csi++;
    else if (got == 0)
        s->other++;
    else
        s->refused[-got]++;
}

static void listen_for(struct examination *x, double seconds) {
    long long end = monotonic_ns() + (long long)(seconds * 1e9);
    while (!signals_stop && monotonic_ns() < end) {
        struct pollfd fds[MAX_PORTS];
        for (int i = 0; i < x->n; i++)
            fds[i] = (struct pollfd){.fd = x->ports[i].udp.fd, .events = POLLIN};
        if (poll(fds, (nfds_t)x->n, 100) <= 0) continue;
        for (int i = 0; i < x->n; i++) {
            if (!fds[i].revents) continue;
            struct aw_udp_datagram batch[AW_UDP_BATCH];
            int n = aw_udp_receive(&x->ports[i].udp, batch);
            for (int k = 0; k < n; k++) look_at(x, &x->ports[i], &batch[k]);
        }
    }
}

static void advise(const struct sender *s) {
    if (s->csi) return;
    if (s->simulated)
        printf("      -> only a simulator's marker arrives; its frames do not\n");
    else if (s->other)
        printf(
            "      -> the node sends its own summaries but no raw CSI: check its firmware's raw CSI\n"
            "         setting; airwake computes from raw CSI only\n");
    else if (s->has_head)
        printf(
            "      -> begins %02x %02x %02x %02x: not a format known here. A node of another kind, or\n"
            "         another program sends to this port\n",
            s->head[0], s->head[1], s->head[2], s->head[3]);
    else
        printf(
            "      -> recognised, but damaged or of an unknown version: see the reasons above\n");
}

static void report_sender(const struct sender *s, double seconds) {
    printf("    from %u.%u.%u.%u: %llu datagrams (%.1f/s)", s->ip >> 24, s->ip >> 16 & 255,
           s->ip >> 8 & 255, s->ip & 255, (unsigned long long)s->packets,
           (double)s->packets / seconds);
    if (s->format) printf(", %s", aw_format_title(s->format));
    printf("\n      CSI %llu, without CSI %llu", (unsigned long long)s->csi,
           (unsigned long long)s->other);
    if (s->is_signed) printf(", signed (not checked here)");
    if (s->simulated) printf(", SIMULATED");
    for (int i = 1; i < AW_ERR_COUNT; i++)
        if (s->refused[i])
            printf("; refused %llu: %s", (unsigned long long)s->refused[i], aw_err_sentence(-i));
    printf("\n      lengths:");
    for (int i = 0; i < s->n_lengths; i++)
        printf(" %zu B x %llu%s", s->lengths[i].len, (unsigned long long)s->lengths[i].n,
               i + 1 < s->n_lengths ? "," : "");
    printf("\n");
    advise(s);
}

static bool report(struct examination *x, double seconds) {
    bool csi = false;
    for (int i = 0; i < x->n; i++) {
        struct port *p = &x->ports[i];
        if (!p->bound) continue;
        printf("  UDP %u: %llu datagrams in %.0f s from %d senders", p->number,
               (unsigned long long)p->packets, seconds, p->n_senders);
        if (p->udp.kernel_drops) printf("; the system dropped %u", p->udp.kernel_drops);
        printf("\n");
        if (!p->packets) printf("    nothing arrives here\n");
        for (int k = 0; k < p->n_senders; k++) {
            report_sender(&p->senders[k], seconds);
            csi = csi || p->senders[k].csi;
        }
    }
    return csi;
}

static const char silence[] =
    "Nothing that holds CSI arrives. In this order:\n"
    "  1. Is the node on, and on this network? Its console says which address it got.\n"
    "  2. Does it send to this machine's address and to one of the ports above? RuView nodes:\n"
    "     target_ip and target_port of provision.py; Nexmon: UDP 5500 to the broadcast address.\n"
    "  3. Does a firewall drop it? Allow UDP on these ports.\n"
    "  4. Different subnets or a guest network with client isolation: put both on one network.\n"
    "  5. An ESP32 on USB instead: airwake serve --serial /dev/ttyUSB0\n"
    "To see the whole path work without hardware: airwake sim still --out /tmp/still.pcap, then\n"
    "airwake send /tmp/still.pcap while this command runs.\n";

int cmd_doctor(int argc, char **argv) {
    const char *ports[MAX_PORTS], *address = "0.0.0.0";
    int n_ports = 0;
    double seconds = 5;
    const struct opt opts[] = {
        {"udp", "PORT", "listen there; may be repeated (5005 and 5500)", .list = ports,
         .list_n = &n_ports, .list_max = MAX_PORTS},
        {"address", "IP", "only on this address of the machine (0.0.0.0: all)", .text = &address},
        {"seconds", "S", "how long to listen, 1..3600 (5)", .number = &seconds, .min = 1,
         .max = 3600},
        {0},
    };
    const struct opt_usage usage = {
        "airwake doctor [flags]",
        "Listens where nodes send and tells, per port and sender: what arrives, how long it is, what\n"
        "is refused and why, and what to change. Exits with 0 when CSI arrives, 1 otherwise.",
        "A running airwake serve holds the ports; its own view is GET /api/v1/sources.", 0, 0};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if (n_ports == 0) {
        ports[n_ports++] = "5005";
        ports[n_ports++] = "5500";
    }
    struct examination *x = calloc(1, sizeof *x);
    if (!x) return EXIT_FAILED;
    signals_catch(NULL);
    int bound = 0;
    for (int i = 0; i < n_ports; i++) {
        struct port *p = &x->ports[x->n];
        struct aw_why why;
        p->udp.fd = -1;
        if (!opt_port(ports[i], &p->number)) {
            free(x);
            return EXIT_USAGE;
        }
        x->n++;
        p->bound = aw_udp_open(&p->udp, address, p->number, &why) == AW_OK;
        if (p->bound)
            printf("  UDP %u: free, listening\n", p->number);
        else
            printf("  %s (a running airwake serve? then see its GET /api/v1/sources)\n", why.text);
        bound += p->bound;
    }
    fflush(stdout);
    bool csi = false;
    if (bound) {
        listen_for(x, seconds);
        csi = report(x, seconds);
        fputs(csi ? "CSI arrives: airwake serve will show it.\n" : silence, stdout);
    }
    for (int i = 0; i < x->n; i++) aw_udp_close(&x->ports[i].udp);
    free(x);
    return csi ? EXIT_OK : EXIT_FAILED;
}
