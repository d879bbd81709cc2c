#ifndef AW_BASE_JSON_H
#define AW_BASE_JSON_H

#include "airwake.h"

/* Writes JSON into a buffer of fixed size. Commas are set by the writer. Running out of room marks
 * overflow; what was written so far is then not valid JSON. A number that is not finite is written
 * as null.
 *
 *     aw_json_open(&j, '{');
 *     aw_json_key_num(&j, "t_s", 1.5, 3);
 *     aw_json_close(&j, '}'); */
struct aw_json {
    char *buf;
    size_t cap;
    size_t len;
    bool overflow;
    bool comma; /* the next value follows another */
};

void aw_json_init(struct aw_json *j, char *buf, size_t cap);
void aw_json_open(struct aw_json *j, char bracket);  /* '{' or '[' */
void aw_json_close(struct aw_json *j, char bracket); /* '}' or ']' */
void aw_json_key(struct aw_json *j, const char *key);
void aw_json_str(struct aw_json *j, const char *s); /* NULL gives null; invalid UTF-8 is replaced */
void aw_json_int(struct aw_json *j, int64_t v);
void aw_json_uint(struct aw_json *j, uint64_t v);
void aw_json_num(struct aw_json *j, double v, int decimals); /* fixed point, 0..9 decimals */
void aw_json_bool(struct aw_json *j, bool v);
void aw_json_null(struct aw_json *j);

/* A key and its value. */
void aw_json_key_str(struct aw_json *j, const char *key, const char *s);
void aw_json_key_int(struct aw_json *j, const char *key, int64_t v);
void aw_json_key_uint(struct aw_json *j, const char *key, uint64_t v);
void aw_json_key_num(struct aw_json *j, const char *key, double v, int decimals);
void aw_json_key_bool(struct aw_json *j, const char *key, bool v);
void aw_json_key_null(struct aw_json *j, const char *key);

/* The text, NUL-terminated; NULL after overflow. */
const char *aw_json_text(struct aw_json *j);

#endif
