#include "server/streams.h"

#include "server/streams_binary.h"
#include "server/ws_client.h"

#include <cjson/cJSON.h>
#include <string.h>

struct answer {
    const char *type, *stream, *reason;
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
    aw_json_key_str(j, "stream", a->stream);
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

/* Sees to it that exactly what somebody wants is tapped and computed. */
static void settle(struct aw_http *h, uint32_t place) {
    bool csi = false, spectrum = false;
    const struct aw_board_link *l = &h->board->links[place];
    for (const struct aw_client *c = h->clients; c; c = c->next) {
        csi = csi || has(c->csi, place);
        spectrum = spectrum || has(c->spectrum, place);
    }
    (void)aw_frame_tap_want(h->frame_tap, l->id, csi || spectrum);
    if (spectrum && !h->spectrogram[place])
        h->spectrogram[place] = aw_spectrogram_create(l->info.rate_hz);
    if (!spectrum) {
        aw_spectrogram_destroy(h->spectrogram[place]);
        h->spectrogram[place] = NULL;
    }
}

static void change(struct aw_client *c, bool on, const char *stream, uint32_t place) {
    uint64_t *bits = strcmp(stream, "csi") == 0 ? c->csi : c->spectrum;
    uint64_t bit = 1ull << place % 64;
    struct answer a = {on ? "subscribed" : "unsubscribed", stream, NULL,
                       c->h->board->links[place].id, NULL};
    bits[place / 64] = on ? bits[place / 64] | bit : bits[place / 64] & ~bit;
    settle(c->h, place);
    if (on && bits == c->spectrum) {
        a.spectrogram = c->h->spectrogram[place];
        if (!a.spectrogram) {
            bits[place / 64] &= ~bit;
            settle(c->h, place);
            complain(c, (struct complaint){"out of memory", "stream", "csi"});
            return;
        }
    }
    send_answer(c, a);
}

static void request(struct aw_client *c, const cJSON *m) {
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(m, "type"));
    const char *stream = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(m, "stream"));
    const cJSON *link = cJSON_GetObjectItemCaseSensitive(m, "link");
    bool on = type && strcmp(type, "subscribe") == 0;
    if (!on && !(type && strcmp(type, "unsubscribe") == 0)) return; /* not for us */
    if (!c->h->frame_tap) {
        complain(c, (struct complaint){"streams are off", "type", "ping"});
        return;
    }
    if (!stream || (strcmp(stream, "csi") != 0 && strcmp(stream, "spectrogram") != 0)) {
        complain(c, (struct complaint){"no such stream", "stream", "csi, spectrogram"});
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
    change(c, on, strcmp(stream, "csi") == 0 ? "csi" : "spectrogram", place);
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
        if (has(c->csi, place) || has(c->spectrum, place)) settle(c->h, place);
}

void aw_streams_gone(struct aw_http *h, uint32_t place) {
    if (place >= AW_BOARD_LINKS || !h->frame_tap) return;
    uint64_t bit = 1ull << place % 64;
    uint32_t id = h->board->links[place].id;
    for (struct aw_client *c = h->clients, *next; c; c = next) {
        next = c->next; /* sending may close c */
        bool csi = has(c->csi, place), spectrum = has(c->spectrum, place);
        c->csi[place / 64] &= ~bit;
        c->spectrum[place / 64] &= ~bit;
        if (csi) send_answer(c, (struct answer){"unsubscribed", "csi", "gone", id, NULL});
        if (spectrum)
            send_answer(c, (struct answer){"unsubscribed", "spectrogram", "gone", id, NULL});
    }
    settle(h, place);
}

struct target {
    struct aw_http *h;
    const struct aw_tapped_frame *f;
    uint32_t place;
};

static void pass_spectrum(void *ctx, const struct aw_spectrum *s) {
    const struct target *t = ctx;
    struct aw_note *n = aw_stream_spectrum(t->f->link, t->f->origin, s);
    if (!n) return;
    for (struct aw_client *c = t->h->clients; c; c = c->next)
        if (has(c->spectrum, t->place)) enqueue(c, n);
    aw_note_drop(n);
}

static void pass_csi(struct target *t) {
    struct aw_note *n = NULL;
    for (struct aw_client *c = t->h->clients; c; c = c->next) {
        if (!has(c->csi, t->place)) continue;
        if (!n && !(n = aw_stream_csi(t->f))) return;
        enqueue(c, n);
    }
    aw_note_drop(n);
}

void aw_streams_drain(struct aw_http *h) {
    const struct aw_tapped_frame *f;
    if (!h->frame_tap) return;
    for (int i = 0; i < 2 * AW_FRAME_TAP_SLOTS && (f = aw_ring_peek(&h->frame_tap->frames)); i++) {
        struct target t = {h, f, aw_board_find(h->board, f->link)};
        if (t.place < AW_BOARD_LINKS) {
            pass_csi(&t);
            struct aw_spectrogram *s = h->spectrogram[t.place];
            if (s) aw_spectrogram_push(s, f, pass_spectrum, &t);
        }
        aw_ring_release(&h->frame_tap->frames);
    }
}

void aw_streams_end(struct aw_http *h) {
    for (size_t i = 0; i < AW_BOARD_LINKS; i++) aw_spectrogram_destroy(h->spectrogram[i]);
}
