/* airwake inspect: what a recording holds, read by the same readers as everything else. */
#include "commands.h"
#include "options.h"

#include "base/frame.h"
#include "base/json.h"
#include "core/clock.h"
#include "server/capture.h"
#include "server/names.h"
#include "server/update_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINKS = 256, MAX_SIZES = 16 };

struct link {
    struct aw_link_info id;
    struct aw_clock clock;
    int64_t first_ns, last_ns;
    uint64_t frames, timed;
    float *intervals_s; /* [n] */
    size_t n, cap;
    struct {
        uint16_t n_sub;
        uint64_t frames;
    } sizes[MAX_SIZES]; /* values per chain, mixed streams */
    int n_sizes;
    int k_min, k_max, n_live, n_null, n_invalid;
    float amp_min, amp_max, rssi_min, rssi_max;
};

struct inspection {
    struct aw_capture capture;
    struct link links[MAX_LINKS];
    int n_links;
    uint64_t frames, other_links, skipped, refused[AW_ERR_COUNT];
    const char *time; /* where the time stamps come from */
};

static struct link *link_of(struct inspection *in, const struct aw_frame *f) {
    for (int i = 0; i < in->n_links; i++) {
        struct aw_link_info *id = &in->links[i].id;
        if (id->origin == f->origin && id->node == f->node && id->tx == f->tx &&
            id->format == f->format && id->rx_chain == f->rx_chain && id->n_rx == f->n_rx &&
            id->n_tx == f->n_tx)
            return &in->links[i];
    }
    if (in->n_links == MAX_LINKS) return NULL;
    struct link *l = &in->links[in->n_links++];
    l->id = (struct aw_link_info){.origin = f->origin,
                                  .node = f->node,
                                  .tx = f->tx,
                                  .format = f->format,
                                  .rx_chain = f->rx_chain,
                                  .tx_chain = f->tx_chain,
                                  .n_rx = f->n_rx,
                                  .n_tx = f->n_tx};
    aw_clock_reset(&l->clock);
    l->amp_min = l->rssi_min = INFINITY;
    l->amp_max = l->rssi_max = -INFINITY;
    return l;
}

static void add_time(struct link *l, const struct aw_frame *f) {
    int64_t t;
    if (aw_clock_push(&l->clock, f, &t) != AW_OK) return;
    if (l->timed++ == 0) {
        l->first_ns = l->last_ns = t;
        return;
    }
    if (t < l->last_ns) return;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 4096;
        float *grown = realloc(l->intervals_s, cap * sizeof *grown);
        if (!grown) return;
        l->intervals_s = grown;
        l->cap = cap;
    }
    l->intervals_s[l->n++] = (float)((double)(t - l->last_ns) * 1e-9);
    l->last_ns = t;
}

static void add_values(struct link *l, const struct aw_frame *f) {
    l->k_min = INT16_MAX;
    l->k_max = INT16_MIN;
    l->n_live = l->n_null = l->n_invalid = 0;
    for (int i = 0; i < f->n_sub; i++) {
        if (f->kind[i] & AW_SUB_NULL)
            l->n_null++;
        else if (f->kind[i] & AW_SUB_INVALID)
            l->n_invalid++;
        else
            l->n_live++;
        if (f->k[i] < l->k_min) l->k_min = f->k[i];
        if (f->k[i] > l->k_max) l->k_max = f->k[i];
    }
    uint32_t n = aw_frame_values(f);
    for (uint32_t i = 0; i < n; i++) {
        if (f->kind[i % f->n_sub] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
        float a = hypotf(f->iq[2 * i], f->iq[2 * i + 1]);
        l->amp_min = fminf(l->amp_min, a);
        l->amp_max = fmaxf(l->amp_max, a);
    }
    for (int i = 0; i < f->n_rx && i < AW_MAX_CHAINS; i++) {
        l->rssi_min = fminf(l->rssi_min, f->rssi_dbm[i]);
        l->rssi_max = fmaxf(l->rssi_max, f->rssi_dbm[i]);
    }
}

static void add(struct inspection *in, const struct aw_frame *f) {
    static const char *const times[] = {"none", "host", "device", "inferred"};
    in->frames++;
    in->time = f->t_kind == AW_TIME_NONE && f->t_arrival_ns ? "arrival" : times[f->t_kind & 3];
    struct link *l = link_of(in, f);
    if (!l) {
        in->other_links++;
        return;
    }
    l->frames++;
    snprintf(l->id.chip, sizeof l->id.chip, "%s", f->chip);
    l->id.channel = f->channel;
    l->id.bandwidth_mhz = f->bandwidth_mhz;
    int s = 0;
    while (s < l->n_sizes && l->sizes[s].n_sub != f->n_sub) s++;
    if (s < MAX_SIZES) {
        if (s == l->n_sizes) l->n_sizes++;
        l->sizes[s].n_sub = f->n_sub;
        l->sizes[s].frames++;
    }
    add_time(l, f);
    add_values(l, f);
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Median interval, its median absolute deviation, and gaps as core/rate.h counts them. */
static void timing(struct link *l, double *rate_hz, double *jitter_ms, uint64_t *gaps) {
    *rate_hz = *jitter_ms = NAN;
    *gaps = 0;
    if (l->n < 2) return;
    qsort(l->intervals_s, l->n, sizeof *l->intervals_s, ascending);
    float mid = l->intervals_s[l->n / 2];
    for (size_t i = 0; i < l->n; i++) {
        float dt = l->intervals_s[i];
        if (mid > 0 && dt > 4 * mid && dt > 0.25F) ++*gaps;
        l->intervals_s[i] = fabsf(dt - mid);
    }
    qsort(l->intervals_s, l->n, sizeof *l->intervals_s, ascending);
    if (mid > 0) *rate_hz = 1 / (double)mid;
    *jitter_ms = 1e3 * (double)l->intervals_s[l->n / 2];
}

static void key_str(struct aw_json *j, const char *key, const char *v) {
    aw_json_key(j, key);
    aw_json_str(j, v && v[0] ? v : NULL);
}

static void link_json(struct aw_json *j, struct link *l) {
    char name[AW_LINK_NAME];
    double rate_hz, jitter_ms;
    uint64_t gaps;
    aw_link_name(&l->id, name);
    timing(l, &rate_hz, &jitter_ms, &gaps);
    aw_json_open(j, '{');
    key_str(j, "link", name);
    key_str(j, "format", aw_format_key(l->id.format));
    key_str(j, "chip", l->id.chip);
    aw_json_key_num(j, "channel", l->id.channel ? l->id.channel : NAN, 0);
    aw_json_key_num(j, "bandwidth_mhz", l->id.bandwidth_mhz ? l->id.bandwidth_mhz : NAN, 0);
    aw_json_key_num(j, "frames", (double)l->frames, 0);
    aw_json_key_num(j, "duration_s", l->timed ? (double)(l->last_ns - l->first_ns) * 1e-9 : NAN, 3);
    aw_json_key_num(j, "rate_hz", rate_hz, 2);
    aw_json_key_num(j, "jitter_ms", jitter_ms, 2);
    aw_json_key_num(j, "gaps", (double)gaps, 0);
    aw_json_key_num(j, "rx_chains", l->id.n_rx, 0);
    aw_json_key_num(j, "tx_chains", l->id.n_tx, 0);
    aw_json_key(j, "values_per_chain");
    aw_json_open(j, '{');
    for (int i = 0; i < l->n_sizes; i++) {
        char size[16];
        snprintf(size, sizeof size, "%u", l->sizes[i].n_sub);
        aw_json_key_num(j, size, (double)l->sizes[i].frames, 0);
    }
    aw_json_close(j, '}');
    aw_json_key_num(j, "subcarrier_min", l->k_min, 0);
    aw_json_key_num(j, "subcarrier_max", l->k_max, 0);
    aw_json_key_num(j, "subcarriers_live", l->n_live, 0);
    aw_json_key_num(j, "subcarriers_null", l->n_null, 0);
    aw_json_key_num(j, "subcarriers_invalid", l->n_invalid, 0);
    aw_json_key_num(j, "amplitude_min", l->amp_min, 3);
    aw_json_key_num(j, "amplitude_max", l->amp_max, 3);
    aw_json_key_num(j, "rssi_min_dbm", l->rssi_min, 1);
    aw_json_key_num(j, "rssi_max_dbm", l->rssi_max, 1);
    aw_json_close(j, '}');
}

static void print_json(struct inspection *in, const char *file) {
    size_t cap = 65536 + MAX_LINKS * 2048;
    char *text = malloc(cap);
    struct aw_json j;
    if (!text) return;
    aw_json_init(&j, text, cap);
    aw_json_open(&j, '{');
    key_str(&j, "file", file);
    key_str(&j, "container", in->capture.pcap ? "pcap" : "none");
    key_str(&j, "compression", in->capture.bytes.compression);
    key_str(&j, "format", aw_capture_kind(&in->capture));
    aw_json_key(&j, "simulated");
    aw_json_bool(&j, in->capture.simulated);
    key_str(&j, "time", in->time);
    aw_json_key_num(&j, "frames", (double)in->frames, 0);
    aw_json_key_num(&j, "without_csi", (double)in->skipped, 0);
    aw_json_key(&j, "refused");
    aw_refused_json(&j, in->refused);
    aw_json_key(&j, "links");
    aw_json_open(&j, '[');
    for (int i = 0; i < in->n_links; i++) link_json(&j, &in->links[i]);
    aw_json_close(&j, ']');
    aw_json_key_num(&j, "frames_of_further_links", (double)in->other_links, 0);
    aw_json_close(&j, '}');
    const char *done = aw_json_text(&j);
    if (done) puts(done);
    free(text);
}

static void print_link(struct link *l) {
    char name[AW_LINK_NAME];
    double rate_hz, jitter_ms;
    uint64_t gaps;
    aw_link_name(&l->id, name);
    timing(l, &rate_hz, &jitter_ms, &gaps);
    printf("  link %s%s%s\n", name, l->id.chip[0] ? ", chip " : "", l->id.chip);
    printf("    %llu frames", (unsigned long long)l->frames);
    if (l->timed)
        printf(", %.1f s, %.1f frames/s (interval varies by %.1f ms), %llu gaps",
               (double)(l->last_ns - l->first_ns) * 1e-9, rate_hz, jitter_ms,
               (unsigned long long)gaps);
    else
        printf(", no time stamps");
    printf(
        "\n    %u receive x %u transmit chains, subcarriers %d..%d: %d live, %d null, %d invalid\n",
        l->id.n_rx, l->id.n_tx, l->k_min, l->k_max, l->n_live, l->n_null, l->n_invalid);
    if (l->n_sizes > 1) {
        printf("    mixed frames:");
        for (int i = 0; i < l->n_sizes; i++)
            printf(" %llu of %u values%s", (unsigned long long)l->sizes[i].frames,
                   l->sizes[i].n_sub, i + 1 < l->n_sizes ? "," : "\n");
    }
    printf("    amplitude %.4g..%.4g", (double)l->amp_min, (double)l->amp_max);
    if (l->rssi_min <= l->rssi_max)
        printf(", RSSI %.0f..%.0f dBm", (double)l->rssi_min, (double)l->rssi_max);
    if (l->id.channel) printf(", channel %u", l->id.channel);
    if (l->id.bandwidth_mhz) printf(", %u MHz", l->id.bandwidth_mhz);
    printf("\n");
}

static void print_text(struct inspection *in, const char *file) {
    const char *kind =
        in->capture.pcap ? "pcap of datagrams" : aw_format_title(in->capture.reader->format);
    printf("%s: %s", file, kind);
    if (strcmp(in->capture.bytes.compression, "none") != 0)
        printf(" (%s)", in->capture.bytes.compression);
    printf("%s\n  %llu frames, %llu records without CSI, time: %s\n",
           in->capture.simulated ? ", SIMULATED" : "", (unsigned long long)in->frames,
           (unsigned long long)in->skipped, in->time ? in->time : "none");
    for (int i = 1; i < AW_ERR_COUNT; i++)
        if (in->refused[i])
            printf("  refused: %llu (%s: %s)\n", (unsigned long long)in->refused[i], aw_err_key(-i),
                   aw_err_sentence(-i));
    for (int i = 0; i < in->n_links; i++) print_link(&in->links[i]);
    if (in->other_links)
        printf("  %llu frames of further links\n", (unsigned long long)in->other_links);
}

static int inspect(const char *file, bool json) {
    struct inspection *in = calloc(1, sizeof *in);
    struct aw_why why;
    if (!in) return EXIT_FAILED;
    if (aw_capture_open(&in->capture, file, &why) != AW_OK) {
        fprintf(stderr, "airwake inspect: %s\n", why.text);
        free(in);
        return EXIT_FAILED;
    }
    if (why.text[0]) fprintf(stderr, "airwake inspect: %s\n", why.text);
    for (int got; (got = aw_capture_next(&in->capture)) != AW_CAPTURE_END;) {
        if (got < 0)
            in->refused[-got]++;
        else if (got == 0)
            in->skipped++;
        else
            add(in, &in->capture.frame);
    }
    if (json)
        print_json(in, file);
    else
        print_text(in, file);
    int code = in->frames ? EXIT_OK : EXIT_FAILED;
    if (!in->frames) fprintf(stderr, "airwake inspect: %s: no frame could be read\n", file);
    for (int i = 0; i < in->n_links; i++) free(in->links[i].intervals_s);
    aw_capture_close(&in->capture);
    free(in);
    return code;
}

int cmd_inspect(int argc, char **argv) {
    bool json = false;
    const struct opt opts[] = {
        {"json", NULL, "one JSON object per file", .on = &json},
        {0},
    };
    const struct opt_usage usage = {
        "airwake inspect [--json] FILE...",
        "Says what recordings hold: format, hardware, frames, duration, rate (median, jitter, gaps),\n"
        "chains, subcarriers, amplitudes, and what was refused and why.",
        NULL, 1, 1 << 20};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    code = EXIT_OK;
    for (int i = first; i < argc; i++) {
        int one = inspect(argv[i], json);
        if (one != EXIT_OK) code = one;
    }
    return code;
}
