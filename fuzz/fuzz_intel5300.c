#include "fuzz_reader.h"

FUZZ_READER(intel5300)
