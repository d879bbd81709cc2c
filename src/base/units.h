#ifndef AW_BASE_UNITS_H
#define AW_BASE_UNITS_H

#include <stdint.h>

#define AW_S INT64_C(1000000000) /* one second in ns */
#define AW_MS INT64_C(1000000)
#define AW_US INT64_C(1000)

#endif
