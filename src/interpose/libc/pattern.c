/* Regular expressions and file name patterns. */
#include <fnmatch.h>
#include <regex.h>

#include "base/checked.h"
#include "interpose/libc/stream.h"

EXPORTED int regcomp(regex_t *restrict to, const char *restrict pattern, int flags)
{
    struct call call = CALL(regcomp);
    call_writes(&call, to, sizeof *to);
    text_judge(&call, pattern);
    return libc_regcomp(to, pattern, flags);
}

/* With REG_STARTEND the first match says which part of the text is looked at. */
static void judge_matched(const struct call *call, const char *text, const regmatch_t *part,
                          int flags)
{
    if (!(flags & REG_STARTEND)) {
        text_judge(call, text);
        return;
    }
    call_reads(call, part, sizeof *part);
    if (part->rm_eo > part->rm_so) {
        call_reads(call, text + part->rm_so, (size_t)(part->rm_eo - part->rm_so));
    }
}

EXPORTED int regexec(const regex_t *restrict pattern, const char *restrict text, size_t count,
                     regmatch_t matches[restrict count], int flags)
{
    struct call call = CALL(regexec);
    size_t bytes;
    call_reads(&call, pattern, sizeof *pattern);
    judge_matched(&call, text, matches, flags);
    if (!pattern->no_sub && checked_mul(count, sizeof *matches, &bytes)) {
        call_writes(&call, matches, bytes);
    }
    return libc_regexec(pattern, text, count, matches, flags);
}

EXPORTED int fnmatch(const char *pattern, const char *text, int flags)
{
    struct call call = CALL(fnmatch);
    text_judge(&call, pattern);
    text_judge(&call, text);
    return libc_fnmatch(pattern, text, flags);
}
