#ifndef AW_SIM_UNITS_H
#define AW_SIM_UNITS_H

#define AW_PI 3.14159265358979323846
#define AW_TWO_PI 6.28318530717958647693
#define AW_C_MPS 299792458.0 /* speed of light */

#endif
