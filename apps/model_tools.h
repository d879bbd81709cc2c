/* The parts of `airwake model`. */
#ifndef AW_APPS_MODEL_TOOLS_H
#define AW_APPS_MODEL_TOOLS_H

#include "options.h"
#include "server/model.h"
#include "server/ort.h"

enum { MODEL_ANY = 1 << 20 }; /* arguments */

/* Who computes: flags --backend and --onnxruntime-library. */
struct model_backend {
    const char *choice, *library;
    struct aw_ort ort;
    const struct aw_net_backend *backend;
};
#define MODEL_BACKEND                                                                              \
    { .choice = "auto", .library = "" }
#define MODEL_BACKEND_FLAGS(b)                                                                     \
    {"backend", "WHICH", "who computes: plain, onnxruntime, or auto: that where it is (auto)",     \
     .text = &(b).choice},                                                                         \
    {                                                                                              \
        "onnxruntime-library", "FILE", "its library; where it usually is", .text = &(b).library    \
    }

/* EXIT_OK, or the exit code after a sentence on stderr. */
int model_backend_open(struct model_backend *b, const char *what);

/* Opens the backend, then the model; likewise. */
int model_open(struct aw_model *m, struct model_backend *b, const char *what, const char *path);

/* A sentence on stderr: "airwake model WHAT: PATH: why". Returns EXIT_FAILED. */
int model_refused(const char *what, const char *path, const struct aw_why *why);

int model_run(int argc, char **argv);
int model_bench(int argc, char **argv);
int model_features(int argc, char **argv);
int model_simulate(int argc, char **argv);

#endif
