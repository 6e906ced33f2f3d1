#include "report/overhear.h"

#include "os/io.h"
#include "report/text.h"

static THREAD_LOCAL struct strbuf *listener; /* NULL: nobody listens */

void overhear_start(struct strbuf *out)
{
    listener = out;
}

void overhear_error(const struct told_error *error)
{
    if (listener) {
        const struct text_style plain = {.pid = os_pid()};
        text_error(listener, &plain, error);
    }
}
