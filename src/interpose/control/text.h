/* Text of any length in memory of our own: an answer is made whole before any of it is sent, so
 * that no lock is held while a slow client takes it. One thread. */
#ifndef INTERPOSE_CONTROL_TEXT_H
#define INTERPOSE_CONTROL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/strbuf.h"

enum { CONTROL_PIECE_BYTES = 4096 };

struct control_text {
    struct strbuf buf; /* write here */
    char *data;        /* all of it, once settled */
    size_t length;
    size_t capacity;
    char piece[CONTROL_PIECE_BYTES]; /* what is not in `data` yet */
};

void control_text_start(struct control_text *text);

/* False if memory ran out: then nothing is kept. */
MUST_USE bool control_text_settle(struct control_text *text);
void control_text_free(struct control_text *text);

#endif
