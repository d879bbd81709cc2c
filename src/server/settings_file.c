/* The configuration file: sections of settings, in YAML.
 *
 *     http:
 *       port: 8000
 *     sources:
 *       udp: [5005, 5500] */
#include "server/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    MAX_FILE_BYTES = 64 * 1024,
    MAX_BRACKETS = 1000, /* libyaml's time grows with the square of open ones: 64 Ki take seconds */
    MAX_DEPTH = 4,
};

struct reading {
    struct aw_settings *s;
    struct aw_complaints *c;
    yaml_document_t *doc;
    const char *path;
    bool seen[AW_SETTING_COUNT];
};

static const char *at(const struct reading *r, const yaml_node_t *node, char where[600]) {
    snprintf(where, 600, "%.500s:%zu:%zu", r->path, node->start_mark.line + 1,
             node->start_mark.column + 1);
    return where;
}

static const char *scalar(const yaml_node_t *node) {
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* Nothing, null or ~; not "". */
static bool is_null(const yaml_node_t *node) {
    const char *text = scalar(node);
    return text && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

/* A text with a zero byte in it would be cut. */
static bool whole(const yaml_node_t *node) {
    const char *text = scalar(node);
    return text && strlen(text) == node->data.scalar.length;
}

static void wrong(const struct reading *r, const yaml_node_t *node, const struct aw_setting *d,
                  const char *says) {
    char where[600], allowed[256];
    aw_setting_allowed(d, allowed, sizeof allowed);
    aw_complain(r->c, at(r, node, where), d->key, allowed, "%s; allowed: %s", says, allowed);
}

static void read_value(struct reading *r, enum aw_setting_id id, const yaml_node_t *node) {
    const struct aw_setting *d = &aw_setting_table[id];
    bool list = aw_setting_is_list(d);
    const char *items[AW_SETTING_ITEMS + 1];
    int n = 0;
    if (is_null(node)) {
        wrong(r, node, d, "no value (leave the line out for the default)");
        return;
    }
    if (node->type == YAML_SCALAR_NODE) {
        if (!whole(node)) {
            wrong(r, node, d, "a text with a zero byte");
            return;
        }
        items[n++] = scalar(node);
    } else if (node->type == YAML_SEQUENCE_NODE && list) {
        const yaml_node_item_t *i = node->data.sequence.items.start;
        for (; i < node->data.sequence.items.top && n <= AW_SETTING_ITEMS; i++) {
            const yaml_node_t *item = yaml_document_get_node(r->doc, *i);
            if (!whole(item) || is_null(item)) {
                wrong(r, item, d, "an item that is no text or number");
                return;
            }
            items[n++] = scalar(item);
        }
    } else {
        wrong(r, node, d, node->type == YAML_MAPPING_NODE ? "a section" : "a list");
        return;
    }
    char where[600];
    if (aw_settings_put(r->s, id, items, n, AW_FROM_FILE, at(r, node, where), r->c))
        r->s->line[id] = (unsigned)node->start_mark.line + 1;
}

static bool is_section(const char *name) {
    size_t len = strlen(name);
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        const char *key = aw_setting_table[i].key;
        if (strncmp(key, name, len) == 0 && key[len] == '.') return true;
    }
    return false;
}

static void read_section(struct reading *r, const yaml_node_t *node, const char *prefix, int depth);

static void read_pair(struct reading *r, const yaml_node_t *key, const yaml_node_t *value,
                      const char *prefix, int depth) {
    char where[600], name[96];
    if (!scalar(key)) {
        aw_complain(r->c, at(r, key, where), prefix, "", "a key is to be a word");
        return;
    }
    snprintf(name, sizeof name, "%.40s%s%.50s", prefix, *prefix ? "." : "", scalar(key));
    enum aw_setting_id id = aw_setting_find(name);
    if (id < AW_SETTING_COUNT) {
        if (r->seen[id])
            aw_complain(r->c, at(r, key, where), name, "", "given a second time");
        else
            read_value(r, id, value);
        r->seen[id] = true;
    } else if (is_section(name)) {
        read_section(r, value, name, depth + 1);
    } else {
        const char *near = aw_setting_nearest(name);
        aw_complain(r->c, at(r, key, where), name, "", "unknown key%s%s%s",
                    *near ? "; did you mean " : "", near, *near ? "?" : "");
    }
}

static void read_section(struct reading *r, const yaml_node_t *node, const char *prefix,
                         int depth) {
    char where[600];
    if (is_null(node)) return;
    if (node->type != YAML_MAPPING_NODE || depth > MAX_DEPTH) {
        aw_complain(r->c, at(r, node, where), prefix, "", "to be a section of keys and values%s",
                    depth > MAX_DEPTH ? ", not that deep" : "");
        return;
    }
    const yaml_node_pair_t *p = node->data.mapping.pairs.start;
    for (; p < node->data.mapping.pairs.top; p++)
        read_pair(r, yaml_document_get_node(r->doc, p->key),
                  yaml_document_get_node(r->doc, p->value), prefix, depth);
}

/* One document, and nothing after it. */
static void read_documents(struct reading *r, yaml_parser_t *parser) {
    for (int n = 0;; n++) {
        char where[600];
        if (!yaml_parser_load(parser, r->doc)) {
            snprintf(where, sizeof where, "%.500s:%zu:%zu", r->path, parser->problem_mark.line + 1,
                     parser->problem_mark.column + 1);
            aw_complain(r->c, where, "", "", "no YAML: %s%s%s",
                        parser->problem ? parser->problem : "out of memory",
                        parser->context ? " " : "", parser->context ? parser->context : "");
            return;
        }
        const yaml_node_t *root = yaml_document_get_root_node(r->doc);
        if (root && n == 0) read_section(r, root, "", 0);
        if (root && n > 0)
            aw_complain(r->c, at(r, root, where), "", "", "a second document; one is read");
        yaml_document_delete(r->doc);
        if (!root || n > 0) return;
    }
}

bool aw_settings_read_text(struct aw_settings *s, const char *text, size_t len, const char *path,
                           struct aw_complaints *c) {
    int before = c->n + c->omitted;
    yaml_document_t doc;
    yaml_parser_t parser;
    struct reading r = {.s = s, .c = c, .doc = &doc, .path = path};
    if (len > MAX_FILE_BYTES) {
        aw_complain(c, path, "", "", "larger than %d bytes", MAX_FILE_BYTES);
        return false;
    }
    int brackets = 0;
    for (size_t i = 0; i < len; i++) brackets += text[i] == '[' || text[i] == '{';
    if (brackets > MAX_BRACKETS) {
        aw_complain(c, path, "", "", "more than %d opening brackets", MAX_BRACKETS);
        return false;
    }
    if (!yaml_parser_initialize(&parser)) {
        aw_complain(c, path, "", "", "out of memory");
        return false;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    read_documents(&r, &parser);
    yaml_parser_delete(&parser);
    return c->n + c->omitted == before;
}

bool aw_settings_read_file(struct aw_settings *s, const char *path, struct aw_complaints *c) {
    FILE *f = fopen(path, "re");
    char *text = f ? malloc(MAX_FILE_BYTES + 1) : NULL;
    bool ok = false;
    if (text) {
        size_t len = fread(text, 1, MAX_FILE_BYTES + 1, f);
        if (ferror(f))
            aw_complain(c, path, "", "", "%s", strerror(errno));
        else
            ok = aw_settings_read_text(s, text, len, path, c);
    } else {
        aw_complain(c, path, "", "", "%s", strerror(errno));
    }
    free(text);
    if (f) fclose(f);
    snprintf(s->file, sizeof s->file, "%s", path);
    return ok;
}
