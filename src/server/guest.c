#include "server/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int aw_guest_open(struct aw_guest **out, const struct aw_guest_place *place, const char *path,
                  double speed, struct aw_why *why) {
    struct aw_guest *g = calloc(1, sizeof *g);
    if (!g) return AW_ERR_NOMEM;
    snprintf(g->path, sizeof g->path, "%s", path); /* the player keeps it */
    int err = aw_playing_open(&g->playing, &place->at, g->path, speed, why);
    if (err != AW_OK) {
        free(g);
        return err;
    }
    const char *base = strrchr(g->path, '/');
    snprintf(g->name, sizeof g->name, "%s", base ? base + 1 : g->path);
    g->name[strcspn(g->name, ".")] = '\0';
    g->playing.once = true;
    g->playing.counts.source = place->source;
    snprintf(g->playing.counts.name, sizeof g->playing.counts.name, "recording:%s", g->name);
    *out = g;
    return AW_OK;
}

void aw_guest_close(struct aw_guest *g) {
    if (!g) return;
    aw_playing_free(&g->playing);
    free(g);
}
