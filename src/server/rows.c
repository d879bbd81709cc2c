/* Amplitude rows as JSON:
 *
 *     {"type":"row","link":0,"source":"live","t_s":1.25,"max":21.5,
 *      "k_runs":[[-28,-1,1],[1,28,1]],"amp_b64":"..."}
 *
 * k_runs  true subcarrier indices as runs [first, last, step]
 * amp_b64 one byte per subcarrier in that order, base64 (RFC 4648): amplitude = byte / 255 * max */
#include "server/view.h"

static void view_k_runs(struct aw_json *j, const int16_t *k, unsigned n) {
    aw_json_key(j, "k_runs");
    aw_json_open(j, '[');
    for (unsigned i = 0; i < n;) {
        int step = i + 1 < n ? k[i + 1] - k[i] : 1;
        if (step == 0) step = 1; /* an index given twice starts a new run */
        unsigned last = i;
        while (last + 1 < n && k[last + 1] - k[last] == step) last++;
        aw_json_open(j, '[');
        aw_json_int(j, k[i]);
        aw_json_int(j, k[last]);
        aw_json_int(j, step);
        aw_json_close(j, ']');
        i = last + 1;
    }
    aw_json_close(j, ']');
}

static void view_amp(struct aw_json *j, const struct aw_board_row *row, unsigned n) {
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[(AW_ROW_MAX + 2) / 3 * 4 + 1];
    char *out = text;
    for (unsigned i = 0; i < n; i += 3) {
        unsigned left = n - i;
        unsigned v = (unsigned)row->amp[i] << 16;
        if (left > 1) v |= (unsigned)row->amp[i + 1] << 8;
        if (left > 2) v |= row->amp[i + 2];
        *out++ = digit[v >> 18];
        *out++ = digit[v >> 12 & 63];
        *out++ = left > 1 ? digit[v >> 6 & 63] : '=';
        *out++ = left > 2 ? digit[v & 63] : '=';
    }
    *out = '\0';
    aw_json_key(j, "t_s");
    aw_json_num(j, (double)row->t_ns * 1e-9, 4);
    aw_json_key(j, "max");
    aw_json_num(j, row->max, 4);
    aw_json_key(j, "amp_b64");
    aw_json_str(j, text);
}

static void head(struct aw_json *j, const char *type, const struct aw_board_link *l) {
    aw_json_key(j, "type");
    aw_json_str(j, type);
    aw_json_key(j, "link");
    aw_json_uint(j, l->id);
    aw_json_key(j, "source");
    aw_json_str(j, aw_origin_kind_key(l->origin));
    view_k_runs(j, l->k, l->n);
}

void aw_view_row(struct aw_json *j, const struct aw_board *b, uint32_t link) {
    const struct aw_board_link *l = &b->links[link];
    aw_json_open(j, '{');
    head(j, "row", l);
    if (l->next_row > l->first_row) view_amp(j, &l->rows[(l->next_row - 1) % AW_BOARD_ROWS], l->n);
    aw_json_close(j, '}');
}

void aw_view_rows(struct aw_json *j, const struct aw_board *b, uint32_t link) {
    const struct aw_board_link *l = &b->links[link];
    aw_json_open(j, '{');
    head(j, "rows", l);
    aw_json_key(j, "rows");
    aw_json_open(j, '[');
    for (uint64_t r = l->first_row; r < l->next_row; r++) {
        aw_json_open(j, '{');
        view_amp(j, &l->rows[r % AW_BOARD_ROWS], l->n);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}
