/* Comparisons of wide strings. */
#include "interpose/libc/wide.h"

#include "interpose/libc/text_compare.inc"

SECOND_NAME(__wcscasecmp_l, wcscasecmp_l);
SECOND_NAME(__wcsncasecmp_l, wcsncasecmp_l);
