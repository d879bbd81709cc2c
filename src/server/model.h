/* A model beside its card: NAME.onnx and NAME.card.json. Nothing runs unless both agree with each
 * other and with what this program computes. */
#ifndef AW_SERVER_MODEL_H
#define AW_SERVER_MODEL_H

#include "infer/net.h"
#include "server/task.h"

struct cJSON;
enum { AW_MODEL_NAME = 48 };

struct aw_model_file {
    uint8_t *data;
    size_t len;
};

struct aw_model {
    char name[AW_MODEL_NAME], task_name[AW_MODEL_NAME], version[AW_MODEL_NAME];
    bool experimental; /* unless the card says that it is not */
    const struct aw_task *task;
    const char *class_name[AW_TASK_CLASSES]; /* of the card */
    int n_classes;
    struct cJSON *card;
    struct aw_model_file bytes;
    void *memory;
    struct aw_net net;
};

/* path: the card or the model. Checks the card's fields, the model's SHA-256, that its graph can be
 * computed by the backend, names and shapes of its ends, that the task's input is the one this
 * program makes and that the output of an all-zero input is finite. Both files are read once and
 * not looked at again.
 * Errors, with a sentence: IO, EMPTY, TEXT (the card is no JSON or lacks a field), CRC (hash),
 * LENGTH (a model above 64 MiB, a card above 64 KiB), UNSUPPORTED, RANGE, and those of
 * aw_net_open(). */
AW_MUST_USE int aw_model_open(struct aw_model *m, const char *path,
                              const struct aw_net_backend *backend, struct aw_why *why);
void aw_model_close(struct aw_model *m); /* zeroed is fine */

/* A card alone, into a zeroed model, which is to be closed whatever comes out. Errors: TEXT. */
AW_MUST_USE int aw_model_read_card(struct aw_model *m, const char *json, size_t len,
                                   struct aw_why *why);

#endif
