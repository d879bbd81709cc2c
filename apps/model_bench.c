/* airwake model bench: what a model costs. */
#include "model_tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now_ms(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double resident_mb(void) {
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%*u %lu", &pages) != 1) pages = 0;
    if (f) fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) * 1e-6;
}

int model_bench(int argc, char **argv) {
    double runs = 50;
    struct model_backend by = MODEL_BACKEND;
    const struct opt opts[] = {
        {"runs", "N", "inferences timed (50)", .number = &runs, .min = 1, .max = 10000},
        MODEL_BACKEND_FLAGS(by),
        {0},
    };
    const struct opt_usage usage = {
        "airwake model bench [flags] MODEL",
        "Time to load, the first result included, and to compute; memory added by both.", NULL, 1,
        1};
    static double took[10000];
    int first, code;
    struct aw_model m;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    double start = now_ms(CLOCK_MONOTONIC), memory = resident_mb();
    if ((code = model_open(&m, &by, "bench", argv[first])) != EXIT_OK) return code;
    double load = now_ms(CLOCK_MONOTONIC) - start; /* its output was checked: one inference */
    int n = (int)runs;
    double cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < n; i++) {
        start = now_ms(CLOCK_MONOTONIC);
        if (aw_net_run(&m.net) != AW_OK) return EXIT_FAILED;
        took[i] = now_ms(CLOCK_MONOTONIC) - start;
    }
    cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    qsort(took, (size_t)n, sizeof *took, ascending);
    printf("{\"model\":\"%s\",\"version\":\"%s\",\"backend\":\"%s\",\"library\":\"%s\","
           "\"load_ms\":%.2f,\"runs\":%d,\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"cpu_ms\":%.3f,"
           "\"resident_mb\":%.1f}\n",
           m.name, m.version, by.backend->name, by.ort.version, load, n, took[n / 2],
           took[n * 95 / 100], cpu / n, resident_mb() - memory);
    aw_model_close(&m);
    aw_ort_close(&by.ort);
    return EXIT_OK;
}
