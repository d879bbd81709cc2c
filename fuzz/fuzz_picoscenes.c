#include "fuzz_reader.h"

FUZZ_READER(picoscenes)
