/* Streams and strings as arguments of many functions. */
#ifndef INTERPOSE_LIBC_STREAM_H
#define INTERPOSE_LIBC_STREAM_H

#include <stdio.h>

#include "interpose/libc/detour.h"

/* A stream is a block that fclose() frees. */
static ALWAYS_INLINE void stream_judge(const struct call *call, FILE *file)
{
    call_reads(call, file, sizeof *file);
}

/* One that the call changes. */
static ALWAYS_INLINE void stream_judge_changed(const struct call *call, FILE *file)
{
    call_writes(call, file, sizeof *file);
}

/* Tells if there is no end in the block. */
void text_judge_end(const struct call *call, const char *text);
void wide_text_judge_end(const struct call *call, const wchar_t *text);

/* A string that the call reads to its end. */
static ALWAYS_INLINE void text_judge(const struct call *call, const char *text)
{
    if (UNLIKELY(call_concerns(text)) && calls_are_judged()) {
        text_judge_end(call, text);
    }
}

static ALWAYS_INLINE void wide_text_judge(const struct call *call, const wchar_t *text)
{
    if (UNLIKELY(call_concerns(text)) && calls_are_judged()) {
        wide_text_judge_end(call, text);
    }
}

#endif
