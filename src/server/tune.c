#include "server/tune.h"

#include <stdio.h>
#include <string.h>

static void name(char *text, size_t bytes, const char *key) {
    size_t len = strlen(text);
    snprintf(text + len, bytes - len, "%s%s", len ? ", " : "", key);
}

void aw_tune_to(struct aw_tune *t, const struct aw_settings *next, char *changed, char *restart,
                size_t bytes) {
    changed[0] = restart[0] = '\0';
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        const struct aw_setting *d = &aw_setting_table[i];
        bool live = d->traits & AW_SET_LIVE;
        bool same = aw_settings_equal(&t->now, next, (enum aw_setting_id)i);
        if (!same) name(live ? changed : restart, bytes, d->key);
        if (!same && live) aw_settings_copy(&t->now, next, (enum aw_setting_id)i);
        if (!same) continue;
        /* not the value: other threads may be reading it, and it is the same */
        t->now.origin[i] = next->origin[i];
        t->now.line[i] = next->line[i];
    }
    memcpy(t->now.file, next->file, sizeof t->now.file);
    if (changed[0] && t->apply) t->apply(t->ctx, &t->now);
}
