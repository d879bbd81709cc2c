#include "fuzz_reader.h"

FUZZ_READER(esp_log)
