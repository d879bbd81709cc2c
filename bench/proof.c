/* airwake-proof: pinned inputs through the pipeline, compared with pinned figures; mutants of the
 * inputs, which must miss them. docs/proof.md. */
#include "proof.h"
#include "options.h"
#include "ruview_compat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct proof {
    struct proof_pins pins;
    const char *data_dir;
    struct proof_result *result;                       /* [proof_case_count] */
    bool *ran;                                         /* [proof_case_count] */
    bool (*missed)[PROOF_FIGURE_COUNT];                /* [proof_case_count], by any mutant */
    unsigned held, broken, unpinned, skipped, mutants; /* mutants: not as they should */
};

static const char *number(double v, int decimals, char text[40]) {
    if (isnan(v)) return "null";
    snprintf(text, 40, "%.*f", decimals, v);
    return text;
}

static void tell(const char *verdict, size_t c, enum proof_figure i, const struct proof_pin *pin,
                 double got) {
    char a[40], b[40];
    const struct proof_figure_info *info = &proof_figures[i];
    printf("  %s %s/%s: %s, pinned %s +- %g%s\n", verdict, proof_cases[c].key, info->key,
           number(got, info->decimals, a), number(pin->value, info->decimals, b), pin->tolerance,
           info->relative ? " of it" : "");
}

/* ---- the cases ---- */

static void check_case(struct proof *p, size_t c) {
    const struct proof_case *of = &proof_cases[c];
    struct aw_why why = {""};
    int err = proof_run(of, p->data_dir, NULL, &p->result[c], &why);
    bool pinned = p->pins.pin[c][PROOF_FRAMES].known;
    p->ran[c] = err == AW_OK;
    if (err == AW_ERR_IO && of->file) {
        printf("SKIPPED %s: the recording is not there\n", of->key);
        p->skipped++;
    } else if (err && of->file && !pinned) {
        printf("SKIPPED %s: %s\n", of->key, why.text);
        p->skipped++;
    } else if (err) {
        printf("FAILED  %s: %s\n", of->key, why.text);
        p->broken++;
    }
    if (err) return;
    unsigned held = 0, broken = 0, unpinned = 0;
    for (int i = 0; i < PROOF_FIGURE_COUNT; i++) {
        const struct proof_pin *pin = &p->pins.pin[c][i];
        double got = p->result[c].value[i];
        if (!pin->known) {
            if (!isnan(got) && got != 0) unpinned++; /* 0: nothing gives it yet */
        } else if (proof_pin_holds(pin, (enum proof_figure)i, got)) {
            held++;
        } else {
            tell("differs:", c, (enum proof_figure)i, pin, got);
            broken++;
        }
    }
    printf("%-7s %s: %s; %u figures as pinned", broken ? "FAILED" : "ok", of->key, of->title, held);
    if (broken) printf(", %u not", broken);
    if (unpinned) printf(", %u not pinned", unpinned);
    printf("\n");
    p->held += held;
    p->broken += broken;
    p->unpinned += unpinned;
}

/* ---- the mutants ---- */

static size_t case_of(const char *key) {
    size_t c = 0;
    while (strcmp(proof_cases[c].key, key) != 0) c++;
    return c;
}

/* One mutant of one case. Returns how many of its targets were not as they should. */
static unsigned check_mutant(struct proof *p, const struct proof_mutant *m, size_t c) {
    struct proof_result r;
    struct aw_why why;
    unsigned wrong = 0;
    if (proof_run(&proof_cases[c], p->data_dir, m, &r, &why) != AW_OK) return 1;
    for (int i = 0; i < PROOF_FIGURE_COUNT; i++) {
        const struct proof_pin *pin = &p->pins.pin[c][i];
        if (pin->known && !proof_pin_holds(pin, (enum proof_figure)i, r.value[i]))
            p->missed[c][i] = true;
    }
    for (int list = 0; list < 2; list++) {
        const struct proof_target *t = list ? m->holds : m->fails;
        for (int i = 0; i < PROOF_TARGETS && t[i].of; i++) {
            const struct proof_pin *pin = &p->pins.pin[c][t[i].figure];
            if (case_of(t[i].of) != c || !pin->known) continue;
            bool holds = proof_pin_holds(pin, t[i].figure, r.value[t[i].figure]);
            if (holds == (list == 1)) continue;
            tell(list ? "should hold:" : "should fail:", c, t[i].figure, pin, r.value[t[i].figure]);
            wrong++;
        }
    }
    return wrong;
}

static bool aims_at(const struct proof_target *t, const char *key) {
    for (int i = 0; i < PROOF_TARGETS && t[i].of; i++)
        if (strcmp(t[i].of, key) == 0) return true;
    return false;
}

static void check_mutants(struct proof *p) {
    for (size_t i = 0; i < proof_mutant_count; i++) {
        const struct proof_mutant *m = &proof_mutants[i];
        unsigned wrong = 0;
        for (size_t c = 0; c < proof_case_count; c++)
            if (aims_at(m->fails, proof_cases[c].key) || aims_at(m->holds, proof_cases[c].key))
                wrong += check_mutant(p, m, c);
        printf("%-7s mutant %s: %s\n", wrong ? "FAILED" : "ok", m->key, m->title);
        p->mutants += wrong;
    }
    for (int i = 0; i < PROOF_FIGURE_COUNT; i++) {
        unsigned pins = 0, missed = 0;
        for (size_t c = 0; c < proof_case_count; c++) {
            pins += p->pins.pin[c][i].known;
            missed += p->missed[c][i];
        }
        if (pins == 0 || missed > 0) continue;
        printf("FAILED  no mutant makes a gate %s fail\n", proof_figures[i].key);
        p->mutants++;
    }
}

/* ---- writing ---- */

/* A figure that no case has: nothing is built yet that could give it. */
static void find_absent(const struct proof *p, bool absent[PROOF_FIGURE_COUNT]) {
    for (int i = 0; i < PROOF_FIGURE_COUNT; i++) {
        absent[i] = i != PROOF_REFUSED;
        for (size_t c = 0; c < proof_case_count; c++)
            if (p->ran[c] && !isnan(p->result[c].value[i]) &&
                (p->result[c].value[i] != 0 || proof_figures[i].truth))
                absent[i] = false;
    }
}

static int write_pins(struct proof *p, const char *path) {
    bool absent[PROOF_FIGURE_COUNT];
    struct aw_why why;
    find_absent(p, absent);
    for (size_t c = 0; c < proof_case_count; c++)
        if (p->ran[c]) proof_pins_set(&p->pins, c, &p->result[c], absent);
    if (proof_pins_write(&p->pins, path, &why) != AW_OK) {
        fprintf(stderr, "airwake-proof: %s\n", why.text);
        return EXIT_FAILED;
    }
    unsigned wrong = 0;
    for (size_t c = 0; c < proof_case_count; c++)
        for (int i = 0; p->ran[c] && i < PROOF_FIGURE_COUNT; i++) {
            const struct proof_pin *pin = &p->pins.pin[c][i];
            if (!pin->known || proof_pin_holds(pin, (enum proof_figure)i, p->result[c].value[i]))
                continue;
            tell("against the truth:", c, (enum proof_figure)i, pin, p->result[c].value[i]);
            wrong++;
        }
    printf("%s written\n", path);
    return wrong ? EXIT_FAILED : EXIT_OK;
}

/* ---- the command ---- */

static int run(struct proof *p, const char *path, bool write, bool mutants) {
    p->result = calloc(proof_case_count, sizeof *p->result);
    p->ran = calloc(proof_case_count, sizeof *p->ran);
    p->missed = calloc(proof_case_count, sizeof *p->missed);
    struct aw_why why = {"out of memory"};
    int err =
        p->result && p->ran && p->missed ? proof_pins_read(&p->pins, path, &why) : AW_ERR_NOMEM;
    if (err == AW_ERR_IO && write) err = AW_OK; /* the first time */
    if (err) {
        fprintf(stderr, "airwake-proof: %s\n", why.text);
        return EXIT_FAILED;
    }
    for (size_t c = 0; c < proof_case_count; c++) check_case(p, c);
    if (write) return write_pins(p, path);
    if (mutants && p->broken == 0) check_mutants(p);
    if (mutants && p->broken > 0) printf("mutants are tried once all figures are as pinned\n");
    printf(
        "%u figures as pinned, %u not, %u not pinned, %u cases skipped, %u mutant checks failed\n",
        p->held, p->broken, p->unpinned, p->skipped, p->mutants);
    if (p->broken)
        printf("a change that is meant: airwake-proof --write, and say why in the commit\n");
    return p->broken || p->mutants ? EXIT_FAILED : EXIT_OK;
}

int main(int argc, char **argv) {
    bool compat = false, write = false, no_mutants = false;
    const char *env = getenv("AIRWAKE_DATA");
    const char *data = env ? env : AW_SOURCE_DIR "/../shared/data";
    const char *path = AW_SOURCE_DIR "/proof/expected.txt";
    const struct opt opts[] = {
        {"data", "DIR", "recordings ($AIRWAKE_DATA or ../shared/data); missing ones are skipped",
         .text = &data},
        {"expected", "FILE", "pinned figures (proof/expected.txt)", .text = &path},
        {"write", NULL, "pin what comes out now", .on = &write},
        {"no-mutants", NULL, "leave the mutants out", .on = &no_mutants},
        {"ruview-compat", NULL, "compute RuView's published pipeline hash instead", .on = &compat},
        {0},
    };
    const struct opt_usage usage = {
        "airwake-proof [flags]",
        "Runs pinned inputs, simulated and recorded, through the pipeline, compares figures of\n"
        "each with pinned ones, then shows on damaged inputs that each comparison can fail.",
        NULL, 0, 0};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if (compat) return ruview_compat_print() ? EXIT_FAILED : EXIT_OK;
    struct proof p = {.data_dir = data};
    code = run(&p, path, write, !no_mutants);
    proof_pins_free(&p.pins);
    free(p.missed);
    free(p.ran);
    free(p.result);
    return code;
}
