#include "os/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/descriptor.h"
#include "os/io.h"
#include "os/threads.h"

/* What older headers lack: <asm-generic/siginfo.h>, Linux 5.13, and 5.19 for the flag. */
enum { CODE_PERF = 6, FLAG_LATE = 1 };

/* Behind the address. */
struct details {
    uint64_t data; /* perf_event_attr.sig_data */
    uint32_t type, flags;
};

static const uint64_t OURS = (uint64_t)0xc0a1311e << 32; /* in the upper half of the data */

bool os_watch_is_hit(const siginfo_t *info, struct os_watch_hit *out)
{
    struct details details;
    memcpy(&details, (const char *)info + offsetof(siginfo_t, si_addr) + sizeof(void *),
           sizeof details);
    *out = (struct os_watch_hit){(uint32_t)details.data, details.flags & FLAG_LATE};
    return info->si_code == CODE_PERF && (details.data & ~(uint64_t)UINT32_MAX) == OURS;
}

/* A descriptor, or -errno. */
static int open_one(int tid, uintptr_t address, unsigned length, uint32_t tag)
{
    struct perf_event_attr event = {
        .size = sizeof event,
        .type = PERF_TYPE_BREAKPOINT,
        .bp_type = HW_BREAKPOINT_W,
        .bp_addr = address,
        .bp_len = length,
        .sample_period = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
        .inherit = 1, /* by threads, not by child processes */
        .inherit_thread = 1,
        .remove_on_exec = 1,
        .sigtrap = 1,
        .sig_data = OURS | tag,
    };
    int fd = (int)syscall(SYS_perf_event_open, &event, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
    return fd < 0 ? -errno : os_descriptor_move_up(fd);
}

struct opening {
    struct os_watch *watch;
    uintptr_t address;
    unsigned length;
    uint32_t tag;
};

static void open_other(void *context, int tid)
{
    const struct opening *opening = context;
    struct os_watch *watch = opening->watch;
    if (tid == os_tid()) {
        return;
    }
    int fd = watch->count < OS_WATCH_THREADS
                 ? open_one(tid, opening->address, opening->length, opening->tag)
                 : -EMFILE;
    if (fd >= 0) {
        watch->fds[watch->count++] = fd;
    } else if (fd != -ESRCH) { /* it has ended meanwhile */
        watch->left_threads_out = true;
    }
}

enum os_watch_result os_watch_open(struct os_watch *watch, uintptr_t address, unsigned length,
                                   uint32_t tag)
{
    int saved = errno;
    *watch = (struct os_watch){0};
    int fd = open_one(0, address, length, tag);
    if (fd >= 0) {
        struct opening opening = {watch, address, length, tag};
        watch->fds[watch->count++] = fd;
        os_threads_each(open_other, &opening);
    }
    errno = saved;
    return fd >= 0 ? OS_WATCH_DONE : fd == -ENOSPC ? OS_WATCH_NONE_LEFT : OS_WATCH_REFUSED;
}

void os_watch_close(struct os_watch *watch)
{
    for (unsigned i = 0; i < watch->count; i++) {
        os_close(watch->fds[i]);
    }
    watch->count = 0;
}
