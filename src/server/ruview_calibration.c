/* RuView's /api/v1/calibration/...: an empty take of every link, under its web page's names. */
#include "server/loop.h"
#include "server/routes_calibration.h"

#include <stdio.h>

static void write_begun(struct aw_json *j, void *arg) {
    (void)arg;
    char text[96];
    snprintf(text, sizeof text, "learning the empty room for %d s; leave it now", AW_TAKE_S);
    aw_json_open(j, '{');
    aw_json_key(j, "success");
    aw_json_bool(j, true);
    aw_json_key_str(j, "message", text);
    aw_json_close(j, '}');
}

static void begun(struct aw_http *h, const struct aw_msg *m) {
    if (aw_calibration_refused(h, m)) return;
    struct aw_reply reply = {
        .status = 200, .type = "application/json", .body = aw_note_json(write_begun, NULL)};
    aw_later_answer(h, m->reply.ticket, &reply);
}

static int post_start(struct aw_request *r) {
    static struct aw_command c; /* large, and only the loop thread comes here */
    c = (struct aw_command){.kind = AW_COMMAND_TAKE,
                            .take = AW_TAKE_EMPTY,
                            .seconds = AW_TAKE_S,
                            .reply = {.replied = begun}};
    aw_calibration_choose(&c, r->http->board, NULL, NULL);
    if (!c.n_links) return aw_answer_problem(r, 409, "no frames arrive: there is nothing to learn");
    return aw_calibration_ask(r, &c);
}

static int post_stop(struct aw_request *r) {
    return aw_answer_problem(r, 409,
                             "a take ends by itself: see /api/v1/calibration for what it found");
}

/* Theirs: none (no detector), Uncalibrated, Collecting, Fresh, Stale. A link that refused its takes
 * has no calibration. */
static void write_status(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    uint32_t n[4] = {0}, links = 0, drifted = 0;
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++) {
        const struct aw_board_link *l = &h->board->links[i];
        if (!l->used || !l->has_info) continue;
        n[aw_calibration_status(l)]++;
        drifted += aw_calibration_drifted(l);
        links++;
    }
    bool collecting = n[AW_LINK_COLLECTING] > 0;
    const char *status = !links                     ? "none"
                         : collecting               ? "Collecting"
                         : n[AW_LINK_ARMED] < links ? "Uncalibrated"
                         : drifted                  ? "Stale"
                                                    : "Fresh";
    aw_json_open(j, '{');
    aw_json_key(j, "active");
    aw_json_bool(j, collecting);
    aw_json_key_str(j, "status", status);
    aw_json_close(j, '}');
}

static int get_status(struct aw_request *r) {
    return aw_answer_json(r, 200, write_status, r->http);
}

static const struct aw_route routes[] = {
    {"GET", "/api/v1/calibration/status", AW_SCOPE_READ, get_status},
    {"POST", "/api/v1/calibration/start", AW_SCOPE_CONTROL, post_start},
    {"POST", "/api/v1/calibration/stop", AW_SCOPE_CONTROL, post_stop},
};
const struct aw_route_table aw_routes_ruview_calibration = {routes,
                                                            sizeof routes / sizeof routes[0]};
