#include <stdint.h>

#include "alloc/generation.h"
#include "base/control_protocol.h"
#include "inspect/leaks.h"
#include "interpose/control_commands.h"
#include "interpose/process.h"
#include "os/io.h"
#include "report/json.h"

static uint32_t mark; /* generation that began with the last mark; 0: none yet */

static NOINLINE void find(uint32_t since, struct leak_report *out)
{
    struct leak_query query = {.since = since,
                               .with_reachable = process_options.leak_kinds >> LEAK_REACHABLE & 1};
    LEAKS_FIND_HERE(&query, out);
}

static void tell(struct control_call *call, uint32_t since)
{
    struct leak_report report;
    find(since, &report);
    call->status = now_leaks(call->out, call->form, &report);
    if (report.failed) {
        call->status = CONTROL_STATUS_FAILED;
    }
    leaks_free(&report);
}

void control_leaks(struct control_call *call)
{
    tell(call, 0);
}

/* The next call counts from here: blocks that are allocated during the scan are its. */
void control_new_leaks(struct control_call *call)
{
    uint32_t since = mark;
    mark = heap_mark();
    tell(call, since);
}

void control_mark(struct control_call *call)
{
    mark = heap_mark();
    if (call->form == NOW_JSON) {
        struct json json = {.out = call->out};
        json_open(&json, '{');
        json_unsigned_at(&json, "coalmine", 1);
        json_unsigned_at(&json, "pid", (unsigned)os_pid());
        json_unsigned_at(&json, "generation", mark);
        json_close(&json, '}');
        strbuf_char(call->out, '\n');
    } else {
        strbuf_printf(call->out, "==%d== coalmine: mark %u: new-leaks counts from here\n", os_pid(),
                      mark);
    }
}
