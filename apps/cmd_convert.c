/* airwake convert: a recording in another container. The values are copied, never resampled. */
#include "commands.h"
#include "options.h"

#include "base/frame.h"
#include "base/units.h"
#include "npz.h"
#include "progress.h"
#include "readers/awk1.h"
#include "readers/intel5300.h"
#include "server/capture.h"
#include "server/names.h"
#include "server/pcap_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AWK1_PORT = 5005, MAX_GROUPS = 256 };

/* Frames of one link and shape: one set of arrays in a .npz. */
struct group {
    struct aw_link_info id;
    uint16_t n_sub;
    int16_t *k;
    uint8_t *kind;
    size_t n, cap;
    float *iq; /* [n][n_rx][n_tx][n_sub][2] */
    int64_t *t_ns;
    int64_t *seq;
    float *rssi_dbm, *noise_dbm; /* [n][4], [n] */
};

struct conversion {
    const char *out;
    bool scaled;
    struct aw_why why;
    FILE *csv;
    struct aw_pcap_writer pcap;
    const char *source; /* "replay", or "simulated" where the recording says so */
    struct group groups[MAX_GROUPS];
    int n_groups;
    uint32_t seq;
    uint64_t frames, refused, lost;
    uint8_t *datagram;
};

static int no_memory(struct conversion *c) {
    snprintf(c->why.text, sizeof c->why.text, "out of memory");
    return AW_ERR_NOMEM;
}

static bool same_group(const struct group *g, const struct aw_frame *f) {
    return g->id.origin == f->origin && g->id.node == f->node && g->id.tx == f->tx &&
           g->id.n_rx == f->n_rx && g->id.n_tx == f->n_tx && g->n_sub == f->n_sub &&
           g->id.rx_chain == f->rx_chain && memcmp(g->k, f->k, f->n_sub * sizeof *f->k) == 0;
}

static struct group *group_of(struct conversion *c, const struct aw_frame *f) {
    for (int i = 0; i < c->n_groups; i++)
        if (same_group(&c->groups[i], f)) return &c->groups[i];
    if (c->n_groups == MAX_GROUPS) return NULL;
    struct group *g = &c->groups[c->n_groups];
    *g = (struct group){.n_sub = f->n_sub};
    g->id = (struct aw_link_info){.format = f->format,
                                  .origin = f->origin,
                                  .node = f->node,
                                  .tx = f->tx,
                                  .rx_chain = f->rx_chain,
                                  .tx_chain = f->tx_chain,
                                  .n_rx = f->n_rx,
                                  .n_tx = f->n_tx};
    g->k = malloc(f->n_sub * sizeof *g->k);
    g->kind = malloc(f->n_sub);
    if (!g->k || !g->kind) return NULL;
    memcpy(g->k, f->k, f->n_sub * sizeof *g->k);
    memcpy(g->kind, f->kind, f->n_sub);
    c->n_groups++;
    return g;
}

static bool resize(void *pointer, size_t n, size_t bytes) {
    void **p = pointer;
    void *grown = realloc(*p, n * bytes);
    if (grown) *p = grown;
    return grown != NULL;
}

static int npz_push(struct conversion *c, const struct aw_frame *f) {
    struct group *g = group_of(c, f);
    if (!g) return no_memory(c);
    size_t values = (size_t)aw_frame_values(f) * 2;
    if (g->n == g->cap) {
        size_t cap = g->cap ? g->cap * 2 : 256;
        if (!resize(&g->iq, cap * values, sizeof *g->iq) ||
            !resize(&g->t_ns, cap, sizeof *g->t_ns) || !resize(&g->seq, cap, sizeof *g->seq) ||
            !resize(&g->rssi_dbm, cap * AW_MAX_CHAINS, sizeof *g->rssi_dbm) ||
            !resize(&g->noise_dbm, cap, sizeof *g->noise_dbm))
            return no_memory(c);
        g->cap = cap;
    }
    memcpy(g->iq + g->n * values, f->iq, values * sizeof *f->iq);
    g->t_ns[g->n] = f->t_kind == AW_TIME_NONE ? f->t_arrival_ns : f->t_ns;
    g->seq[g->n] = f->seq;
    memcpy(g->rssi_dbm + g->n * AW_MAX_CHAINS, f->rssi_dbm, sizeof f->rssi_dbm);
    g->noise_dbm[g->n++] = f->noise_dbm;
    return AW_OK;
}

static int npz_text(struct npz *z, const char *name, const char *text) {
    uint32_t wide[AW_LINK_NAME]; /* numpy's U is UTF-32; ours is ASCII */
    size_t len = strlen(text), scalar = 0;
    char descr[16];
    for (size_t i = 0; i < len; i++) wide[i] = (unsigned char)text[i];
    snprintf(descr, sizeof descr, "<U%zu", len);
    return npz_add(z, name, descr, &scalar, 0, wide, len * 4);
}

static int npz_group(struct npz *z, const struct group *g, const char *prefix) {
    char name[64], link[AW_LINK_NAME];
    size_t values = (size_t)g->id.n_rx * g->id.n_tx * g->n_sub;
    const size_t csi[] = {g->n, g->id.n_rx, g->id.n_tx, g->n_sub}, rssi[] = {g->n, AW_MAX_CHAINS};
    aw_link_name(&g->id, link);
    int err = AW_OK;
#define ADD(array, descr_, shape, dims, data, bytes)                                               \
    snprintf(name, sizeof name, "%s%s", prefix, array);                                            \
    if (!err) err = npz_add(z, name, descr_, shape, dims, data, bytes)
    ADD("csi", "<c8", csi, 4, g->iq, g->n * values * 8);
    ADD("t_ns", "<i8", csi, 1, g->t_ns, g->n * 8);
    ADD("seq", "<i8", csi, 1, g->seq, g->n * 8);
    ADD("rssi_dbm", "<f4", rssi, 2, g->rssi_dbm, g->n * AW_MAX_CHAINS * 4);
    ADD("noise_dbm", "<f4", csi, 1, g->noise_dbm, g->n * 4);
    ADD("k", "<i2", csi + 3, 1, g->k, (size_t)g->n_sub * 2);
    ADD("kind", "|u1", csi + 3, 1, g->kind, g->n_sub);
#undef ADD
    snprintf(name, sizeof name, "%slink", prefix);
    return err ? err : npz_text(z, name, link);
}

static int npz_finish(struct conversion *c) {
    struct npz z;
    int err = npz_open(&z, c->out, &c->why);
    if (err) return err;
    for (int i = 0; !err && i < c->n_groups; i++) {
        char prefix[16] = "";
        if (c->n_groups > 1) snprintf(prefix, sizeof prefix, "g%d_", i);
        err = npz_group(&z, &c->groups[i], prefix);
    }
    if (!err) err = npz_text(&z, "source", c->source);
    if (npz_close(&z) != AW_OK) err = AW_ERR_IO;
    if (err)
        snprintf(c->why.text, sizeof c->why.text, "%s: cannot be written (disk full?)", c->out);
    return err;
}

static int csv_push(struct conversion *c, const struct aw_frame *f) {
    struct aw_link_info id = {.format = f->format,
                              .node = f->node,
                              .tx = f->tx,
                              .rx_chain = f->rx_chain,
                              .tx_chain = f->tx_chain};
    char name[AW_LINK_NAME];
    aw_link_name(&id, name);
    FILE *o = c->csv;
    fprintf(o, "%s,%lld,%s,%u,", c->source,
            (long long)(f->t_kind == AW_TIME_NONE ? f->t_arrival_ns : f->t_ns), name, f->channel);
    if (isfinite(f->rssi_dbm[0])) fprintf(o, "%g", (double)f->rssi_dbm[0]);
    fputc(',', o);
    if (isfinite(f->noise_dbm)) fprintf(o, "%g", (double)f->noise_dbm);
    fprintf(o, ",%u,%u,%u,\"", f->n_rx, f->n_tx, f->n_sub);
    for (int i = 0; i < f->n_sub; i++) fprintf(o, i ? " %d" : "%d", f->k[i]);
    fputs("\",\"", o);
    for (uint32_t i = 0, n = aw_frame_values(f) * 2; i < n; i++)
        fprintf(o, i ? " %.9g" : "%.9g", (double)f->iq[i]); /* 9 digits give the float back */
    fputs("\"\n", o);
    if (!ferror(o)) return AW_OK;
    snprintf(c->why.text, sizeof c->why.text, "%s: cannot be written (disk full?)", c->out);
    return AW_ERR_IO;
}

static int pcap_push(struct conversion *c, const struct aw_capture *in, bool frame) {
    uint32_t loopback = 0x7F000001;
    if (in->pcap && in->datagram)
        return aw_pcap_writer_push(&c->pcap, in->datagram_t_ns, in->datagram_ip,
                                   in->datagram_src_port, in->datagram_port, in->datagram,
                                   in->datagram_len, &c->why);
    if (!frame) return AW_OK;
    const struct aw_frame *f = &in->frame;
    int n = aw_awk1_write(f, c->seq++, c->datagram, 65507);
    if (n < 0) {
        c->lost++; /* too large for a datagram */
        return AW_OK;
    }
    int64_t t = f->t_kind == AW_TIME_NONE ? f->t_arrival_ns : f->t_ns;
    return aw_pcap_writer_push(&c->pcap, t > 0 ? t : 0, loopback, AWK1_PORT, AWK1_PORT, c->datagram,
                               (size_t)n, &c->why);
}

static const char *ending(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot ? dot : "";
}

static int open_out(struct conversion *c) {
    if (strcmp(ending(c->out), ".npz") == 0) return AW_OK; /* written at the end */
    if (strcmp(ending(c->out), ".pcap") == 0) {
        c->datagram = malloc(65536);
        if (!c->datagram) return no_memory(c);
        return aw_pcap_writer_open(&c->pcap, c->out, &c->why);
    }
    c->csv = fopen(c->out, "wx");
    if (!c->csv) {
        snprintf(c->why.text, sizeof c->why.text, "%s: cannot be created (does it exist already?)",
                 c->out);
        return AW_ERR_IO;
    }
    fputs("source,t_ns,link,channel,rssi_dbm,noise_dbm,n_rx,n_tx,n_sub,k,csi_re_im\n", c->csv);
    return AW_OK;
}

static int close_out(struct conversion *c) {
    if (c->pcap.out) return aw_pcap_writer_close(&c->pcap, &c->why);
    if (!c->csv) return npz_finish(c);
    if (fclose(c->csv) == 0) return AW_OK;
    snprintf(c->why.text, sizeof c->why.text, "%s: cannot be written (disk full?)", c->out);
    return AW_ERR_IO;
}

static int convert(struct conversion *c, struct aw_capture *in) {
    int err = open_out(c);
    if (err) return err;
    struct progress bar;
    progress_start(&bar, "converting");
    for (int got; !err && (got = aw_capture_next(in)) != AW_CAPTURE_END;) {
        progress_show(&bar, aw_capture_progress(in));
        c->source = in->simulated ? "simulated" : "replay";
        if (got < 0) c->refused++;
        if (got == 1) c->frames++;
        if (got == 1 && c->scaled && in->frame.format == AW_FORMAT_INTEL5300)
            (void)aw_intel5300_scale(&in->frame);
        if (c->pcap.out)
            err = pcap_push(c, in, got == 1);
        else if (got == 1)
            err = c->csv ? csv_push(c, &in->frame) : npz_push(c, &in->frame);
    }
    progress_end(&bar);
    int closing = close_out(c);
    return err ? err : closing;
}

int cmd_convert(int argc, char **argv) {
    bool scaled = false;
    const struct opt opts[] = {
        {"scaled", NULL, "Intel 5300: CSI in absolute units, the square root of SNR",
         .on = &scaled},
        {0},
    };
    const struct opt_usage usage = {
        "airwake convert [--scaled] IN OUT",
        "Writes a recording of any known format as OUT, whose ending says how:\n"
        "  .npz   numpy arrays csi [frame][rx][tx][subcarrier] complex64, t_ns, k (subcarrier\n"
        "         index), kind, rssi_dbm, noise_dbm, seq, link, source (replay or\n"
        "         simulated); several links or shapes get the\n"
        "         prefixes g0_, g1_, ...\n"
        "  .csv   one line per frame\n"
        "  .pcap  the datagrams as they were; AWK1 datagrams for what was none\n"
        "Values are copied, never resampled. OUT must not exist.",
        NULL, 2, 2};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    const char *end = ending(argv[first + 1]);
    if (strcmp(end, ".npz") != 0 && strcmp(end, ".csv") != 0 && strcmp(end, ".pcap") != 0) {
        fprintf(stderr, "airwake convert: %s: the ending is to be .npz, .csv or .pcap\n",
                argv[first + 1]);
        return EXIT_USAGE;
    }
    if (access(argv[first + 1], F_OK) == 0) {
        fprintf(stderr, "airwake convert: %s exists already; it is not overwritten\n",
                argv[first + 1]);
        return EXIT_FAILED;
    }
    struct conversion *c = calloc(1, sizeof *c);
    struct aw_capture in;
    struct aw_why why;
    if (!c || aw_capture_open(&in, argv[first], &why) != AW_OK) {
        fprintf(stderr, "airwake convert: %s\n", c ? why.text : "out of memory");
        free(c);
        return EXIT_FAILED;
    }
    c->out = argv[first + 1];
    c->scaled = scaled;
    c->source = "replay";
    int err = convert(c, &in);
    aw_capture_close(&in);
    if (err)
        fprintf(stderr, "airwake convert: %s\n", c->why.text);
    else if (!c->frames)
        fprintf(stderr, "airwake convert: %s: no frame could be read\n", argv[first]);
    else
        printf("%s: %llu frames (%llu records refused, %llu too large for a datagram)\n", c->out,
               (unsigned long long)c->frames, (unsigned long long)c->refused,
               (unsigned long long)c->lost);
    code = err || !c->frames || c->lost ? EXIT_FAILED : EXIT_OK;
    for (int i = 0; i < c->n_groups; i++) {
        struct group *g = &c->groups[i];
        free(g->k), free(g->kind), free(g->iq), free(g->t_ns), free(g->seq), free(g->rssi_dbm);
        free(g->noise_dbm);
    }
    free(c->datagram);
    free(c);
    return code;
}
