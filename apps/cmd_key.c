/* airwake key: the keys with which senders sign their datagrams. */
#include "commands.h"
#include "options.h"

#include "server/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

static int usage(FILE *to) {
    fputs("usage: airwake key create --file FILE [--id N]\n"
          "       airwake key list --file FILE\n"
          "       airwake key revoke --file FILE --id N\n"
          "\n"
          "create  adds a random key to FILE and prints its line, \"N HEX\", for the sender: each\n"
          "        sender needs one of its own. N: the number after the highest\n"
          "list    the numbers in FILE\n"
          "revoke  what is signed with it is refused from the next second on\n"
          "\n"
          "FILE is the server's sources.udp_keys_file; who can read it can sign. airwake send\n"
          "--key-file FILE signs.\n",
          to);
    return to == stdout ? EXIT_OK : EXIT_USAGE;
}

static int fail(const char *what, const char *why) {
    fprintf(stderr, "airwake key: %s%s%s\n", what, *why ? ": " : "", why);
    return EXIT_FAILED;
}

/* A lock on the folder until the program ends: two that write at the same time would lose a key. */
static int lock_folder_of(const char *path) {
    char dir[4096] = ".";
    const char *slash = strrchr(path, '/');
    if (slash) snprintf(dir, sizeof dir, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    int lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return lock < 0 || flock(lock, LOCK_EX) != 0 ? fail(dir, strerror(errno)) : EXIT_OK;
}

static int create(struct aw_keyring *keys, const char *path, uint32_t id) {
    const struct aw_key *key;
    char line[AW_KEY_LINE];
    struct aw_why why;
    if (aw_keyring_create(keys, id, &key, &why) != AW_OK ||
        aw_keyring_save(keys, path, &why) != AW_OK)
        return fail(why.text, "");
    aw_keyring_line(key, line);
    puts(line);
    return EXIT_OK;
}

static int drop(struct aw_keyring *keys, const char *path, uint32_t id) {
    struct aw_why why;
    char number[16];
    snprintf(number, sizeof number, "%u", id);
    if (!aw_keyring_revoke(keys, id)) return fail("there is no key of this number", number);
    return aw_keyring_save(keys, path, &why) == AW_OK ? EXIT_OK : fail(why.text, "");
}

int cmd_key(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "", *path = NULL;
    double id = 0;
    const struct opt opts[] = {
        {"file", "FILE", "keys", .text = &path},
        {"id", "N", "number of the key", .number = &id, .min = 1, .max = UINT32_MAX},
        {0}};
    const struct opt_usage more = {"airwake key create|list|revoke [flags]", "", NULL, 0, 0};
    static struct aw_keyring keys;
    struct aw_why why;
    int first, code;
    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) return usage(stdout);
    bool lists = strcmp(what, "list") == 0, creates = strcmp(what, "create") == 0;
    if (!lists && !creates && strcmp(what, "revoke") != 0) {
        fprintf(stderr, "airwake key: %s%s\n", *what ? "unknown: " : "what is to be done?", what);
        return usage(stderr);
    }
    if (opt_parse(argc - 1, argv + 1, opts, &more, &first, &code)) return code;
    if (!path || (!lists && !creates && !(id > 0))) {
        fprintf(stderr, "airwake key %s: %s is missing\n", what, path ? "--id" : "--file");
        return EXIT_USAGE;
    }
    if ((code = lock_folder_of(path)) != EXIT_OK) return code;
    if (aw_keyring_load(&keys, path, &why) != AW_OK) return fail(why.text, "");
    if (creates) return create(&keys, path, (uint32_t)id);
    if (!lists) return drop(&keys, path, (uint32_t)id);
    for (int i = 0; i < keys.n; i++) printf("%u\n", keys.list[i].id);
    return EXIT_OK;
}
