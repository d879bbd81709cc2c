/* airwake token: the tokens that let other machines in. */
#include "commands.h"
#include "options.h"

#include "server/history.h"
#include "server/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct store {
    char path[3200];
    struct aw_tokens tokens;
};

static int usage(FILE *to) {
    fputs("usage: airwake token create --name NAME [--scope read|control|admin] [--state DIR]\n"
          "       airwake token list [--state DIR]\n"
          "       airwake token revoke --name NAME [--state DIR]\n"
          "\n"
          "create  prints a new token, once: only its hash is kept. Scopes: read sees everything,\n"
          "        control also calibrates and records, admin also changes settings\n"
          "list    name, scope and day of each\n"
          "revoke  it is refused from the next second on\n"
          "\n"
          "DIR is the folder of state of the server: $STATE_DIRECTORY, $XDG_STATE_HOME/airwake or\n"
          "~/.local/state/airwake; of the service /var/lib/airwake.\n"
          "A client sends it as \"Authorization: Bearer TOKEN\".\n",
          to);
    return to == stdout ? EXIT_OK : EXIT_USAGE;
}

static int fail(const char *what, const char *why) {
    fprintf(stderr, "airwake token: %s%s%s\n", what, *why ? ": " : "", why);
    return EXIT_FAILED;
}

static bool make_folders(char *path) {
    for (char *at = path; (at = strchr(at + 1, '/'));) {
        *at = '\0';
        bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
        *at = '/';
        if (!ok) return false;
    }
    return true;
}

/* Reads the file, with a lock on its folder until the program ends: two that write at the same
 * time would lose one's token. */
static int open_store(struct store *s, const char *state) {
    char dir[3072];
    struct aw_why why;
    if (state)
        snprintf(dir, sizeof dir, "%s", state);
    else if (!aw_state_dir(dir, sizeof dir))
        return fail("no folder of state", "give --state DIR");
    snprintf(s->path, sizeof s->path, "%s/tokens", dir);
    if (!make_folders(s->path)) return fail(dir, strerror(errno));
    int lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX) != 0) return fail(dir, strerror(errno));
    return aw_tokens_load(&s->tokens, s->path, &why) == AW_OK ? EXIT_OK : fail(why.text, "");
}

static int save(struct store *s) {
    struct aw_why why;
    return aw_tokens_save(&s->tokens, s->path, &why) == AW_OK ? EXIT_OK : fail(why.text, "");
}

static int create(struct store *s, const char *name, const char *scope) {
    char text[AW_TOKEN_TEXT];
    struct aw_why why;
    if (aw_tokens_create(&s->tokens, name, aw_scope_of(scope), time(NULL), text, &why) != AW_OK)
        return fail(why.text, "");
    int code = save(s);
    if (code != EXIT_OK) return code;
    fprintf(stderr, "token %s, scope %s; it is shown only now:\n", name, scope);
    puts(text);
    return EXIT_OK;
}

static int list(const struct store *s) {
    for (int i = 0; i < s->tokens.n; i++) {
        const struct aw_token *t = &s->tokens.list[i];
        time_t made = (time_t)t->created_s;
        struct tm day;
        char text[16] = "?";
        if (gmtime_r(&made, &day)) strftime(text, sizeof text, "%Y-%m-%d", &day);
        printf("%-24s %-8s %s\n", t->name, aw_scope_name(t->scope), text);
    }
    return EXIT_OK;
}

static int drop(struct store *s, const char *name) {
    if (!aw_tokens_revoke(&s->tokens, name)) return fail("there is no token of this name", name);
    return save(s);
}

int cmd_token(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "", *name = NULL, *scope = "read", *state = NULL;
    const struct opt opts[] = {{"name", "NAME", "of the token", .text = &name},
                               {"scope", "SCOPE", "read, control or admin", .text = &scope},
                               {"state", "DIR", "folder of state of the server", .text = &state},
                               {0}};
    const struct opt_usage more = {"airwake token create|list|revoke [flags]", "", NULL, 0, 0};
    static struct store s;
    int first, code;
    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) return usage(stdout);
    bool lists = strcmp(what, "list") == 0, creates = strcmp(what, "create") == 0;
    if (!lists && !creates && strcmp(what, "revoke") != 0) {
        fprintf(stderr, "airwake token: %s%s\n", *what ? "unknown: " : "what is to be done?", what);
        return usage(stderr);
    }
    if (opt_parse(argc - 1, argv + 1, opts, &more, &first, &code)) return code;
    if (!lists && !name) {
        fprintf(stderr, "airwake token %s: --name is missing\n", what);
        return EXIT_USAGE;
    }
    if ((code = open_store(&s, state)) != EXIT_OK) return code;
    return lists ? list(&s) : creates ? create(&s, name, scope) : drop(&s, name);
}
