#include "readers/reader.h"

/* ESP32 */
#define ESP_READERS(X)                                                                             \
    X(ruview)                                                                                      \
    X(csibin1)                                                                                     \
    X(esp_npz)                                                                                     \
    X(esp_tool)                                                                                    \
    X(esp_csi)                                                                                     \
    X(esp_lines)                                                                                   \
    X(esp_study)                                                                                   \
    X(esp_ampl)                                                                                    \
    X(ruview_jsonl)                                                                                \
    X(esp_json)                                                                                    \
    X(esp_log)

/* Network cards, and our own datagram */
#define NIC_READERS(X)                                                                             \
    X(awk1)                                                                                        \
    X(nexmon)                                                                                      \
    X(picoscenes)                                                                                  \
    X(intel5300)                                                                                   \
    X(atheros)                                                                                     \
    X(feitcsi)

#define AW_READER_LIST(X) NIC_READERS(X) ESP_READERS(X)

#define DECLARE(name) extern const struct aw_reader aw_reader_##name;
AW_READER_LIST(DECLARE)
#undef DECLARE

const struct aw_reader *const aw_readers[] = {
#define ENTRY(name) &aw_reader_##name,
    AW_READER_LIST(ENTRY)
#undef ENTRY
        NULL,
};
const size_t aw_reader_count = sizeof aw_readers / sizeof *aw_readers - 1;

const struct aw_reader *aw_reader_find(const uint8_t *head, size_t len, bool eof) {
    for (size_t i = 0; i < aw_reader_count; i++)
        if (aw_readers[i]->unit != AW_READER_DATAGRAM && aw_readers[i]->probe(head, len, eof))
            return aw_readers[i];
    return NULL;
}

const struct aw_reader *aw_reader_find_datagram(const uint8_t *buf, size_t len) {
    for (size_t i = 0; i < aw_reader_count; i++)
        if (aw_readers[i]->unit == AW_READER_DATAGRAM && aw_readers[i]->probe(buf, len, true))
            return aw_readers[i];
    return NULL;
}
