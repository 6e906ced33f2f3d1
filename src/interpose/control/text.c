#include "interpose/control/text.h"

#include <string.h>

#include "os/own.h"

enum { FIRST_BYTES = 16 * 1024 };

static bool append(void *context, const char *data, size_t length)
{
    struct control_text *text = context;
    if (text->capacity - text->length < length) {
        size_t wider = text->capacity > 0 ? 2 * text->capacity : FIRST_BYTES;
        char *copy = own_alloc(wider);
        if (!copy) {
            return false;
        }
        memcpy(copy, text->data ? text->data : "", text->length);
        own_free(text->data, text->capacity);
        text->data = copy;
        text->capacity = wider;
    }
    memcpy(text->data + text->length, data, length);
    text->length += length;
    return true;
}

_Static_assert((int)FIRST_BYTES >= (int)CONTROL_PIECE_BYTES, "one doubling makes room for a piece");

void control_text_start(struct control_text *text)
{
    text->data = NULL;
    text->length = text->capacity = 0;
    strbuf_init_flush(&text->buf, text->piece, sizeof text->piece, append, text);
}

bool control_text_settle(struct control_text *text)
{
    bool whole = strbuf_finish(&text->buf);
    if (!whole) {
        control_text_free(text);
    }
    return whole;
}

void control_text_free(struct control_text *text)
{
    own_free(text->data, text->capacity);
    text->data = NULL;
    text->length = text->capacity = 0;
}
