/* Copies of wide strings. */
#include "interpose/libc/detour.h"
#include "interpose/libc/let_through.h"
#include "interpose/libc/wide.h"

#include "interpose/libc/text_copy.inc"
#include "interpose/libc/text_copy_chk.inc"
