/* What a call writes to a buffer whose length the program keeps in a variable of its own: how many
 * bytes there are before the call, and how many there would be after it. */
#ifndef INTERPOSE_LIBC_ANSWER_H
#define INTERPOSE_LIBC_ANSWER_H

#include <sys/socket.h>

#include "interpose/libc/detour.h"

struct answer {
    struct detour detour;
    socklen_t *length;
    socklen_t room; /* *length before */
};

#define ANSWER __attribute__((cleanup(answer_drop))) struct answer

static inline MUST_USE struct answer answer_begin(const struct call *call, void *to,
                                                  socklen_t *length)
{
    struct answer answer = {.length = length};
    call_writes(call, length, sizeof *length);
    answer.room = to && length ? *length : 0;
    answer.detour = detour_begin(call, to, answer.room);
    return answer;
}

/* Where the call is to write. */
static inline void *answer_at(const struct answer *answer)
{
    return answer->detour.at;
}

static inline void answer_end(struct answer *answer, bool worked)
{
    if (worked && answer->room > 0) {
        socklen_t length = *answer->length;
        detour_end(&answer->detour, length < answer->room ? length : answer->room);
    }
}

static inline void answer_drop(struct answer *answer)
{
    detour_drop(&answer->detour);
}

#endif
