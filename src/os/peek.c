#include "os/peek.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/align.h"
#include "os/io.h"
#include "os/pages.h"
#include "os/probe.h"

static atomic_bool copy_forbidden; /* by a seccomp filter, or the kernel was built without it */

/* Without the kernel's copy: page by page, each tried first. */
static size_t copy_readable(uintptr_t from, char *to, size_t bytes)
{
    size_t done = 0;
    while (done < bytes) {
        uintptr_t at = from + done;
        if (!os_word_is_readable(align_down(at, sizeof(uint64_t)))) {
            break;
        }
        size_t part = OS_PAGE - at % OS_PAGE;
        part = part < bytes - done ? part : bytes - done;
        memcpy(to + done, (const void *)at, part);
        done += part;
    }
    return done;
}

size_t os_peek(uintptr_t from, void *to, size_t bytes)
{
    int saved = errno;
    size_t done = 0;
    if (!atomic_load_explicit(&copy_forbidden, memory_order_relaxed)) {
        struct iovec local = {to, bytes}, remote = {(void *)from, bytes};
        long copied = syscall(SYS_process_vm_readv, os_pid(), &local, 1, &remote, 1, 0);
        if (copied < 0 && errno != EFAULT && errno != ENOMEM) {
            atomic_store_explicit(&copy_forbidden, true, memory_order_relaxed);
        }
        done = copied > 0 ? (size_t)copied : 0;
    }
    if (atomic_load_explicit(&copy_forbidden, memory_order_relaxed)) {
        done = copy_readable(from, to, bytes);
    }
    errno = saved;
    return done;
}
