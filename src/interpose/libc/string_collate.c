/* Comparisons of strings by the rules of a locale. */
#include "interpose/libc/narrow.h"

#include "interpose/libc/text_collate.inc"

SECOND_NAME(__strcoll_l, strcoll_l);
SECOND_NAME(__strxfrm_l, strxfrm_l);
