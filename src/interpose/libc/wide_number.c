/* Numbers from wide strings. */
#include <errno.h>

#include "interpose/libc/wide.h"

#include "interpose/libc/text_number.inc"

NUMBERS(wcs)
