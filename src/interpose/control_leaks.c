#include <stdint.h>

#include "alloc/generation.h"
#include "base/control_protocol.h"
#include "inspect/leaks.h"
#include "inspect/why.h"
#include "interpose/control_commands.h"
#include "interpose/process.h"
#include "os/io.h"
#include "report/json.h"
#include "report/way.h"

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

enum { ADDRESS_DIGITS_MOST = 16 };

/* Hexadecimal, with or without 0x, as reports have it. */
static bool parse_address(const char *text, uintptr_t *out)
{
    text += text[0] == '0' && (text[1] | 0x20) == 'x' ? 2 : 0;
    uintptr_t value = 0;
    size_t digits = 0;
    for (; text[digits] && digits <= ADDRESS_DIGITS_MOST; digits++) {
        char c = text[digits] | 0x20;
        unsigned digit = c >= 'a' ? (unsigned)(c - 'a') + 10 : (unsigned)(text[digits] - '0');
        if (digit > 15) {
            return false;
        }
        value = value << 4 | digit;
    }
    *out = value;
    return digits > 0 && digits <= ADDRESS_DIGITS_MOST;
}

static NOINLINE void find_way(uintptr_t address, struct leak_path *out)
{
    LEAKS_WHY_HERE(address, out);
}

void control_why(struct control_call *call)
{
    uintptr_t address;
    if (!parse_address(call->argument, &address)) {
        strbuf_str(call->out, "why takes an address, such as 0x7f0000001000\n");
        call->status = CONTROL_STATUS_FAILED;
        call->failed = true;
        return;
    }
    struct leak_path path;
    find_way(address, &path);
    if (call->form == NOW_JSON) {
        way_json(call->out, address, &path);
    } else {
        way_text(call->out, address, &path);
    }
    if (path.failed || !path.is_block) {
        call->status = CONTROL_STATUS_FAILED;
    }
    leaks_why_free(&path);
}
