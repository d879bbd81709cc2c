/* All settings, one line each. From this table come the flags of `airwake serve`, the environment
 * variables, the keys of the configuration file, their checks, /api/v1/config and
 * docs/configuration.md (write that anew with tools/config-doc.sh after a change here).
 *
 *     X(kind, name, key, flag, arg, default, min, max, traits, doc)
 *
 * kind     BOOL                true or false; a flag that begins with "no-" makes it false
 *          INT, FLOAT          a number in [min, max]
 *          TEXT                min..max bytes, no control characters; at most 255
 *          CHOICE              one of the words in arg, separated by |
 *          LIST                min..max texts of 1..255 bytes; at most 32
 *          PORTS               min..max port numbers; 0: any free one
 *          NETS                min..max IPv4 addresses or networks, as 192.168.1.0/24
 * name     member of struct aw_settings
 * key      in the file ("http.port" is port in the section http); the environment variable is
 *          AIRWAKE_HTTP_PORT
 * flag     of `airwake serve`, without the dashes; "" none
 * arg      what its value is called in the help text
 * default  as it would be written; lists separated by commas
 * traits   AW_SET_LIVE: can be changed while running; AW_SET_SECRET: never shown; or 0 */
#ifndef AW_SERVER_SETTINGS_TABLE_H
#define AW_SERVER_SETTINGS_TABLE_H

/* clang-format off */
#define AW_SETTINGS(X) \
    X(TEXT, http_bind, "http.bind", "bind", "IP", "127.0.0.1", 1, 63, 0, \
      "address of the page and API; beyond loopback a token is needed: airwake token") \
    X(INT, http_port, "http.port", "http-port", "PORT", "8000", 0, 65535, 0, \
      "port of the page and API; 0: any free one") \
    X(INT, http_max_clients, "http.max_clients", "", "N", "256", 1, 4096, 0, \
      "WebSocket clients at a time; more are told to come back") \
    X(BOOL, http_compression, "http.compression", "no-compression", "", "true", 0, 1, 0, \
      "compress WebSocket messages for clients that offer it (permessage-deflate)") \
    X(PORTS, http_ruview_ports, "http.ruview_ports", "ruview-ports", "PORT", "", 0, 4, 0, \
      "ports with /ws/sensing for RuView's page: 3001 when http.port is 3000, 8765 when 8080") \
    X(BOOL, http_loopback_needs_token, "http.loopback_needs_token", "", "", "false", 0, 1, 0, \
      "programs of this machine need a token, too; set it behind a proxy") \
    X(TEXT, http_tls_cert, "http.tls_cert", "tls-cert", "FILE", "", 0, 255, 0, \
      "certificate and its chain, PEM: https and wss instead of http and ws") \
    X(TEXT, http_tls_key, "http.tls_key", "tls-key", "FILE", "", 0, 255, 0, \
      "its private key, PEM") \
    X(LIST, http_names, "http.names", "", "NAME", "", 0, 8, 0, \
      "host names that this server is called by, beside its address") \
    X(LIST, http_cors_origins, "http.cors_origins", "", "ORIGIN", "", 0, 8, 0, \
      "pages of these origins may use the API, as https://home.example") \
    X(FLOAT, http_requests_per_s, "http.requests_per_s", "", "N", "50", 1, 100000, 0, \
      "requests of one address in the long run, twice that at once; loopback is free") \
    X(PORTS, sources_udp, "sources.udp", "udp", "PORT", "5005,5500", 0, 8, 0, \
      "listen for nodes there: RuView and AWK1 send to 5005, Nexmon to 5500") \
    X(TEXT, sources_udp_address, "sources.udp_address", "udp-address", "IP", "0.0.0.0", 7, 15, 0, \
      "address that nodes send to; 0.0.0.0: all") \
    X(NETS, sources_udp_allow, "sources.udp_allow", "udp-allow", "IP[/N]", "", 0, 32, AW_SET_LIVE, \
      "only these addresses or networks may send, as 192.168.1.0/24; empty: all") \
    X(FLOAT, sources_udp_packets_per_s, "sources.udp_packets_per_s", "", "N", "20000", 1, 1000000, AW_SET_LIVE, \
      "datagrams of one address in the long run, as many again at once; more are refused") \
    X(TEXT, sources_udp_keys_file, "sources.udp_keys_file", "udp-keys", "FILE", "", 0, 255, 0, \
      "keys of senders that sign their datagrams; read again when it changes: airwake key") \
    X(BOOL, sources_udp_require_auth, "sources.udp_require_auth", "udp-require-auth", "", "false", 0, 1, 0, \
      "refuse every datagram that is not signed, whatever its format") \
    X(LIST, sources_serial, "sources.serial", "serial", "DEV[:BAUD]", "", 0, 8, 0, \
      "consoles of ESP32 boards; 921600 baud unless given") \
    X(LIST, sources_replay, "sources.replay", "replay", "FILE", "", 0, 8, 0, \
      "recordings to play") \
    X(FLOAT, sources_replay_speed, "sources.replay_speed", "speed", "N", "1", 0.01, 1000, AW_SET_LIVE, \
      "play N times as fast as recorded") \
    X(BOOL, sources_replay_loop, "sources.replay_loop", "loop", "", "false", 0, 1, AW_SET_LIVE, \
      "play recordings again and again") \
    X(TEXT, sources_demo, "sources.demo", "demo", "FILE", "", 0, 255, 0, \
      "play this until hardware speaks") \
    X(INT, sensing_max_links, "sensing.max_links", "max-links", "N", "64", 1, 1024, 0, \
      "links that are told apart") \
    X(LIST, models_use, "models.use", "model", "CARD", "", 0, 4, 0, \
      "models to use, by the paths of their cards; naming one is your consent to what its card says") \
    X(CHOICE, models_backend, "models.backend", "", "auto|plain|onnxruntime", "auto", 0, 0, 0, \
      "who computes them; auto: ONNX Runtime where its library is found, else plain C") \
    X(TEXT, models_library, "models.onnxruntime_library", "", "FILE", "", 0, 255, 0, \
      "libonnxruntime.so; empty: where it usually is") \
    X(TEXT, mqtt_host, "mqtt.host", "mqtt-host", "HOST", "", 0, 255, 0, \
      "MQTT broker for Home Assistant; empty: none") \
    X(INT, mqtt_port, "mqtt.port", "mqtt-port", "PORT", "0", 0, 65535, 0, \
      "its port; 0: 1883, with TLS 8883") \
    X(TEXT, mqtt_username, "mqtt.username", "", "NAME", "", 0, 255, 0, \
      "name to sign in with") \
    X(TEXT, mqtt_password, "mqtt.password", "", "TEXT", "", 0, 255, AW_SET_SECRET, \
      "password; better given by mqtt.password_file or AIRWAKE_MQTT_PASSWORD") \
    X(TEXT, mqtt_password_file, "mqtt.password_file", "", "FILE", "", 0, 255, 0, \
      "file whose first line is the password") \
    X(BOOL, mqtt_tls, "mqtt.tls", "", "", "false", 0, 1, 0, \
      "TLS, with the system's certificate authorities unless mqtt.ca_file is given") \
    X(TEXT, mqtt_ca_file, "mqtt.ca_file", "", "FILE", "", 0, 255, 0, \
      "certificate authority of the broker, PEM; turns TLS on") \
    X(TEXT, mqtt_cert_file, "mqtt.cert_file", "", "FILE", "", 0, 255, 0, \
      "certificate of this client, PEM") \
    X(TEXT, mqtt_key_file, "mqtt.key_file", "", "FILE", "", 0, 255, 0, \
      "its key, PEM") \
    X(TEXT, mqtt_topic, "mqtt.topic", "", "TOPIC", "airwake", 1, 47, 0, \
      "first part of all topics; another one for each server at the same broker") \
    X(BOOL, mqtt_discovery, "mqtt.discovery", "", "", "true", 0, 1, 0, \
      "announce devices to Home Assistant") \
    X(TEXT, mqtt_discovery_prefix, "mqtt.discovery_prefix", "", "TOPIC", "homeassistant", 1, 47, 0, \
      "where Home Assistant looks for announcements") \
    X(BOOL, mqtt_publish_simulated, "mqtt.publish_simulated", "", "", "false", 0, 1, 0, \
      "publish what is computed from simulated recordings, too") \
    X(INT, mqtt_offline_after, "mqtt.offline_after", "", "S", "30", 1, 86400, 0, \
      "seconds without frames until a room or link is unavailable") \
    X(INT, mqtt_forget_after, "mqtt.forget_after", "", "S", "604800", 1, 31536000, 0, \
      "seconds without frames until its announcement is cleared") \
    X(CHOICE, log_level, "log.level", "log-level", "error|warning|info|debug", "info", 0, 0, \
      AW_SET_LIVE, "what is said on stderr") \
    X(CHOICE, log_format, "log.format", "log-format", "text|json", "text", 0, 0, AW_SET_LIVE, \
      "lines of text, or of JSON with time, level and message") \
    X(BOOL, store_on, "store.enabled", "no-store", "", "true", 0, 1, 0, \
      "keep history, events and recordings; without, nothing is written to disk") \
    X(TEXT, store_url, "store.url", "store", "URL", "", 0, 255, AW_SET_SECRET, \
      "where history is kept: a file of SQLite, or postgresql://...; empty: history.db in the folder of state") \
    X(FLOAT, store_keep_days, "store.keep_days", "", "DAYS", "400", 0.01, 36500, 0, \
      "minutes, hours and events older than this are deleted") \
    X(FLOAT, store_keep_second_days, "store.keep_second_days", "", "DAYS", "7", 0.01, 36500, 0, \
      "seconds older than this are deleted") \
    X(FLOAT, store_max_mb, "store.max_mb", "", "MB", "1000", 1, 10000000, 0, \
      "size of the history; above, the oldest seconds, then minutes, hours and events go") \
    X(INT, store_batch_ms, "store.batch_ms", "", "MS", "1000", 10, 60000, 0, \
      "time between two writes") \
    X(TEXT, recordings_dir, "recordings.dir", "recordings", "DIR", "", 0, 255, 0, \
      "folder of recordings; empty: recordings in the folder of state") \
    X(FLOAT, recordings_max_mb, "recordings.max_mb", "", "MB", "2000", 1, 10000000, 0, \
      "size of all recordings together; a recording that would pass it is ended")
/* clang-format on */

#endif
