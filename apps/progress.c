#include "progress.h"

#include "signals.h"

#include <stdio.h>
#include <unistd.h>

void progress_start(struct progress *p, const char *what) {
    *p = (struct progress){.what = what, .started_ns = monotonic_ns()};
}

void progress_show(struct progress *p, double done) {
    long long now = monotonic_ns();
    if (now - p->started_ns < 1000000000 || now - p->drawn_ns < 100000000) return;
    if (!isatty(STDERR_FILENO)) return;
    p->drawn_ns = now;
    char bar[41];
    for (int i = 0; i < 40; i++) bar[i] = i < (int)(done * 40) ? '#' : '.';
    bar[40] = '\0';
    double left_s = done > 0.01 ? (double)(now - p->started_ns) * 1e-9 * (1 - done) / done : 0;
    fprintf(stderr, "\r%s [%s] %3.0f %%, %.0f s left ", p->what, bar, done * 100, left_s);
}

void progress_end(struct progress *p) {
    if (p->drawn_ns) fprintf(stderr, "\r\033[K");
}
