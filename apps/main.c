#include "commands.h"
#include "options.h"
#include "version.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"serve", cmd_serve, "listen for nodes, or play recordings, and show the room on a web page"},
    {"replay", cmd_replay, "run recordings through the same pipeline; one JSON object per second"},
    {"inspect", cmd_inspect, "say what a recording holds"},
    {"convert", cmd_convert, "write a recording as .npz, .csv or .pcap"},
    {"record", cmd_record, "write what nodes send to a .pcap"},
    {"send", cmd_send, "send a recording as live datagrams, with its own timing"},
    {"doctor", cmd_doctor, "find out why nothing arrives"},
    {"sim", cmd_sim, "make a simulated recording, marked as such"},
    {"token", cmd_token, "make, list and revoke the tokens that let other machines in"},
    {"key", cmd_key, "make, list and revoke the keys with which senders sign their datagrams"},
    {"config", cmd_config, "check a configuration file, show what is in effect, print an example"},
    {"model", cmd_model, "which models there are, whether they are whole, what they say"},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static int help(FILE *to) {
    fprintf(to, "airwake " AW_VERSION ": see who is in the room from the Wi-Fi in the air\n\n"
                "usage: airwake COMMAND [flags]\n\n");
    for (int i = 0; i < N_COMMANDS; i++)
        fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\nairwake COMMAND --help tells more; airwake --version prints the version.\n");
    return to == stdout ? EXIT_OK : EXIT_USAGE;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write(), not a death */
    signal(SIGXFSZ, SIG_IGN); /* so is a file that may grow no further */
    if (argc < 2) return help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return help(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        printf("airwake %s\n", AW_VERSION);
        return EXIT_OK;
    }
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "airwake: unknown command %s; see airwake --help\n", argv[1]);
    return EXIT_USAGE;
}
