#include "server/player.h"

int aw_player_open(struct aw_player *p, const char *path, double speed, struct aw_why *why) {
    *p = (struct aw_player){.path = path, .speed = speed, .pending = AW_PLAYER_WAIT};
    aw_clock_reset(&p->clock);
    return aw_capture_open(&p->capture, path, why);
}

void aw_player_close(struct aw_player *p) {
    aw_capture_close(&p->capture);
}

int aw_player_rewind(struct aw_player *p) {
    aw_clock_reset(&p->clock);
    p->ended = false;
    p->start_ns = 0;
    p->pending = AW_PLAYER_WAIT;
    return aw_capture_rewind(&p->capture);
}

/* Fetches a record and works out when it is due. Records without a time are due at once. */
static void fetch(struct aw_player *p, int64_t now_ns) {
    p->pending = aw_capture_next(&p->capture);
    int64_t t = p->capture.datagram_t_ns;
    bool timed = p->capture.pcap && p->capture.datagram;
    if (!timed && p->pending == 1) timed = aw_clock_push(&p->clock, &p->capture.frame, &t) == AW_OK;
    if (!timed) return;
    if (!p->start_ns) {
        p->start_ns = now_ns;
        p->t_first_ns = t;
    }
    p->due_ns = p->start_ns + (int64_t)((double)(t - p->t_first_ns) / p->speed);
}

void aw_player_set_speed(struct aw_player *p, double speed, int64_t now_ns) {
    double stretch = p->speed / speed;
    p->speed = speed;
    if (!p->start_ns) return;
    p->start_ns = now_ns - (int64_t)((double)(now_ns - p->start_ns) * stretch);
    p->due_ns = now_ns + (int64_t)((double)(p->due_ns - now_ns) * stretch);
}

int aw_player_next(struct aw_player *p, int64_t now_ns) {
    if (p->pending == AW_PLAYER_WAIT) fetch(p, now_ns);
    if (p->pending == AW_CAPTURE_END) {
        p->ended = true;
        return AW_CAPTURE_END;
    }
    if (p->due_ns > now_ns) return AW_PLAYER_WAIT;
    int got = p->pending;
    p->pending = AW_PLAYER_WAIT;
    return got;
}
