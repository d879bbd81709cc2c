#include "base/frame.h"
#include "base/units.h"
#include "core/link.h"
#include "readers/reader.h"
#include "sense/fuse.h"

#include <stdlib.h>
#include <string.h>

enum {
    UPDATES_PER_LINK = 4,    /* seconds a caller may go without polling */
    LINE_ORIGINS = 16,       /* consoles whose column order is remembered */
    CATCH_UP_S = 4,          /* silent seconds that are still told one by one */
    BASES_BYTES = 32 * 1024, /* of aw_breathing_bases, about 30 kB */
    HEART_BYTES = 48 * 1024, /* of aw_heart_basis_init(), about 40 kB */
};
static const int64_t IDLE_NS = 60 * AW_S; /* a link silent for longer gives way to a new one */

struct line_origin {
    uint64_t origin;
    const struct aw_reader *reader;
    struct aw_reader_state state;
};

/*  one allocation:  session | links | slots | updates | lines | values of one frame | memory of the
 * links
 */
struct aw_session {
    uint32_t max_links;
    uint32_t serial;
    struct aw_link *links;
    uint32_t *slots;  /* [n_slots] open addressing: link number + 1 by its identity; 0 free */
    uint32_t n_slots; /* power of two, >= 2 max_links */
    struct aw_breathing_bases breathing; /* tables, one for all links */
    struct aw_sine_basis heart;
    unsigned char *heart_memory;
    bool has_heart; /* made when the first link with two chains comes */
    unsigned char *link_memory;
    size_t link_bytes;

    struct aw_update *updates; /* ring */
    uint32_t n_updates, head, tail;
    uint64_t dropped_updates;
    struct aw_update *second; /* [max_links] of the second being closed, for the room */

    bool started;
    int64_t t_ns;    /* latest */
    int64_t next_ns; /* end of the running second */
    uint32_t silent_s;

    struct line_origin *lines;
    uint32_t next_line;
    struct aw_reader_state
        datagram_state;    /* zeroed for each datagram; the frame may point into it */
    struct aw_frame frame; /* of the last record */
    bool has_frame;
    float *iq;
    uint64_t refused[AW_FORMAT_COUNT][AW_ERR_COUNT];
};

void aw_config_default(struct aw_config *config) {
    *config = (struct aw_config){.max_links = 64};
}

static size_t round_up(size_t n) {
    return (n + 63) & ~(size_t)63;
}

/* Carves the session out of base; with base NULL only returns the size. */
static size_t carve(struct aw_session *s, unsigned char *base, const struct aw_config *c,
                    unsigned char **bases_memory) {
    size_t at = round_up(sizeof *s);
    size_t links = at;
    at += round_up(c->max_links * sizeof *s->links);
    size_t slots = at, n_slots = 2;
    while (n_slots < 2 * (size_t)c->max_links) n_slots *= 2;
    at += round_up(n_slots * sizeof *s->slots);
    size_t updates = at;
    size_t n_updates = ((size_t)c->max_links + 1) * UPDATES_PER_LINK + 1; /* + 1: the room */
    at += round_up(n_updates * sizeof *s->updates);
    size_t second = at;
    at += round_up(c->max_links * sizeof *s->second);
    size_t lines = at;
    at += round_up(LINE_ORIGINS * sizeof *s->lines);
    size_t iq = at;
    at += round_up((size_t)AW_MAX_CSI * 2 * sizeof *s->iq);
    size_t bases = at;
    at += BASES_BYTES;
    size_t heart = at;
    at += HEART_BYTES;
    size_t memory = at;
    size_t link_bytes = round_up(aw_link_bytes());
    at += link_bytes * c->max_links;
    if (!base) return at;

    s->max_links = c->max_links;
    s->links = (struct aw_link *)(void *)(base + links);
    s->slots = (uint32_t *)(void *)(base + slots);
    s->n_slots = (uint32_t)n_slots;
    s->updates = (struct aw_update *)(void *)(base + updates);
    s->n_updates = (uint32_t)n_updates;
    s->second = (struct aw_update *)(void *)(base + second);
    s->lines = (struct line_origin *)(void *)(base + lines);
    s->iq = (float *)(void *)(base + iq);
    *bases_memory = base + bases;
    s->heart_memory = base + heart;
    s->link_memory = base + memory;
    s->link_bytes = link_bytes;
    return at;
}

int aw_session_create(const struct aw_config *config, struct aw_session **out) {
    if (!(config->max_links >= 1 && config->max_links <= 4096)) return AW_ERR_INVAL;
    size_t bytes = carve(NULL, NULL, config, NULL);
    unsigned char *base =
        calloc(1, bytes); /* large: the system gives zero pages, used when touched */
    if (!base) return AW_ERR_NOMEM;
    struct aw_session *s = (struct aw_session *)(void *)base;
    unsigned char *bases;
    struct aw_arena arena;
    carve(s, base, config, &bases);
    aw_arena_init(&arena, bases, BASES_BYTES);
    int err = aw_breathing_bases_init(&s->breathing, &arena);
    if (err == AW_OK)
        *out = s;
    else
        free(base);
    return err;
}

void aw_session_destroy(struct aw_session *s) {
    free(s);
}

static void put_update(struct aw_session *s, const struct aw_update *u) {
    uint32_t next = (s->head + 1) % s->n_updates;
    if (next == s->tail) {
        s->tail = (s->tail + 1) % s->n_updates;
        s->dropped_updates++;
    }
    s->updates[s->head] = *u;
    s->head = next;
}

bool aw_session_poll(struct aw_session *s, struct aw_update *out) {
    if (s->tail == s->head) return false;
    *out = s->updates[s->tail];
    s->tail = (s->tail + 1) % s->n_updates;
    return true;
}

static void close_second(struct aw_session *s, int64_t t_ns) {
    size_t n = 0;
    for (uint32_t i = 0; i < s->max_links; i++) {
        if (!s->links[i].used) continue;
        struct aw_update *u = &s->second[n++];
        *u = (struct aw_update){.link = i, .t_ns = t_ns, .silent_s = s->silent_s};
        aw_link_second(&s->links[i], t_ns, u);
        put_update(s, u);
    }
    if (n >= 2) {
        struct aw_update room;
        aw_fuse_run(s->second, n, &room);
        room.silent_s = s->silent_s;
        put_update(s, &room);
    }
    s->silent_s = 0;
}

void aw_session_advance(struct aw_session *s, int64_t t_ns) {
    if (!s->started || t_ns <= s->t_ns) return;
    s->t_ns = t_ns;
    for (int told = 0; s->next_ns <= t_ns; told++) {
        int64_t behind = (t_ns - s->next_ns) / AW_S;
        if (told > 0 && behind > CATCH_UP_S) {
            s->silent_s = (uint32_t)(behind < UINT32_MAX ? behind : UINT32_MAX);
            s->next_ns += behind * AW_S;
        }
        close_second(s, s->next_ns);
        s->next_ns += AW_S;
    }
}

static int refuse(struct aw_session *s, enum aw_format format, int err) {
    s->refused[(unsigned)format < AW_FORMAT_COUNT ? format : AW_FORMAT_UNKNOWN][-err]++;
    return err;
}

/* Slot at which the search for a link of this identity starts: the finaliser of MurmurHash3. */
static uint32_t first_slot(const struct aw_session *s, uint64_t origin, uint64_t node,
                           uint64_t tx) {
    uint64_t h = origin ^ node * 0x9E3779B97F4A7C15 ^ tx * 0xC2B2AE3D27D4EB4F;
    h ^= h >> 33;
    h *= 0xFF51AFD7ED558CCD;
    h ^= h >> 33;
    return (uint32_t)h & (s->n_slots - 1);
}

static struct aw_link *find_link(struct aw_session *s, const struct aw_frame *f) {
    for (uint32_t at = first_slot(s, f->origin, f->node, f->tx);;
         at = (at + 1) & (s->n_slots - 1)) {
        if (!s->slots[at]) return NULL;
        struct aw_link *l = &s->links[s->slots[at] - 1];
        if (aw_link_matches(l, f)) return l;
    }
}

static void enter_slot(struct aw_session *s, uint32_t link) {
    const struct aw_link_info *i = &s->links[link].info;
    uint32_t at = first_slot(s, i->origin, i->node, i->tx);
    while (s->slots[at]) at = (at + 1) & (s->n_slots - 1);
    s->slots[at] = link + 1;
}

static const struct aw_sine_basis *heart_basis(struct aw_session *s) {
    struct aw_arena a;
    aw_arena_init(&a, s->heart_memory, HEART_BYTES);
    if (!s->has_heart) s->has_heart = aw_heart_basis_init(&s->heart, &a) == AW_OK;
    return s->has_heart ? &s->heart : NULL;
}

/* A free link, else the one that has been silent for longest, if long enough. */
static struct aw_link *new_link(struct aw_session *s, const struct aw_frame *f) {
    struct aw_link *best = NULL;
    for (uint32_t i = 0; i < s->max_links; i++) {
        struct aw_link *l = &s->links[i];
        if (!l->used) {
            best = l;
            break;
        }
        if (s->t_ns - l->info.last_t_ns > IDLE_NS &&
            (!best || l->info.last_t_ns < best->info.last_t_ns))
            best = l;
    }
    if (!best) return NULL;
    uint32_t number = (uint32_t)(best - s->links);
    bool evicted = best->used;
    void *memory = s->link_memory + number * s->link_bytes;
    const struct aw_link_tables tables = {&s->breathing, f->n_rx >= 2 ? heart_basis(s) : NULL};
    if (aw_link_init(best, memory, s->link_bytes, &tables, ++s->serial, f) != AW_OK) return NULL;
    if (!evicted) {
        enter_slot(s, number);
        return best;
    }
    memset(s->slots, 0, s->n_slots * sizeof *s->slots);
    for (uint32_t i = 0; i < s->max_links; i++)
        if (s->links[i].used) enter_slot(s, i);
    return best;
}

static bool well_formed(const struct aw_frame *f) {
    return f->n_rx >= 1 && f->n_rx <= AW_MAX_CHAINS && f->n_tx >= 1 && f->n_tx <= AW_MAX_CHAINS &&
           f->n_sub >= 1 && f->n_sub <= AW_MAX_SUB && f->k && f->kind && f->iq && f->chip;
}

static bool all_zero(const struct aw_frame *f) {
    for (size_t i = 0, n = (size_t)aw_frame_values(f) * 2; i < n; i++)
        if (f->iq[i] != 0) return false;
    return true;
}

int aw_session_push_frame(struct aw_session *s, const struct aw_frame *f, uint32_t *link) {
    if (!well_formed(f)) return refuse(s, f->format, AW_ERR_INVAL);
    if (all_zero(f)) return refuse(s, f->format, AW_ERR_EMPTY);
    struct aw_link *l = find_link(s, f);
    if (!l) l = new_link(s, f);
    if (!l) return refuse(s, f->format, AW_ERR_TOO_MANY);
    if (link) *link = (uint32_t)(l - s->links);

    uint32_t lost;
    int64_t t_ns;
    int err = aw_order_push(&l->order, f, &lost);
    if (err == AW_OK) err = aw_clock_push(&l->clock, f, &t_ns);
    if (err != AW_OK) return refuse(s, f->format, err);

    if (!s->started) {
        s->started = true;
        s->t_ns = t_ns;
        s->next_ns = t_ns + AW_S;
    }
    aw_session_advance(s, t_ns);
    aw_link_push(l, f, t_ns, lost);
    return AW_OK;
}

static struct line_origin *line_origin(struct aw_session *s, uint64_t origin) {
    for (uint32_t i = 0; i < LINE_ORIGINS; i++)
        if (s->lines[i].reader && s->lines[i].origin == origin) return &s->lines[i];
    return NULL;
}

/* The reader of a record and where it keeps its state. A console keeps the reader that recognised
 * one of its lines, since later lines need what the header line said. */
static const struct aw_reader *reader_of(struct aw_session *s, uint64_t origin, const uint8_t *buf,
                                         size_t len, struct aw_reader_state **state) {
    const struct aw_reader *reader = aw_reader_find_datagram(buf, len);
    if (reader) {
        s->datagram_state = (struct aw_reader_state){{0}};
        *state = &s->datagram_state;
        return reader;
    }
    struct line_origin *line = line_origin(s, origin);
    if (!line) {
        reader = aw_reader_find(buf, len, true);
        if (!reader || reader->unit != AW_READER_LINES) return NULL;
        line = &s->lines[s->next_line++ % LINE_ORIGINS];
        *line = (struct line_origin){.origin = origin, .reader = reader};
    }
    *state = &line->state;
    return line->reader;
}

int aw_session_push_record(struct aw_session *s, int64_t t_ns, uint64_t origin, const uint8_t *buf,
                           size_t len, uint32_t *link) {
    struct aw_reader_state *state;
    s->has_frame = false;
    const struct aw_reader *reader = reader_of(s, origin, buf, len, &state);
    if (!reader) return refuse(s, AW_FORMAT_UNKNOWN, AW_ERR_UNKNOWN_FORMAT);
    s->frame.iq = s->iq;
    s->frame.iq_cap = AW_MAX_CSI;
    aw_frame_clear(&s->frame);
    size_t consumed = 0;
    int got = reader->read(state, buf, len, true, &s->frame, &consumed);
    if (got == 0) return 0;
    if (got < 0) return refuse(s, reader->format, got);
    s->has_frame = true;
    s->frame.origin = origin;
    s->frame.t_arrival_ns = t_ns;
    int err = aw_session_push_frame(s, &s->frame, link);
    return err == AW_OK ? 1 : err;
}

const struct aw_frame *aw_session_last_frame(const struct aw_session *s) {
    return s->has_frame ? &s->frame : NULL;
}

bool aw_session_link(const struct aw_session *s, uint32_t link, struct aw_link_info *out) {
    if (link >= s->max_links || !s->links[link].used) return false;
    struct aw_link *l = &s->links[link];
    *out = l->info;
    out->lost = l->order.lost;
    out->duplicates = l->order.duplicates;
    out->reordered = l->order.reordered;
    out->gaps = l->rate.gaps;
    aw_rate_read(&l->rate, &out->rate_hz, &out->jitter_ms);
    return true;
}

bool aw_session_breathing(const struct aw_session *s, uint32_t link,
                          struct aw_breathing_evidence *out) {
    if (link >= s->max_links || !s->links[link].used) return false;
    aw_link_breathing(&s->links[link], out);
    return true;
}

uint64_t aw_session_refused(const struct aw_session *s, enum aw_format format, int err) {
    if ((unsigned)format >= AW_FORMAT_COUNT || err > 0 || err <= -AW_ERR_COUNT) return 0;
    return s->refused[format][-err];
}

uint64_t aw_session_dropped_updates(const struct aw_session *s) {
    return s->dropped_updates;
}

int aw_session_calibrate_begin(struct aw_session *s, uint32_t link, enum aw_take take) {
    if (link >= s->max_links || !s->links[link].used) return AW_ERR_INVAL;
    if ((unsigned)take > AW_TAKE_STILL) return AW_ERR_INVAL;
    return aw_link_calibrate_begin(&s->links[link], take);
}

int aw_session_calibrate_finish(struct aw_session *s, uint32_t link,
                                struct aw_calibration_report *out) {
    if (link >= s->max_links || !s->links[link].used) return AW_ERR_INVAL;
    int err = aw_link_calibrate_finish(&s->links[link]);
    if (err == AW_OK) *out = s->links[link].report;
    return err;
}

int aw_session_calibration(const struct aw_session *s, uint32_t link,
                           struct aw_calibration_report *out) {
    if (link >= s->max_links || !s->links[link].used) return AW_ERR_INVAL;
    struct aw_calibration_saved saved;
    aw_link_calibration(&s->links[link], &saved);
    *out = saved.report;
    return AW_OK;
}

int aw_session_calibration_save(const struct aw_session *s, uint32_t link,
                                struct aw_calibration_saved *out) {
    if (link >= s->max_links || !s->links[link].used) return AW_ERR_INVAL;
    aw_link_calibration(&s->links[link], out);
    return AW_OK;
}

int aw_session_calibration_restore(struct aw_session *s, uint32_t link,
                                   const struct aw_calibration_saved *saved) {
    if (link >= s->max_links || !s->links[link].used) return AW_ERR_INVAL;
    return aw_link_calibration_restore(&s->links[link], saved);
}

int aw_session_calibration_clear(struct aw_session *s, uint32_t link) {
    if (link >= s->max_links || !s->links[link].used) return AW_ERR_INVAL;
    aw_link_calibration_clear(&s->links[link]);
    return AW_OK;
}
