#include "server/streams.h"

#include "server/breathing_json.h"
#include "server/streams_binary.h"
#include "server/ws_client.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char *const names[AW_STREAMS] = {
    [AW_STREAM_CSI] = "csi",
    [AW_STREAM_SPECTROGRAM] = "spectrogram",
    [AW_STREAM_PHASE] = "phase",
    [AW_STREAM_BREATHING] = "breathing",
};

struct answer {
    const char *type, *reason;
    enum aw_stream stream;
    uint32_t link;
    const struct aw_spectrogram *spectrogram;
};

static void key_num(struct aw_json *j, const char *key, float value) {
    aw_json_key(j, key);
    aw_json_num(j, (double)value, 3);
}

static void write_answer(struct aw_json *j, void *arg) {
    const struct answer *a = arg;
    aw_json_open(j, '{');
    aw_json_key_str(j, "type", a->type);
    aw_json_key_str(j, "stream", names[a->stream]);
    aw_json_key(j, "link");
    aw_json_uint(j, a->link);
    if (a->reason) aw_json_key_str(j, "reason", a->reason);
    if (a->spectrogram) {
        key_num(j, "rate_hz", aw_spectrogram_rate_hz(a->spectrogram));
        key_num(j, "window_s", aw_spectrogram_window_s(a->spectrogram));
        aw_json_key_str(j, "unit", "1/Hz");
    }
    aw_json_close(j, '}');
}

static void send_answer(struct aw_client *c, struct answer a) {
    struct aw_note *n = aw_note_json(write_answer, &a);
    if (n) aw_client_send(c, n);
    aw_note_drop(n);
}

struct complaint {
    const char *detail, *field, *allowed;
};

static void write_complaint(struct aw_json *j, void *arg) {
    const struct complaint *p = arg;
    aw_json_open(j, '{');
    aw_json_key_str(j, "type", "error");
    aw_json_key_str(j, "detail", p->detail);
    aw_json_key_str(j, "field", p->field);
    aw_json_key_str(j, "allowed", p->allowed);
    aw_json_close(j, '}');
}

static void complain(struct aw_client *c, struct complaint p) {
    struct aw_note *n = aw_note_json(write_complaint, &p);
    if (n) aw_client_send(c, n);
    aw_note_drop(n);
}

static bool has(const uint64_t *bits, uint32_t place) {
    return bits[place / 64] >> place % 64 & 1;
}

static bool wanted(const struct aw_http *h, enum aw_stream stream, uint32_t place) {
    for (const struct aw_client *c = h->clients; c; c = c->next)
        if (has(c->wants[stream], place)) return true;
    return false;
}

/* Sees to it that exactly what somebody wants is tapped and computed. */
static void settle(struct aw_http *h, uint32_t place) {
    const struct aw_board_link *l = &h->board->links[place];
    bool spectrum = wanted(h, AW_STREAM_SPECTROGRAM, place),
         phase = wanted(h, AW_STREAM_PHASE, place);
    (void)aw_frame_tap_want(h->frame_tap, l->id,
                            spectrum || phase || wanted(h, AW_STREAM_CSI, place));
    (void)aw_frame_tap_want_breathing(h->frame_tap, l->id, wanted(h, AW_STREAM_BREATHING, place));
    if (spectrum && !h->spectrogram[place])
        h->spectrogram[place] = aw_spectrogram_create(l->info.rate_hz);
    if (phase && !h->phase[place]) h->phase[place] = aw_phase_create(l->info.rate_hz);
    if (!spectrum) {
        aw_spectrogram_destroy(h->spectrogram[place]);
        h->spectrogram[place] = NULL;
    }
    if (!phase) {
        aw_phase_destroy(h->phase[place]);
        h->phase[place] = NULL;
    }
}

static bool computed(const struct aw_http *h, enum aw_stream stream, uint32_t place) {
    return stream == AW_STREAM_SPECTROGRAM ? h->spectrogram[place] != NULL
           : stream == AW_STREAM_PHASE     ? h->phase[place] != NULL
                                           : true;
}

static void change(struct aw_client *c, bool on, enum aw_stream stream, uint32_t place) {
    uint64_t *word = &c->wants[stream][place / 64], bit = 1ull << place % 64;
    struct answer a = {.type = on ? "subscribed" : "unsubscribed",
                       .stream = stream,
                       .link = c->h->board->links[place].id};
    *word = on ? *word | bit : *word & ~bit;
    settle(c->h, place);
    if (on && !computed(c->h, stream, place)) {
        *word &= ~bit;
        settle(c->h, place);
        complain(c, (struct complaint){"out of memory", "stream", "csi"});
        return;
    }
    if (on && stream == AW_STREAM_SPECTROGRAM) a.spectrogram = c->h->spectrogram[place];
    send_answer(c, a);
}

static enum aw_stream stream_of(const char *name) {
    for (int i = 1; name && i < AW_STREAMS; i++)
        if (strcmp(name, names[i]) == 0) return (enum aw_stream)i;
    return AW_STREAMS;
}

static void request(struct aw_client *c, const cJSON *m) {
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(m, "type"));
    enum aw_stream stream =
        stream_of(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(m, "stream")));
    const cJSON *link = cJSON_GetObjectItemCaseSensitive(m, "link");
    bool on = type && strcmp(type, "subscribe") == 0;
    if (!on && !(type && strcmp(type, "unsubscribe") == 0)) return; /* not for us */
    if (!c->h->frame_tap) {
        complain(c, (struct complaint){"streams are off", "type", "ping"});
        return;
    }
    if (stream == AW_STREAMS) {
        complain(c, (struct complaint){"no such stream", "stream",
                                       "csi, spectrogram, phase, breathing"});
        return;
    }
    double id = cJSON_IsNumber(link) ? link->valuedouble : -1;
    uint32_t place = AW_BOARD_LINKS;
    if (id >= 0 && id < AW_FRAME_TAP_LINKS && id == (uint32_t)id)
        place = aw_board_find(c->h->board, (uint32_t)id);
    if (place == AW_BOARD_LINKS) {
        complain(c, (struct complaint){"there is no link of this number", "link",
                                       "an id of /api/v1/links"});
        return;
    }
    change(c, on, stream, place);
}

void aw_streams_request(struct aw_client *c, const char *text, size_t len) {
    cJSON *m = cJSON_ParseWithLength(text, len);
    if (cJSON_IsObject(m)) request(c, m);
    cJSON_Delete(m);
}

static void enqueue(struct aw_client *c, struct aw_note *n) {
    if (c->closing) return;
    if (c->stream_head - c->stream_tail == AW_CLIENT_STREAM) {
        aw_note_drop(c->stream[c->stream_tail++ % AW_CLIENT_STREAM]);
        c->h->streams_dropped++;
    }
    c->stream[c->stream_head++ % AW_CLIENT_STREAM] = aw_note_ref(n);
    lws_callback_on_writable(c->wsi);
}

struct aw_note *aw_streams_next(struct aw_client *c) {
    if (c->stream_tail == c->stream_head) return NULL;
    c->h->streams_sent++;
    return c->stream[c->stream_tail++ % AW_CLIENT_STREAM];
}

void aw_streams_closed(struct aw_client *c) {
    for (; c->stream_tail != c->stream_head; c->stream_tail++)
        aw_note_drop(c->stream[c->stream_tail % AW_CLIENT_STREAM]);
    for (uint32_t place = 0; place < AW_BOARD_LINKS; place++)
        for (int i = 1; i < AW_STREAMS; i++)
            if (has(c->wants[i], place)) settle(c->h, place);
}

void aw_streams_gone(struct aw_http *h, uint32_t place) {
    if (place >= AW_BOARD_LINKS || !h->frame_tap) return;
    uint64_t bit = 1ull << place % 64;
    for (struct aw_client *c = h->clients, *next; c; c = next) {
        next = c->next; /* sending may close c */
        for (int i = 1; i < AW_STREAMS; i++) {
            if (!has(c->wants[i], place)) continue;
            c->wants[i][place / 64] &= ~bit;
            send_answer(c, (struct answer){.type = "unsubscribed",
                                           .stream = (enum aw_stream)i,
                                           .reason = "gone",
                                           .link = h->board->links[place].id});
        }
    }
    settle(h, place);
}

struct target {
    struct aw_http *h;
    const struct aw_tapped_frame *f;
    uint32_t place;
};

/* To all who want it; takes the note, which may be NULL. */
static void pass(struct aw_http *h, enum aw_stream stream, uint32_t place, struct aw_note *n) {
    for (struct aw_client *c = h->clients; n && c; c = c->next)
        if (has(c->wants[stream], place)) enqueue(c, n);
    aw_note_drop(n);
}

static void pass_spectrum(void *ctx, const struct aw_spectrum *s) {
    const struct target *t = ctx;
    pass(t->h, AW_STREAM_SPECTROGRAM, t->place, aw_stream_spectrum(t->f->link, t->f->origin, s));
}

struct no_phase {
    const struct aw_tapped_frame *f;
    enum aw_reason reason;
};

static void write_no_phase(struct aw_json *j, void *arg) {
    const struct no_phase *p = arg;
    aw_json_open(j, '{');
    aw_json_key_str(j, "type", "phase");
    aw_json_key_uint(j, "link", p->f->link);
    aw_json_key_str(j, "source", aw_origin_kind_key(p->f->origin));
    aw_json_key_num(j, "t_s", (double)p->f->t_ns * 1e-9, 3);
    aw_json_key_null(j, "phase");
    aw_json_key_str(j, "phase_reason", aw_reason_key(p->reason));
    aw_json_close(j, '}');
}

static void pass_phase(void *ctx, const struct aw_phase_row *r) {
    const struct target *t = ctx;
    struct no_phase why = {t->f, r->reason};
    pass(t->h, AW_STREAM_PHASE, t->place,
         r->reason == AW_REASON_NONE ? aw_stream_phase(t->f->link, t->f->origin, r)
                                     : aw_note_json(write_no_phase, &why));
}

static void take(struct target *t) {
    struct aw_spectrogram *s = t->h->spectrogram[t->place];
    struct aw_phase *p = t->h->phase[t->place];
    if (wanted(t->h, AW_STREAM_CSI, t->place))
        pass(t->h, AW_STREAM_CSI, t->place, aw_stream_csi(t->f));
    if (s) aw_spectrogram_push(s, t->f, pass_spectrum, t);
    bool still = t->h->board->links[t->place].update.state != AW_STATE_MOVING;
    if (p) aw_phase_push(p, t->f, still, pass_phase, t);
}

static void write_breathing(struct aw_json *j, void *arg) {
    aw_breathing_json(j, arg);
}

static void drain_breaths(struct aw_http *h) {
    const struct aw_tapped_breathing *b;
    for (int i = 0; i < AW_FRAME_TAP_BREATHS && (b = aw_ring_peek(&h->frame_tap->breaths)); i++) {
        uint32_t place = aw_board_find(h->board, b->link);
        struct aw_tapped_breathing copy = *b;
        aw_ring_release(&h->frame_tap->breaths);
        if (place < AW_BOARD_LINKS && wanted(h, AW_STREAM_BREATHING, place))
            pass(h, AW_STREAM_BREATHING, place, aw_note_json(write_breathing, &copy));
    }
}

void aw_streams_drain(struct aw_http *h) {
    const struct aw_tapped_frame *f;
    if (!h->frame_tap) return;
    for (int i = 0; i < 2 * AW_FRAME_TAP_SLOTS && (f = aw_ring_peek(&h->frame_tap->frames)); i++) {
        struct target t = {h, f, aw_board_find(h->board, f->link)};
        if (t.place < AW_BOARD_LINKS) take(&t);
        aw_ring_release(&h->frame_tap->frames);
    }
    drain_breaths(h);
}

void aw_streams_end(struct aw_http *h) {
    for (size_t i = 0; i < AW_BOARD_LINKS; i++) {
        aw_spectrogram_destroy(h->spectrogram[i]);
        aw_phase_destroy(h->phase[i]);
    }
}
