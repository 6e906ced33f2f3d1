/* What the text_*.inc files need to know to be made into functions on strings. */
#ifndef INTERPOSE_LIBC_NARROW_H
#define INTERPOSE_LIBC_NARROW_H

#include "interpose/libc/string_ends.h"
#include "interpose/libc/text_units.h"

#define CHAR char
#define CODE int /* of one character, as an argument */
#define TEXT(name) str##name
#define TEXT_P(name) stp##name
#define JUDGED(name) judged_str##name
#define JUDGED_P(name) judged_stp##name
#define TEXT_CHK(name) __str##name##_chk
#define TEXT_P_CHK(name) __stp##name##_chk
#define LIBC(name) libc_str##name
#define LIBC_P(name) libc_stp##name
#define LIBC_CHK(name) libc___str##name##_chk
#define LIBC_P_CHK(name) libc___stp##name##_chk
#define LIBC_MEM(name) libc_mem##name
#define CALL_TEXT(name) CALL_OF(CALL_str##name)
#define CALL_TEXT_P(name) CALL_OF(CALL_stp##name)
#define CALL_TEXT_CHK(name) CALL_OF(CALL___str##name##_chk)
#define CALL_TEXT_P_CHK(name) CALL_OF(CALL___stp##name##_chk)
#define READS_TEXT call_reads_string
#define READS_TEXT_WITHIN call_reads_string_within
#define OPEN_TEXT call_open_string
#define BOTH_PLAIN(a, b) strings_are_plain(a, b)
#define ENDS_WITHIN call_string_ends
#define FIRST_DECIDE string_first_compare

/* Characters to look for. */
struct text_set {
    uint64_t bits[4];
};

static inline void text_set_make(struct text_set *set, const char *members, size_t count)
{
    *set = (struct text_set){{0}};
    for (size_t i = 0; i < count; i++) {
        unsigned char code = (unsigned char)members[i];
        set->bits[code / 64] |= (uint64_t)1 << code % 64;
    }
}

static inline bool text_set_has(const struct text_set *set, char character)
{
    unsigned char code = (unsigned char)character;
    return set->bits[code / 64] >> code % 64 & 1;
}

#endif
