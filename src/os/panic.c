#include "os/panic.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "os/io.h"

void os_panic_at(const char *file, int line, const char *words)
{
    char text[512];
    struct strbuf buf;
    strbuf_init(&buf, text, sizeof text);
    strbuf_printf(&buf, "==%d== coalmine: internal error at %s:%d: %s\n", os_pid(), file, line,
                  words);
    os_write_all(2, text, buf.length);
    os_die();
}
