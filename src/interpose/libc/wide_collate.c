/* Comparisons of wide strings by the rules of a locale. */
#include "interpose/libc/wide.h"

#include "interpose/libc/text_collate.inc"

SECOND_NAME(__wcscoll_l, wcscoll_l);
SECOND_NAME(__wcsxfrm_l, wcsxfrm_l);
