/* /api/v1/calibration: what each link learned of its empty room, and takes of it on request. */
#include "server/routes_calibration.h"

#include "server/engine.h"
#include "server/services.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double OVERLAP_ALLOWED = 0.05; /* sense/calibration.h */
static const float DRIFT_DUE = 3;           /* likewise */
enum { TAKE_MIN_S = 10, TAKE_MAX_S = 600 };

static const char *const status_keys[] = {"none", "armed", "refused", "collecting"};

enum aw_calibration_status aw_calibration_status(const struct aw_board_link *l) {
    if (l->take_left_s) return AW_LINK_COLLECTING;
    switch (l->calibration.report.verdict) {
    case AW_CALIBRATION_NONE:
        return AW_LINK_UNCALIBRATED;
    case AW_CALIBRATION_ARMED:
        return AW_LINK_ARMED;
    case AW_CALIBRATION_TOO_SHORT:
    case AW_CALIBRATION_SOMEBODY_MOVED:
    case AW_CALIBRATION_OVERLAP:
        break;
    }
    return AW_LINK_REFUSED;
}

bool aw_calibration_drifted(const struct aw_board_link *l) {
    return l->calibration.report.verdict == AW_CALIBRATION_ARMED &&
           l->calibration.report.drift > DRIFT_DUE;
}

static void view_link(struct aw_json *j, const struct aw_board_link *l, int64_t now_ns) {
    const struct aw_calibration_report *r = &l->calibration.report;
    enum aw_calibration_status status = aw_calibration_status(l);
    bool armed = r->verdict == AW_CALIBRATION_ARMED, tried = r->verdict != AW_CALIBRATION_NONE;
    double age_s = now_ns > l->calibrated_ns ? (double)(now_ns - l->calibrated_ns) * 1e-9 : 0;
    aw_json_open(j, '{');
    aw_json_key_uint(j, "link", l->id);
    aw_json_key_str(j, "name", l->name);
    aw_json_key_str(j, "source", aw_origin_kind_key(l->origin));
    aw_json_key_num(j, "age_s", aw_board_age_s(l, now_ns), 1);
    aw_json_key_str(j, "status", status_keys[status]);
    aw_json_key_str(j, "refused",
                    status == AW_LINK_REFUSED ? aw_calibration_verdict_key(r->verdict) : NULL);
    aw_json_key_str(j, "take", r->collecting ? aw_take_key(r->take) : NULL);
    aw_json_key_uint(j, "left_s", l->take_left_s);
    aw_json_key_uint(j, "empty_s", r->empty_s);
    aw_json_key_uint(j, "walk_s", r->occupied_s);
    aw_json_key_uint(j, "still_s", r->still_s);
    aw_json_key_num(j, "moved", tried ? (double)r->moved : NAN, 3);
    aw_json_key_num(j, "overlap", (double)r->overlap, 3);
    aw_json_key_num(j, "still_overlap", (double)r->still_overlap, 3);
    aw_json_key_num(j, "overlap_allowed", OVERLAP_ALLOWED, 3);
    aw_json_key_num(j, "calibrated_age_s", armed && l->calibrated_ns ? age_s : (double)NAN, 1);
    aw_json_key_num(j, "drift", armed ? (double)r->drift : NAN, 2);
    aw_json_key(j, "drift_due");
    aw_json_bool(j, aw_calibration_drifted(l));
    aw_json_key(j, "restored");
    aw_json_bool(j, armed && r->restored);
    aw_json_close(j, '}');
}

/* A room is collecting while one of its links is, and armed when all are. */
static void view_room(struct aw_json *j, const struct aw_board *b, const struct aw_board_room *r) {
    uint32_t n[4] = {0}, links = 0;
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++) {
        const struct aw_board_link *l = &b->links[i];
        if (!l->used || !l->has_info || l->room != r->id) continue;
        n[aw_calibration_status(l)]++;
        links++;
    }
    const char *status = n[AW_LINK_COLLECTING]                ? "collecting"
                         : n[AW_LINK_REFUSED]                 ? "refused"
                         : n[AW_LINK_ARMED] == links && links ? "armed"
                         : n[AW_LINK_ARMED]                   ? "partly"
                                                              : "none";
    aw_json_open(j, '{');
    aw_json_key_str(j, "room", r->key);
    aw_json_key_str(j, "name", r->name);
    aw_json_key_str(j, "source", aw_origin_kind_key(r->origin));
    aw_json_key_str(j, "status", status);
    aw_json_key_uint(j, "links", links);
    aw_json_key_uint(j, "armed", n[AW_LINK_ARMED]);
    aw_json_close(j, '}');
}

static void view(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    const struct aw_board *b = h->board;
    int64_t now_ns = aw_loop_wall_ns();
    aw_json_open(j, '{');
    aw_json_key_num(j, "timestamp", (double)now_ns * 1e-9, 3);
    aw_json_key(j, "rooms");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_BOARD_ROOMS; i++)
        if (b->rooms[i].used) view_room(j, b, &b->rooms[i]);
    aw_json_close(j, ']');
    aw_json_key(j, "links");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++)
        if (b->links[i].used && b->links[i].has_info) view_link(j, &b->links[i], now_ns);
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}

static int get_calibration(struct aw_request *r) {
    return aw_answer_json(r, 200, view, r->http);
}

bool aw_calibration_refused(struct aw_http *h, const struct aw_msg *m) {
    if (m->reply.done) return false;
    if (m->reply.refused)
        aw_later_problem(h, m->reply.ticket, 409,
                         "a take is under way there, or an empty take is needed before this one");
    else
        aw_later_problem(h, m->reply.ticket, 404, "the link is not there any more");
    return true;
}

static void begun(struct aw_http *h, const struct aw_msg *m) {
    if (aw_calibration_refused(h, m)) return;
    struct aw_reply reply = {
        .status = 202, .type = "application/json", .body = aw_note_json(view, h)};
    aw_later_answer(h, m->reply.ticket, &reply);
}

static void cleared(struct aw_http *h, const struct aw_msg *m) {
    struct aw_reply reply = {.status = 204};
    aw_later_answer(h, m->reply.ticket, &reply);
}

void aw_calibration_choose(struct aw_command *c, const struct aw_board *b, const uint32_t *link,
                           const struct aw_board_room *room) {
    c->n_links = 0;
    for (uint32_t i = 0; i < AW_BOARD_LINKS && c->n_links < AW_COMMAND_LINKS; i++) {
        const struct aw_board_link *l = &b->links[i];
        if (!l->used || !l->has_info) continue;
        if ((link && l->id != *link) || (room && l->room != room->id)) continue;
        c->links[c->n_links++] = l->id;
    }
}

int aw_calibration_ask(struct aw_request *r, struct aw_command *c) {
    struct aw_engine *engine = r->http->services ? r->http->services->engine : NULL;
    uint64_t ticket;
    if (!engine) return aw_answer_problem(r, 503, "there are no sources to calibrate");
    int result = aw_answer_later(r, &ticket);
    if (!ticket) return result;
    c->reply.ticket = ticket;
    if (!aw_engine_ask(engine, c))
        aw_later_problem(r->http, ticket, 503, "too many commands are waiting: try again");
    return result;
}

static bool take_of(const char *key, enum aw_take *take) {
    for (int i = AW_TAKE_EMPTY; i <= AW_TAKE_STILL; i++) {
        *take = (enum aw_take)i;
        if (strcmp(key, aw_take_key(*take)) == 0) return true;
    }
    return false;
}

static int post_calibration(struct aw_request *r) {
    static struct aw_command c; /* large, and only the loop thread comes here */
    const struct aw_board *b = r->http->board;
    const char *take = NULL, *key = NULL;
    double number = 0, seconds = AW_TAKE_S;
    c = (struct aw_command){.kind = AW_COMMAND_TAKE, .reply = {.replied = begun}};
    if (aw_request_string(r, "take", 8, &take) != AW_GIVEN || !take_of(take, &c.take))
        return aw_answer_range(r, "take", "empty, walk or still");
    if (aw_request_number(r, "seconds", TAKE_MIN_S, TAKE_MAX_S, &seconds) == AW_GIVEN_BAD)
        return aw_answer_range(r, "seconds", "10..600");
    enum aw_given link = aw_request_number(r, "link", 0, UINT32_MAX - 1, &number);
    enum aw_given room = aw_request_string(r, "room", AW_ROOM_KEY - 1, &key);
    if (link == AW_GIVEN_BAD || (link == AW_GIVEN_NOT && room == AW_GIVEN_NOT))
        return aw_answer_range(r, "link", "the number of a link, or none with a room");
    if (room == AW_GIVEN_BAD || (link == AW_GIVEN && room == AW_GIVEN))
        return aw_answer_range(r, "room", "the id of a room, or none with a link");
    uint32_t id = (uint32_t)number, place = key ? aw_board_find_room(b, key) : AW_BOARD_ROOMS;
    if (key && place == AW_BOARD_ROOMS) return aw_answer_range(r, "room", "a room that is there");
    aw_calibration_choose(&c, b, key ? NULL : &id, key ? &b->rooms[place] : NULL);
    if (!c.n_links)
        return aw_answer_range(r, key ? "room" : "link",
                               key ? "a room with links" : "a link that is there");
    c.seconds = (uint32_t)lround(seconds);
    return aw_calibration_ask(r, &c);
}

static int delete_calibration(struct aw_request *r) {
    static struct aw_command c;
    const struct aw_board *b = r->http->board;
    char key[AW_ROOM_KEY];
    double number = 0;
    c = (struct aw_command){.kind = AW_COMMAND_CLEAR, .reply = {.replied = cleared}};
    enum aw_given link = aw_request_query_number(r, "link", 0, UINT32_MAX - 1, &number);
    if (link == AW_GIVEN_BAD) return aw_answer_range(r, "link", "the number of a link");
    bool room = aw_request_query(r, "room", key, sizeof key);
    uint32_t id = (uint32_t)number, place = room ? aw_board_find_room(b, key) : AW_BOARD_ROOMS;
    if (room && place == AW_BOARD_ROOMS) return aw_answer_range(r, "room", "a room that is there");
    if (link == AW_GIVEN && aw_board_find(b, id) == AW_BOARD_LINKS)
        return aw_answer_range(r, "link", "a link that is there");
    aw_calibration_choose(&c, b, link == AW_GIVEN ? &id : NULL, room ? &b->rooms[place] : NULL);
    return c.n_links ? aw_calibration_ask(r, &c) : aw_answer_none(r);
}

static const struct aw_route routes[] = {
    {"GET", "/api/v1/calibration", AW_SCOPE_READ, get_calibration},
    {"POST", "/api/v1/calibration", AW_SCOPE_CONTROL, post_calibration},
    {"DELETE", "/api/v1/calibration", AW_SCOPE_CONTROL, delete_calibration},
};
const struct aw_route_table aw_routes_calibration = {routes, sizeof routes / sizeof routes[0]};
