/* ONNX Runtime (https://onnxruntime.ai) as a backend, loaded while running: a server without models
 * never maps its 35 MB.
 *
 *     struct aw_ort ort;
 *     aw_ort_choose(&ort, "auto", "", &backend, &why);     aw_net_open(&net, backend, ...);
 *     aw_ort_close(&ort);                                   after all nets
 *
 * Of its C interface (onnxruntime_c_api.h), a table to which versions only append, the entries used
 * are declared in ort.c; version 1.6 or newer of the library has them. One thread per model; CUDA
 * where the library has it and a device answers. Models are read by infer/onnx.h first, so that
 * what that refuses (weights in other files, other domains, graphs within nodes) never gets there.
 */
#ifndef AW_SERVER_ORT_H
#define AW_SERVER_ORT_H

#include "infer/net.h"
#include "server/unpack.h"

struct aw_ort {
    struct aw_net_backend backend;
    void *library; /* stays loaded: NULL when it is not */
    const struct ort_api *api;
    void *env;
    char version[24], path[256];
};

/* Loads the library: path, or when that is "", libonnxruntime.so from ../lib/airwake beside the
 * program's folder, else from where the system has it. Errors with a sentence: IO (none is found),
 * VERSION (not 1.6 or newer), UNSUPPORTED. */
AW_MUST_USE int aw_ort_open(struct aw_ort *o, const char *path, struct aw_why *why);
void aw_ort_close(struct aw_ort *o); /* zeroed is fine */

/* choice: "plain", "onnxruntime", or "auto": ONNX Runtime when it can be loaded, else plain, and
 * why says why. Errors: those of aw_ort_open(); INVAL, another choice. */
AW_MUST_USE int aw_ort_choose(struct aw_ort *o, const char *choice, const char *path,
                              const struct aw_net_backend **backend, struct aw_why *why);

#endif
