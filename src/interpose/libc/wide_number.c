/* Numbers from wide strings. */
#include <errno.h>

#include "interpose/libc/wide.h"

#include "interpose/libc/text_number.inc"

NUMBERS(wcs)

SECOND_NAME(__wcstol_l, wcstol_l);
SECOND_NAME(__wcstoll_l, wcstoll_l);
SECOND_NAME(__wcstoul_l, wcstoul_l);
SECOND_NAME(__wcstoull_l, wcstoull_l);
SECOND_NAME(__wcstod_l, wcstod_l);
SECOND_NAME(__wcstof_l, wcstof_l);
SECOND_NAME(__wcstold_l, wcstold_l);
SECOND_NAME(wcstof32, wcstof);
SECOND_NAME(wcstof32_l, wcstof_l);
SECOND_NAME(wcstof64, wcstod);
SECOND_NAME(wcstof64_l, wcstod_l);
SECOND_NAME(wcstof32x, wcstod);
SECOND_NAME(wcstof32x_l, wcstod_l);
SECOND_NAME(wcstof64x, wcstold);
SECOND_NAME(wcstof64x_l, wcstold_l);
