#include "serve_mqtt.h"

#include "server/log.h"
#include "version.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void say(void *ctx, bool trouble, const char *sentence) {
    (void)ctx;
    aw_log(trouble ? AW_LOG_WARNING : AW_LOG_INFO, "%s", sentence);
}

static void message(void *ctx, const struct aw_board *b, const struct aw_msg *m) {
    aw_mqtt_push(ctx, b, m);
}

struct aw_sink serve_mqtt_sink(struct aw_mqtt *m) {
    return (struct aw_sink){.message = message, .ctx = m};
}

/* The first line of the file. */
static int read_password(const char *path, char *text, int bytes, struct aw_why *why) {
    FILE *f = fopen(path, "r");
    bool ok = f && fgets(text, bytes, f);
    if (!ok)
        snprintf(why->text, sizeof why->text, "mqtt.password_file %s: %s", path,
                 f && !ferror(f) ? "it is empty" : strerror(errno));
    if (f) fclose(f);
    if (ok) text[strcspn(text, "\r\n")] = '\0';
    return ok ? AW_OK : AW_ERR_IO;
}

int serve_mqtt_start(struct aw_mqtt **out, const struct aw_settings *s,
                     const struct aw_rooms *rooms, struct aw_why *why) {
    char password[AW_SETTING_BYTES];
    *out = NULL;
    if (!*s->mqtt_host) return AW_OK;
    snprintf(password, sizeof password, "%s", s->mqtt_password);
    if (*s->mqtt_password_file) {
        int err = read_password(s->mqtt_password_file, password, sizeof password, why);
        if (err != AW_OK) return err;
    }
    const struct aw_mqtt_config config = {.host = s->mqtt_host,
                                          .port = (uint16_t)s->mqtt_port,
                                          .username = s->mqtt_username,
                                          .password = password,
                                          .tls = s->mqtt_tls,
                                          .ca_file = s->mqtt_ca_file,
                                          .cert_file = s->mqtt_cert_file,
                                          .key_file = s->mqtt_key_file,
                                          .topic = s->mqtt_topic,
                                          .discovery_prefix = s->mqtt_discovery_prefix,
                                          .discovery = s->mqtt_discovery,
                                          .publish_simulated = s->mqtt_publish_simulated,
                                          .offline_s = (double)s->mqtt_offline_after,
                                          .forget_s = (double)s->mqtt_forget_after,
                                          .rooms = rooms->path[0] && !rooms->why[0] ? rooms : NULL,
                                          .version = AW_VERSION,
                                          .say = say};
    int err = aw_mqtt_start(out, &config, why);
    explicit_bzero(password, sizeof password);
    return err;
}
