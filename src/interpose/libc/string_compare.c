/* Comparisons of strings. */
#include "interpose/libc/narrow.h"

#include "interpose/libc/text_compare.inc"

SECOND_NAME(__strcasecmp, strcasecmp);
SECOND_NAME(__strcasecmp_l, strcasecmp_l);
SECOND_NAME(__strncasecmp_l, strncasecmp_l);
