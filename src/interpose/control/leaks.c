#include <stdint.h>

#include "alloc/generation.h"
#include "base/control_protocol.h"
#include "inspect/leaks.h"
#include "inspect/why.h"
#include "interpose/control/commands.h"
#include "interpose/control/control.h"
#include "interpose/process.h"
#include "os/io.h"
#include "report/json.h"
#include "report/now_why.h"

static uint32_t mark; /* generation that began with the last mark; 0: none yet */

static NOINLINE void find(uint32_t since, struct leak_report *out)
{
    struct leak_query query = {.since = since, .with_reachable = process_wants_reachable()};
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

/* Hexadecimal, with or without "0x", as reports have them. False: anything else. */
static bool take_address(const char *text, uintptr_t *out)
{
    const char *p = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? text + 2 : text;
    size_t digits = 0;
    for (*out = 0; digits <= 2 * sizeof *out; p++, digits++) {
        unsigned digit = (unsigned char)*p;
        if (digit - '0' < 10) {
            digit -= '0';
        } else if ((digit | 0x20) - 'a' < 6) {
            digit = (digit | 0x20) - 'a' + 10;
        } else {
            break;
        }
        *out = *out << 4 | digit;
    }
    return *p == '\0' && digits > 0 && digits <= 2 * sizeof *out;
}

void control_why(struct control_call *call)
{
    uintptr_t address;
    struct leak_path path;
    if (!take_address(call->argument, &address)) {
        strbuf_str(call->out, "not an address: it is hexadecimal, as in reports\n");
        call->status = CONTROL_STATUS_USAGE;
        call->failed = true;
        return;
    }
    const struct call_site above = {.sp = control_stack_end() - sizeof address};
    leaks_why(address, &above, &path); /* our frames hold nothing */
    if (path.failed) {
        strbuf_str(call->out, "the scan did not come to an end\n");
        call->failed = true;
    } else {
        now_why(call->out, call->form, address, &path);
    }
    call->status = path.failed || !path.is_block ? CONTROL_STATUS_FAILED : 0;
    leaks_why_free(&path);
}
