#include "server/metrics.h"

#include <string.h>

void aw_metrics_latency(struct aw_metrics *m, int64_t ns) {
    static const double bounds_s[AW_METRICS_BUCKETS] = AW_METRICS_BOUNDS_S;
    double s = ns > 0 ? (double)ns * 1e-9 : 0; /* the clock was set back */
    int i = 0;
    while (i < AW_METRICS_BUCKETS && s > bounds_s[i]) i++;
    m->bucket[i]++;
    m->latency_sum_s += s;
}

void aw_metrics_request(struct aw_metrics *m, const char *route, unsigned status) {
    if (!route) route = "other";
    for (int i = 0; i < AW_METRICS_REQUESTS; i++) {
        struct aw_metrics_request *r = &m->request[i];
        if (!r->route) *r = (struct aw_metrics_request){route, status, 0};
        if (r->status != status || strcmp(r->route, route) != 0) continue;
        r->n++;
        return;
    }
    m->requests_other++;
}
