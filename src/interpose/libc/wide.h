/* What the text_*.inc files need to know to be made into functions on wide strings. */
#ifndef INTERPOSE_LIBC_WIDE_H
#define INTERPOSE_LIBC_WIDE_H

#include "interpose/libc/string_ends.h"
#include "interpose/libc/text_units.h"

#define CHAR wchar_t
#define CODE wchar_t /* of one character, as an argument */
#define TEXT(name) wcs##name
#define TEXT_P(name) wcp##name
#define JUDGED(name) judged_wcs##name
#define JUDGED_P(name) judged_wcp##name
#define TEXT_CHK(name) __wcs##name##_chk
#define TEXT_P_CHK(name) __wcp##name##_chk
#define LIBC(name) libc_wcs##name
#define LIBC_P(name) libc_wcp##name
#define LIBC_CHK(name) libc___wcs##name##_chk
#define LIBC_P_CHK(name) libc___wcp##name##_chk
#define LIBC_MEM(name) libc_wmem##name
#define CALL_TEXT(name) CALL_OF(CALL_wcs##name)
#define CALL_TEXT_P(name) CALL_OF(CALL_wcp##name)
#define CALL_TEXT_CHK(name) CALL_OF(CALL___wcs##name##_chk)
#define CALL_TEXT_P_CHK(name) CALL_OF(CALL___wcp##name##_chk)
#define READS_TEXT call_reads_wide
#define READS_TEXT_WITHIN call_reads_wide_within
#define OPEN_TEXT call_open_wide
#define BOTH_PLAIN(a, b) (!call_concerns(a) && !call_concerns(b)) /* the end is looked for */
#define ENDS_WITHIN call_wide_ends
#define FIRST_DECIDE(a, b, limit, limit_is_count, result) ((void)(result), false)

/* Characters to look for. */
struct text_set {
    const wchar_t *members;
    size_t count;
};

static inline void text_set_make(struct text_set *set, const wchar_t *members, size_t count)
{
    *set = (struct text_set){members, count};
}

static inline bool text_set_has(const struct text_set *set, wchar_t character)
{
    return libc_wmemchr(set->members, character, set->count) != NULL;
}

#endif
