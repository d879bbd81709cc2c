/* airwake record: datagrams as they arrive, into a pcap. Nothing is decoded on the way, so that
 * nothing is lost that this version does not understand. */
#include "commands.h"
#include "options.h"

#include "server/pcap_writer.h"
#include "server/udp.h"
#include "signals.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_PORTS = 8, FLUSH_MS = 1000 };

struct recording {
    struct aw_udp udp[MAX_PORTS];
    int n;
    struct aw_pcap_writer out;
    struct aw_why why;
};

static int write_batch(struct recording *r, struct aw_udp *u) {
    struct aw_udp_datagram batch[AW_UDP_BATCH];
    int n = aw_udp_receive(u, batch), err = AW_OK;
    for (int i = 0; i < n && !err; i++)
        err = aw_pcap_writer_push(&r->out, batch[i].t_ns, batch[i].ip, batch[i].port, u->port,
                                  batch[i].data, batch[i].len, &r->why);
    return err;
}

static int record(struct recording *r, double seconds) {
    long long start = monotonic_ns(), flushed = start;
    long long end = seconds > 0 ? start + (long long)(seconds * 1e9) : 0;
    int err = AW_OK;
    while (!signals_stop && !err) {
        long long now = monotonic_ns();
        if (end && now >= end) break;
        struct pollfd fds[MAX_PORTS];
        for (int i = 0; i < r->n; i++)
            fds[i] = (struct pollfd){.fd = r->udp[i].fd, .events = POLLIN};
        long long wait = end && (end - now) / 1000000 < 200 ? (end - now) / 1000000 + 1 : 200;
        if (poll(fds, (nfds_t)r->n, (int)wait) > 0)
            for (int i = 0; i < r->n && !err; i++)
                if (fds[i].revents) err = write_batch(r, &r->udp[i]);
        if (!err && now - flushed > FLUSH_MS * 1000000LL) {
            err = aw_pcap_writer_flush(&r->out, &r->why);
            flushed = now;
        }
    }
    return err;
}

int cmd_record(int argc, char **argv) {
    const char *ports[MAX_PORTS], *address = "0.0.0.0";
    int n_ports = 0;
    double seconds = 0;
    const struct opt opts[] = {
        {"udp", "PORT", "listen there; may be repeated (5005 and 5500)", .list = ports,
         .list_n = &n_ports, .list_max = MAX_PORTS},
        {"address", "IP", "only on this address of the machine (0.0.0.0: all)", .text = &address},
        {"seconds", "S", "stop after so long (0: until Ctrl-C)", .number = &seconds, .min = 0,
         .max = 1e9},
        {0},
    };
    const struct opt_usage usage = {
        "airwake record [flags] OUT.pcap",
        "Writes the datagrams of nodes to a plain pcap, as they arrive. Once a second everything is\n"
        "handed to the system, so that a killed recording is complete up to then.",
        "example: airwake record --seconds 60 room.pcap && airwake inspect room.pcap", 1, 1};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if (n_ports == 0) {
        ports[n_ports++] = "5005";
        ports[n_ports++] = "5500";
    }
    struct recording *r = calloc(1, sizeof *r);
    if (!r) return EXIT_FAILED;
    signals_catch(NULL);
    int err = AW_OK;
    for (int i = 0; i < n_ports && !err; i++) {
        uint16_t port;
        if (!opt_port(ports[i], &port))
            err = AW_ERR_INVAL;
        else if (!(err = aw_udp_open(&r->udp[i], address, port, &r->why)))
            r->n++;
    }
    if (!err) err = aw_pcap_writer_open(&r->out, argv[first], &r->why);
    if (!err) {
        err = record(r, seconds);
        int closing = aw_pcap_writer_close(&r->out, &r->why);
        if (!err) err = closing;
        printf("%s: %llu packets, %llu bytes\n", argv[first], (unsigned long long)r->out.packets,
               (unsigned long long)r->out.bytes);
    }
    if (err && r->why.text[0]) fprintf(stderr, "airwake record: %s\n", r->why.text);
    for (int i = 0; i < r->n; i++) aw_udp_close(&r->udp[i]);
    free(r);
    return err ? EXIT_FAILED : EXIT_OK;
}
