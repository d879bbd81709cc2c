#include "proof.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool find(const char *name, size_t *c, size_t *figure) {
    const char *slash = strrchr(name, '/');
    if (!slash) return false;
    for (*c = 0; *c < proof_case_count; ++*c) {
        const char *key = proof_cases[*c].key;
        if (strlen(key) == (size_t)(slash - name) && strncmp(key, name, strlen(key)) == 0) break;
    }
    for (*figure = 0; *figure < PROOF_FIGURE_COUNT; ++*figure)
        if (strcmp(proof_figures[*figure].key, slash + 1) == 0) break;
    return *c < proof_case_count && *figure < PROOF_FIGURE_COUNT;
}

static bool parse(struct proof_pins *p, const char *line) {
    char name[80], value[40];
    size_t c, figure;
    struct proof_pin pin = {.known = true};
    if (sscanf(line, "%79s %39s %lf", name, value, &pin.tolerance) != 3) return false;
    if (!find(name, &c, &figure) || !(pin.tolerance >= 0)) return false;
    char *end = value;
    pin.value = strcmp(value, "null") == 0 ? NAN : strtod(value, &end);
    if (!isnan(pin.value) && *end) return false;
    p->pin[c][figure] = pin;
    return true;
}

int proof_pins_read(struct proof_pins *p, const char *path, struct aw_why *why) {
    p->pin = calloc(proof_case_count, sizeof *p->pin);
    if (!p->pin) return AW_ERR_NOMEM;
    FILE *f = fopen(path, "r");
    if (!f) {
        snprintf(why->text, sizeof why->text, "%s: %s", path, strerror(errno));
        return AW_ERR_IO;
    }
    char line[512];
    int err = AW_OK;
    for (int n = 1; err == AW_OK && fgets(line, sizeof line, f); n++) {
        if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '#' || parse(p, line)) continue;
        snprintf(why->text, sizeof why->text,
                 "%s:%d: not \"case/figure value tolerance\" of a case and figure known here", path,
                 n);
        err = AW_ERR_TEXT;
    }
    if (ferror(f)) err = AW_ERR_IO;
    fclose(f);
    return err;
}

void proof_pins_free(struct proof_pins *p) {
    free(p->pin);
    p->pin = NULL;
}

static void write_pin(FILE *f, size_t c, size_t figure, const struct proof_pin *pin) {
    const struct proof_figure_info *info = &proof_figures[figure];
    char name[80], value[40] = "null";
    snprintf(name, sizeof name, "%s/%s", proof_cases[c].key, info->key);
    if (!isnan(pin->value)) snprintf(value, sizeof value, "%.*f", info->decimals, pin->value);
    bool truth = info->truth && !proof_cases[c].file;
    fprintf(f, "%-36s %12s %-8g # %s%s\n", name, value, pin->tolerance, truth ? "truth: " : "",
            info->why);
}

int proof_pins_write(const struct proof_pins *p, const char *path, struct aw_why *why) {
    FILE *f = fopen(path, "w");
    if (!f) {
        snprintf(why->text, sizeof why->text, "%s: %s", path, strerror(errno));
        return AW_ERR_IO;
    }
    fprintf(f, "# Pinned by airwake-proof --write; say in the commit why a value changed.\n"
               "# case/figure, value, tolerance (rate_hz: relative), why this tolerance.\n"
               "# \"truth\" lines hold what is true of a simulated room, not what came out.\n");
    for (size_t c = 0; c < proof_case_count; c++) {
        bool any = false;
        for (size_t i = 0; i < PROOF_FIGURE_COUNT; i++) {
            const struct proof_pin *pin = &p->pin[c][i];
            if (!pin->known) continue;
            if (!any) fprintf(f, "\n# %s\n", proof_cases[c].title);
            any = true;
            write_pin(f, c, i, pin);
        }
    }
    bool bad = ferror(f);
    bad |= fclose(f) != 0;
    if (bad) snprintf(why->text, sizeof why->text, "%s: cannot be written", path);
    return bad ? AW_ERR_IO : AW_OK;
}

void proof_pins_set(struct proof_pins *p, size_t c, const struct proof_result *r,
                    const bool absent[PROOF_FIGURE_COUNT]) {
    for (size_t i = 0; i < PROOF_FIGURE_COUNT; i++) {
        const struct proof_figure_info *info = &proof_figures[i];
        bool truth = info->truth && !proof_cases[c].file;
        bool rate = i == PROOF_BREATHING || i == PROOF_HEART; /* none is pinned, too */
        bool known = !absent[i] && (rate || !isnan(r->value[i]));
        p->pin[c][i] = (struct proof_pin){
            .known = known, .value = truth ? 0 : r->value[i], .tolerance = info->tolerance};
    }
}

bool proof_pin_holds(const struct proof_pin *pin, enum proof_figure figure, double value) {
    if (isnan(pin->value) || isnan(value)) return isnan(pin->value) && isnan(value);
    double tolerance = pin->tolerance * (proof_figures[figure].relative ? fabs(pin->value) : 1);
    /* half a unit of the last digit written is no deviation */
    return fabs(value - pin->value) <=
           tolerance + 0.5000001 * pow(10, -proof_figures[figure].decimals);
}
