/* The public header's functions on leaks. */
#define COALMINE_API __attribute__((visibility("default")))
#include "interpose/leaks/leak_check.h"

#include <errno.h>

#include "alloc/allocate.h"
#include "alloc/door.h"
#include "alloc/generation.h"
#include "coalmine/coalmine.h"
#include "inspect/regions.h"
#include "inspect/why.h"
#include "interpose/entry.h"
#include "interpose/leaks/leak_result.h"
#include "interpose/process.h"
#include "os/io.h"
#include "report/now.h"
#include "report/now_why.h"
#include "report/report.h"
#include "stack/callsite.h"

static void count(void *context, const struct told_run *run, const struct options *options UNUSED)
{
    *(long *)context = (long)(run->leaks->blocks + run->leaks->indirect_blocks);
}

NOINLINE long leak_check(uint32_t since, struct leak_report *out)
{
    struct leak_query query = {.since = since, .with_reachable = process_wants_reachable()};
    long blocks = -1;
    LEAKS_FIND_HERE(&query, out);
    return !out->failed && now_judge(out, count, &blocks) ? blocks : -1;
}

uint32_t coalmine_mark(void)
{
    return heap_mark();
}

/* `out` is often on the caller's stack, with old addresses in it. */
long coalmine_leak_check(uint32_t since, struct coalmine_leaks *out)
{
    if (out) {
        leak_result_clear(out);
    }
    if (!entry_is_open()) {
        return -1;
    }
    DOOR(door);
    struct leak_report report;
    long blocks = leak_check(since, &report);
    if (out) {
        leak_result_fill(&report, out);
    }
    leaks_free(&report);
    return blocks;
}

long coalmine_leak_report(uint32_t since)
{
    if (!entry_is_open()) {
        return -1;
    }
    DOOR(door);
    struct leak_report report;
    long blocks = leak_check(since, &report);
    now_tell_leaks(&report);
    leaks_free(&report);
    return blocks;
}

void coalmine_leaks_free(struct coalmine_leaks *leaks)
{
    leak_result_drop(leaks);
}

void coalmine_expect_leaks_begin(void)
{
    heap_ignore_begin();
}

void coalmine_expect_leaks_end(void)
{
    heap_ignore_end();
}

int coalmine_ignore(const void *address)
{
    bool is_ready = entry_is_open();
    DOOR(door);
    return is_ready && block_ignore((uintptr_t)address);
}

static void complain(void *context, const char *line)
{
    char text[512];
    struct strbuf buf;
    strbuf_init(&buf, text, sizeof text);
    strbuf_printf(&buf, "coalmine: %s\n", line);
    os_write_all(2, text, buf.length);
    *(bool *)context = true;
}

int coalmine_suppress(const char *text)
{
    bool complained = false;
    if (!entry_is_open()) {
        return 0;
    }
    int saved = errno;
    report_add_suppressions(text, "coalmine_suppress()", complain, &complained);
    errno = saved;
    return !complained;
}

int coalmine_add_root(const void *start, size_t bytes)
{
    return entry_is_open() && roots_add_region(start, bytes);
}

int coalmine_remove_root(const void *start, size_t bytes)
{
    return entry_is_open() && roots_remove_region(start, bytes);
}

/* The caller has the address in a register, or it could not ask: only its frames are looked at. */
int coalmine_explain(const void *address, char *buffer, size_t size)
{
    struct call_site site = CALL_SITE();
    struct strbuf text;
    bool wants_text = buffer && size > 0;
    if (wants_text) {
        strbuf_init(&text, buffer, size);
    }
    if (!entry_is_open()) {
        return -1;
    }
    DOOR(door);
    struct leak_path path;
    leaks_why((uintptr_t)address, &site, &path);
    if (wants_text) {
        now_why(&text, NOW_TEXT, (uintptr_t)address, &path);
    } else if (!buffer) {
        now_tell_why((uintptr_t)address, &path);
    }
    int answer = path.failed || !path.is_block ? -1 : path.root != ROOT_NONE;
    leaks_why_free(&path);
    return answer;
}
