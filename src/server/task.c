#include "server/task.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct aw_task *const tasks[] = {&aw_task_activity, &aw_task_pose, &aw_task_densepose};

const struct aw_task *aw_task_find(const char *name) {
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
        if (strcmp(tasks[i]->name, name) == 0) return tasks[i];
    return NULL;
}

int aw_task_refuse(struct aw_why *why, int err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    return err;
}

/* Behind it the arena it takes its memory from. */
void *aw_task_builder(const struct aw_task *t) {
    size_t head = (t->bytes + 63) & ~(size_t)63;
    unsigned char *b = aligned_alloc(64, (head + t->arena_bytes + 63) & ~(size_t)63);
    struct aw_arena arena;
    if (!b) return NULL;
    memset(b, 0, head);
    aw_arena_init(&arena, b + head, t->arena_bytes);
    if (t->init(b, &arena) == AW_OK) return b;
    free(b);
    return NULL;
}

size_t aw_task_values(const struct aw_task *t) {
    size_t n = 1;
    for (int i = 0; i < t->rank; i++) n *= (size_t)t->dim[i];
    return n;
}
