#include "fuzz_reader.h"

FUZZ_READER(ruview_jsonl)
