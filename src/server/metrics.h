/* What the loop thread counts for /metrics. */
#ifndef AW_SERVER_METRICS_H
#define AW_SERVER_METRICS_H

#include <stdint.h>

enum { AW_METRICS_BUCKETS = 12, AW_METRICS_REQUESTS = 128 };

/* Upper bounds, s: loopback and an idle machine need about a millisecond; above a second the loop
 * stalls. */
#define AW_METRICS_BOUNDS_S                                                                        \
    { 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2 }

struct aw_metrics {
    uint64_t bucket[AW_METRICS_BUCKETS + 1]; /* updates by latency; the last: above all bounds */
    double latency_sum_s;
    struct aw_metrics_request {
        const char *route; /* NULL: the place is free */
        unsigned status;
        uint64_t n;
    } request[AW_METRICS_REQUESTS];
    uint64_t requests_other; /* that found no place */
};

void aw_metrics_latency(struct aw_metrics *m, int64_t ns);

/* route: a path of the route table, not of the request, so that there are few; NULL: none. */
void aw_metrics_request(struct aw_metrics *m, const char *route, unsigned status);

#endif
