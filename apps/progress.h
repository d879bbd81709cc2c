#ifndef AW_APPS_PROGRESS_H
#define AW_APPS_PROGRESS_H

/* A bar on stderr, drawn only when stderr is a terminal and the work takes more than a second. */
struct progress {
    const char *what;
    long long started_ns, drawn_ns;
};

void progress_start(struct progress *p, const char *what);
void progress_show(struct progress *p, double done); /* 0..1 */
void progress_end(struct progress *p);

#endif
