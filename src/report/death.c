#include "report/death.h"

#include <string.h>

#include "os/io.h"
#include "os/signals.h"
#include "report/symbols.h"
#include "report/trace.h"
#include "report/wild.h"
#include "report/words.h"

void death_name(struct strbuf *out, int number)
{
    const char *name = sigabbrev_np(number);
    if (name) {
        strbuf_printf(out, "SIG%s", name);
    } else {
        strbuf_printf(out, "signal %d", number);
    }
}

bool death_is_crash(const struct death *death)
{
    return os_signal_is_crash(death->number);
}

const char *death_access(const struct death *death)
{
    static const char *const words[] = {[OS_FAULT_UNKNOWN] = NULL,
                                        [OS_FAULT_READ] = "read",
                                        [OS_FAULT_WRITE] = "write",
                                        [OS_FAULT_EXECUTE] = "execute"};
    return words[death->fault.access];
}

/* The name of another process, if it is still there. */
static void name_sender(int pid, struct thread_name *out)
{
    char path[64];
    struct strbuf buf;
    strbuf_init(&buf, path, sizeof path);
    strbuf_printf(&buf, "/proc/%d/comm", pid);
    int fd = os_open_read(path);
    ssize_t got = fd < 0 ? 0 : os_read(fd, out->name, sizeof out->name - 1);
    if (fd >= 0) {
        os_close(fd);
    }
    out->tid = pid;
    out->name[got > 0 ? got : 0] = '\0';
    out->name[strcspn(out->name, "\n")] = '\0';
}

static void name_threads(struct told_death *told)
{
    (void)!thread_name_find(told->death.thread, &told->access_thread);
    if (told->has_block) {
        (void)!thread_name_find(told->block.alloc_thread, &told->alloc_thread);
        (void)!thread_name_find(told->block.free_thread, &told->free_thread);
    }
    if (told->death.sender_pid > 0) {
        name_sender(told->death.sender_pid, &told->sender);
    }
}

void death_fill(struct told_death *told, const struct death *death)
{
    memset(told, 0, sizeof *told);
    told->death = *death;
    wild_describe(told);
    name_threads(told);
    uint32_t alloc = told->has_block ? told->block.alloc_stack : 0;
    bool freed = told->has_block && told->block.state == BLOCK_FREED;
    uint32_t release = freed ? told->block.free_stack : 0;
    trace_want(death->stack);
    trace_want(alloc);
    trace_want(release);
    symbols_fetch();
    told->access = trace_build(death->stack, NULL);
    told->alloc = trace_build(alloc, NULL);
    told->release = trace_build(release, NULL);
}

static void cause(struct strbuf *out, const struct told_death *told)
{
    const struct death *death = &told->death;
    const char *access = death_access(death);
    if (access) {
        strbuf_printf(out, "  It tried to %s ", access);
        strbuf_printf(out,
                      death->fault.access == OS_FAULT_EXECUTE ? "code at 0x%lx: " : "at 0x%lx: ",
                      (unsigned long)death->fault.address);
        strbuf_str(out, told->place[0] ? told->place : "not known");
        strbuf_str(out, ".\n");
    } else if (death->fault.is_non_canonical) {
        strbuf_printf(out, "  It used %s", told->place);
        strbuf_printf(out, "%s%s.\n", told->hint[0] ? "; " : "", told->hint);
    }
    if (told->sender.tid > 0 && told->sender.tid != os_pid()) {
        strbuf_printf(out, "  Sent by process %d", told->sender.tid);
        if (told->sender.name[0]) {
            strbuf_str(out, " (");
            words_safe(out, told->sender.name);
            strbuf_char(out, ')');
        }
        strbuf_str(out, ".\n");
    }
}

/* What the thread did whose stack is shown. */
static const char *deed(const struct told_death *told)
{
    if (told->death.is_fault) {
        return "Done";
    }
    return told->sender.tid == os_pid() ? "Raised" : "Received";
}

void death_text(struct strbuf *out, const struct text_style *style, const struct told_death *told)
{
    char room[64];
    struct strbuf line;
    strbuf_init(&line, room, sizeof room);
    strbuf_str(&line, "the program dies by ");
    death_name(&line, told->death.number);
    strbuf_printf(out, "==%d== coalmine: ", style->pid);
    text_alarm(out, style, room);
    strbuf_char(out, '\n');
    if (told->death.is_told) {
        strbuf_str(out, "  At the guard page, by the access that is told of above (halt=on).\n\n");
        return;
    }
    cause(out, told);
    text_section(out, style, deed(told), &told->access_thread, &told->access);
    if (told->has_block) {
        if (told->release.count > 0) {
            text_section(out, style, "Freed", &told->free_thread, &told->release);
        }
        text_section(out, style, "Allocated", &told->alloc_thread, &told->alloc);
    }
    strbuf_char(out, '\n');
}
