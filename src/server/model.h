/* A model beside its card: NAME.onnx and NAME.card.json. Nothing runs unless both agree with each
 * other and with what this program computes. */
#ifndef AW_SERVER_MODEL_H
#define AW_SERVER_MODEL_H

#include "infer/net.h"
#include "server/unpack.h"

struct cJSON;
enum { AW_MODEL_CLASSES = 16, AW_MODEL_NAME = 48 };

struct aw_model {
    char name[AW_MODEL_NAME], task[AW_MODEL_NAME], version[AW_MODEL_NAME];
    const char *class_name[AW_MODEL_CLASSES]; /* of the card */
    int n_classes;
    struct cJSON *card;
    struct aw_bytes bytes;
    void *memory;
    struct aw_net net;
};

/* path: the card or the model. Checks the card's fields, the model's SHA-256, that its graph can be
 * computed here, names and shapes of its ends, that the task's input is the one this program makes
 * and that the output of an all-zero input is finite.
 * Errors, with a sentence: IO, TEXT (the card is no JSON or lacks a field), CRC (hash), LENGTH
 * (larger than 64 MiB), UNSUPPORTED, RANGE, and those of aw_net_open(). */
AW_MUST_USE int aw_model_open(struct aw_model *m, const char *path,
                              const struct aw_net_backend *backend, struct aw_why *why);
void aw_model_close(struct aw_model *m); /* zeroed is fine */

#endif
