/* airwake replay: the pipeline of serve, over a file, as fast as it goes. Nothing in its output
 * depends on the machine or the moment: the same file gives the same bytes. */
#include "commands.h"
#include "options.h"

#include "base/units.h"
#include "server/capture.h"
#include "server/names.h"
#include "server/update_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 4096 };

struct replay {
    const char *file;
    struct aw_capture capture;
    struct aw_session *session;
    bool many; /* files: then each line names its own */
    int64_t t0_ns, last_ns;
    double empty_s; /* the recording's first seconds show the empty room; 0 none */
    bool calibrating, calibrated;
    double rate_hz; /* of a source without time stamps, as the user says; 0 none */
    uint32_t max_links;
    uint64_t records, frames, used, skipped, updates;
    uint64_t refused[AW_ERR_COUNT];
};

static void print(struct aw_json *j) {
    const char *text = aw_json_text(j);
    if (text) puts(text);
}

static void put_place(struct replay *r, struct aw_json *j, int64_t t_ns, uint32_t link) {
    struct aw_link_info info;
    char name[AW_LINK_NAME] = "";
    if (aw_session_link(r->session, link, &info)) aw_link_name(&info, name);
    if (link == AW_LINK_ROOM) snprintf(name, sizeof name, "room");
    if (r->many) {
        aw_json_key(j, "file");
        aw_json_str(j, r->file);
    }
    aw_json_key(j, "t_s");
    aw_json_num(j, (double)(t_ns - r->t0_ns) * 1e-9, 0);
    aw_json_key(j, "link");
    aw_json_str(j, name);
    aw_json_key(j, "source");
    aw_json_str(j, r->capture.simulated ? "simulated" : "replay");
}

static void print_silence(struct replay *r, const struct aw_update *u) {
    struct aw_update none = {.link = u->link};
    /* a recording over more than a day of silence is not a recording: say the rest in one line */
    uint32_t lines = u->silent_s < 86400 ? u->silent_s : 86400;
    for (uint32_t i = lines; i > 0; i--) {
        char buf[LINE];
        struct aw_json j;
        aw_json_init(&j, buf, sizeof buf);
        aw_json_open(&j, '{');
        put_place(r, &j, u->t_ns - (int64_t)i * AW_S, u->link);
        aw_update_json(&j, &none, AW_REASON_NO_FRAMES);
        aw_json_close(&j, '}');
        print(&j);
    }
}

static void print_updates(struct replay *r) {
    struct aw_update u;
    while (aw_session_poll(r->session, &u)) {
        if (r->updates++ == 0) r->t0_ns = u.t_ns - AW_S;
        r->last_ns = u.t_ns;
        print_silence(r, &u);
        char buf[LINE];
        struct aw_json j;
        aw_json_init(&j, buf, sizeof buf);
        aw_json_open(&j, '{');
        put_place(r, &j, u.t_ns, u.link);
        aw_update_json(&j, &u, AW_REASON_NONE);
        aw_json_close(&j, '}');
        print(&j);
    }
}

/* Calibrates each link on the first seconds, which whoever calls says are empty. */
static void calibrate(struct replay *r) {
    struct aw_link_info info;
    struct aw_calibration_report report;
    if (!(r->empty_s > 0) || r->calibrated || r->updates == 0) return;
    if (!r->calibrating) {
        for (uint32_t i = 0; i < r->max_links; i++)
            if (aw_session_link(r->session, i, &info))
                (void)aw_session_calibrate_begin(r->session, i, AW_TAKE_EMPTY);
        r->calibrating = true;
    } else if (r->last_ns - r->t0_ns >= (int64_t)(r->empty_s * 1e9)) {
        for (uint32_t i = 0; i < r->max_links; i++) {
            if (aw_session_calibrate_finish(r->session, i, &report) != AW_OK) continue;
            if (report.verdict != AW_CALIBRATION_ARMED)
                fprintf(stderr, "airwake replay: %s: not calibrated: %s (%u usable seconds)\n",
                        r->file, aw_calibration_verdict_key(report.verdict), report.empty_s);
        }
        r->calibrated = true;
    }
}

/* A source that knows no time gets that of the rate its user states. */
static void stamp(struct replay *r) {
    struct aw_frame *f = &r->capture.frame;
    if (f->t_kind != AW_TIME_NONE || f->t_arrival_ns || !(r->rate_hz > 0)) return;
    f->t_kind = AW_TIME_INFERRED;
    f->t_ns = (int64_t)((double)r->frames * 1e9 / r->rate_hz);
}

static void run(struct replay *r) {
    for (int got; (got = aw_capture_next(&r->capture)) != AW_CAPTURE_END;) {
        r->records++;
        if (got < 0) {
            r->refused[-got]++;
        } else if (got == 0) {
            r->skipped++;
        } else {
            r->frames++;
            stamp(r);
            int err = aw_session_push_frame(r->session, &r->capture.frame, NULL);
            if (err == AW_OK)
                r->used++;
            else
                r->refused[-err]++;
            print_updates(r);
            calibrate(r);
        }
    }
}

/* Nothing could be used: why, by the commonest reason. */
static void say_unused(const struct replay *r) {
    int most = 0;
    for (int i = 1; i < AW_ERR_COUNT; i++)
        if (r->refused[i] > (most ? r->refused[most] : 0)) most = i;
    fprintf(stderr, "airwake replay: %s: no frame could be used%s%s%s\n", r->file, most ? ": " : "",
            most ? aw_err_sentence(-most) : "",
            most == -AW_ERR_TIME ? "; if you know the rate, say --rate HZ" : "");
}

static void put_summary(struct replay *r, struct aw_json *j, uint32_t max_links) {
    aw_json_open(j, '{');
    aw_json_key(j, "file");
    aw_json_str(j, r->file);
    aw_json_key(j, "format");
    aw_json_str(j, aw_capture_kind(&r->capture));
    aw_json_key(j, "source");
    aw_json_str(j, r->capture.simulated ? "simulated" : "replay");
    aw_json_key(j, "records");
    aw_json_uint(j, r->records);
    aw_json_key(j, "frames");
    aw_json_uint(j, r->frames);
    aw_json_key(j, "used");
    aw_json_uint(j, r->used);
    aw_json_key(j, "without_csi");
    aw_json_uint(j, r->skipped);
    aw_json_key(j, "refused");
    aw_refused_json(j, r->refused);
    aw_json_key(j, "links");
    aw_json_open(j, '[');
    struct aw_link_info info;
    for (uint32_t i = 0; i < max_links; i++) {
        if (!aw_session_link(r->session, i, &info)) continue;
        char name[AW_LINK_NAME];
        aw_link_name(&info, name);
        aw_json_open(j, '{');
        aw_json_key(j, "link");
        aw_json_str(j, name);
        aw_json_key(j, "frames");
        aw_json_uint(j, info.frames);
        aw_json_key(j, "duration_s");
        aw_json_num(j, (double)(info.last_t_ns - info.first_t_ns) * 1e-9, 3);
        aw_json_key(j, "rate_hz");
        aw_json_num(j, info.rate_hz, 2);
        aw_json_key(j, "lost");
        aw_json_uint(j, info.lost);
        aw_json_key(j, "gaps");
        aw_json_uint(j, info.gaps);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}

int cmd_replay(int argc, char **argv) {
    double max_links = 64, empty_s = 0, rate_hz = 0;
    const struct opt opts[] = {
        {"max-links", "N", "links that are told apart, 1..4096 (64)", .number = &max_links,
         .min = 1, .max = 4096},
        {"rate", "HZ", "frames per second of a recording that has no time stamps",
         .number = &rate_hz, .min = 0.01, .max = 1e6},
        {"empty", "S", "the first S seconds show the empty room: calibrate on them",
         .number = &empty_s, .min = 0, .max = 3600},
        {0},
    };
    const struct opt_usage usage = {
        "airwake replay [flags] FILE...",
        "Runs recordings of any known format through the sensing pipeline as fast as it goes and\n"
        "prints one JSON object per link and second of recording, then one summary object.\n"
        "A value that is not known is null and has a reason. The output of a file is always the\n"
        "same.",
        "example: airwake replay room.pcap | jq 'select(.state == \"moving\") | .t_s'", 1, 1 << 20};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;

    size_t cap = 256 * 1024 + (size_t)(argc - first) * 4096;
    char *text = malloc(cap);
    if (!text) return EXIT_FAILED;
    struct aw_json j;
    aw_json_init(&j, text, cap);
    aw_json_open(&j, '{');
    aw_json_key(&j, "summary");
    aw_json_open(&j, '[');
    code = EXIT_OK;
    for (int i = first; i < argc; i++) {
        struct replay r = {.file = argv[i],
                           .many = argc - first > 1,
                           .empty_s = empty_s,
                           .rate_hz = rate_hz,
                           .max_links = (uint32_t)max_links};
        struct aw_why why;
        struct aw_config config = {.max_links = (uint32_t)max_links};
        if (aw_capture_open(&r.capture, argv[i], &why) != AW_OK ||
            aw_session_create(&config, &r.session) != AW_OK) {
            fprintf(stderr, "airwake replay: %s\n", r.capture.reader ? "out of memory" : why.text);
            aw_capture_close(&r.capture);
            code = EXIT_FAILED;
            continue;
        }
        if (why.text[0]) fprintf(stderr, "airwake replay: %s\n", why.text);
        run(&r);
        put_summary(&r, &j, config.max_links);
        if (r.used == 0) {
            say_unused(&r);
            code = EXIT_FAILED;
        }
        aw_session_destroy(r.session);
        aw_capture_close(&r.capture);
    }
    aw_json_close(&j, ']');
    aw_json_close(&j, '}');
    print(&j);
    free(text);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "airwake replay: cannot write the output\n");
        return EXIT_FAILED;
    }
    return code;
}
