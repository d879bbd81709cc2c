/* api/openapi.json and the route tables say the same: paths, methods, scopes. */
#include "server/openapi.h"
#include "server/route.h"
#include "server/routes.h"
#include "test.h"

#include <ctype.h>

static const char *const scopes[] = {[AW_SCOPE_OPEN] = "open",
                                     [AW_SCOPE_READ] = "read",
                                     [AW_SCOPE_CONTROL] = "control",
                                     [AW_SCOPE_ADMIN] = "admin"};

static const cJSON *operation(const cJSON *paths, const char *path, const char *method) {
    char lower[16];
    size_t n = 0;
    for (; method[n] && n + 1 < sizeof lower; n++) lower[n] = (char)tolower((int)method[n]);
    lower[n] = '\0';
    return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(paths, path), lower);
}

static bool routed(const char *path, const char *method) {
    for (size_t i = 0; aw_routes_at(i); i++) {
        const struct aw_route *r = aw_routes_at(i);
        if (strcmp(r->path, path) == 0 && strcasecmp(r->method, method) == 0) return true;
    }
    return false;
}

static void every_route_is_documented(const cJSON *paths) {
    for (size_t i = 0; aw_routes_at(i); i++) {
        const struct aw_route *r = aw_routes_at(i);
        const cJSON *op = operation(paths, r->path, r->method);
        if (!op) fprintf(stderr, "%s %s is not in api/openapi.json\n", r->method, r->path);
        CHECK(op);
        const cJSON *scope = cJSON_GetObjectItemCaseSensitive(op, "x-scope");
        bool same = cJSON_IsString(scope) && strcmp(scope->valuestring, scopes[r->scope]) == 0;
        if (!same)
            fprintf(stderr, "%s %s: x-scope is not %s\n", r->method, r->path, scopes[r->scope]);
        CHECK(same);
    }
}

static void everything_documented_is_routed(const cJSON *paths) {
    const cJSON *path, *op;
    cJSON_ArrayForEach(path, paths) {
        cJSON_ArrayForEach(op, path) {
            if (cJSON_GetObjectItemCaseSensitive(op, "x-websocket")) continue; /* not in tables */
            if (strcmp(op->string, "parameters") == 0) continue; /* of all its methods */
            bool found = routed(path->string, op->string);
            if (!found) fprintf(stderr, "%s %s is in no route table\n", op->string, path->string);
            CHECK(found);
        }
    }
}

int main(void) {
    cJSON *doc = cJSON_ParseWithLength((const char *)aw_openapi, aw_openapi_len);
    const cJSON *paths = cJSON_GetObjectItemCaseSensitive(doc, "paths");
    CHECK(cJSON_GetArraySize(paths) > 5);
    every_route_is_documented(paths);
    everything_documented_is_routed(paths);
    cJSON_Delete(doc);
    return test_end();
}
