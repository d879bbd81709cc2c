/* Settings as text: values, and the known key nearest to a mistyped one. */
#include "server/settings.h"

#include <stdio.h>
#include <string.h>

/* In double quotes, as YAML and JSON read it. */
static size_t quoted(const char *value, char *text, size_t bytes) {
    size_t n = 0;
    if (bytes > n + 1) text[n++] = '"';
    for (const char *p = value; *p && n + 4 < bytes; p++) {
        if (*p == '"' || *p == '\\') text[n++] = '\\';
        text[n++] = *p;
    }
    if (bytes > n + 1) text[n++] = '"';
    text[n] = '\0';
    return n;
}

static void list_text(const struct aw_setting_list *list, char *text, size_t bytes) {
    size_t n = (size_t)snprintf(text, bytes, "[");
    for (int i = 0; i < list->n && n + 8 < bytes; i++) {
        if (i) n += (size_t)snprintf(text + n, bytes - n, ", ");
        n += quoted(list->item[i], text + n, bytes - n - 2);
    }
    snprintf(text + n, bytes - n, "]");
}

static void ports_text(const struct aw_setting_ports *ports, char *text, size_t bytes) {
    size_t n = (size_t)snprintf(text, bytes, "[");
    for (int i = 0; i < ports->n && n + 12 < bytes; i++)
        n += (size_t)snprintf(text + n, bytes - n, "%s%u", i ? ", " : "", ports->port[i]);
    snprintf(text + n, bytes - n, "]");
}

void aw_settings_text(const struct aw_settings *s, enum aw_setting_id id, char *text,
                      size_t bytes) {
    const struct aw_setting *d = &aw_setting_table[id];
    const void *member = (const char *)s + d->offset;
    if (d->traits & AW_SET_SECRET) {
        snprintf(text, bytes, *(const char *)member ? "(set)" : "(not set)");
        return;
    }
    switch (d->kind) {
    case AW_SETTING_BOOL:
        snprintf(text, bytes, *(const bool *)member ? "true" : "false");
        break;
    case AW_SETTING_INT:
        snprintf(text, bytes, "%lld", (long long)*(const int64_t *)member);
        break;
    case AW_SETTING_FLOAT:
        snprintf(text, bytes, "%.15g", *(const double *)member);
        break;
    case AW_SETTING_CHOICE:
        snprintf(text, bytes, "%s", (const char *)member);
        break;
    case AW_SETTING_TEXT:
        quoted(member, text, bytes);
        break;
    case AW_SETTING_LIST:
    case AW_SETTING_NETS:
        list_text(member, text, bytes);
        break;
    case AW_SETTING_PORTS:
        ports_text(member, text, bytes);
        break;
    }
}

static size_t member_bytes(enum aw_setting_kind kind) {
    switch (kind) {
    case AW_SETTING_BOOL:
        return sizeof(aw_member_BOOL);
    case AW_SETTING_INT:
        return sizeof(aw_member_INT);
    case AW_SETTING_FLOAT:
        return sizeof(aw_member_FLOAT);
    case AW_SETTING_LIST:
    case AW_SETTING_NETS:
        return sizeof(aw_member_LIST);
    case AW_SETTING_PORTS:
        return sizeof(aw_member_PORTS);
    default:
        return sizeof(aw_member_TEXT);
    }
}

void aw_settings_copy(struct aw_settings *to, const struct aw_settings *from,
                      enum aw_setting_id id) {
    const struct aw_setting *d = &aw_setting_table[id];
    memcpy((char *)to + d->offset, (const char *)from + d->offset, member_bytes(d->kind));
    to->origin[id] = from->origin[id];
    to->line[id] = from->line[id];
}

bool aw_settings_equal(const struct aw_settings *a, const struct aw_settings *b,
                       enum aw_setting_id id) {
    const struct aw_setting *d = &aw_setting_table[id];
    const char *x = (const char *)a + d->offset, *y = (const char *)b + d->offset;
    switch (d->kind) {
    case AW_SETTING_BOOL:
        return *(const bool *)x == *(const bool *)y;
    case AW_SETTING_INT:
        return *(const int64_t *)x == *(const int64_t *)y;
    case AW_SETTING_FLOAT:
        return !(*(const double *)x < *(const double *)y ||
                 *(const double *)x > *(const double *)y);
    case AW_SETTING_NETS:
    case AW_SETTING_LIST: /* unused items are zero: parse_list() copies whole lists */
        return memcmp(x, y, sizeof(struct aw_setting_list)) == 0;
    case AW_SETTING_PORTS:
        return memcmp(x, y, sizeof(struct aw_setting_ports)) == 0;
    default:
        return strcmp(x, y) == 0;
    }
}

/* Levenshtein's distance: insertions, deletions and replacements from a to b. */
static unsigned distance(const char *a, const char *b) {
    enum { LONGEST = 96 };
    unsigned row[LONGEST + 1];
    size_t n = strlen(b);
    if (n > LONGEST || strlen(a) > LONGEST) return LONGEST;
    for (size_t j = 0; j <= n; j++) row[j] = (unsigned)j;
    for (size_t i = 1; *a; a++, i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned replace = corner + (*a != b[j - 1]);
            corner = row[j];
            unsigned least = row[j] < row[j - 1] ? row[j] : row[j - 1];
            row[j] = replace < least + 1 ? replace : least + 1;
        }
    }
    return row[n];
}

const char *aw_setting_nearest(const char *key) {
    const char *best = "";
    unsigned least = 1 + (unsigned)strlen(key) / 3; /* two of three letters are to be right */
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        const char *known = aw_setting_table[i].key;
        const char *name = strrchr(known, '.') + 1; /* the section may be what was forgotten */
        unsigned d = distance(key, known), e = distance(key, name) + (strcmp(key, name) != 0);
        if (e < d) d = e;
        if (d < least) {
            least = d;
            best = known;
        }
    }
    return best;
}
