#include "os/advise.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

/* This process, without a descriptor: PIDFD_SELF_THREAD_GROUP of the kernel's uapi/linux/pidfd.h.
 */
enum { THIS_PROCESS = -10001 };

enum { BATCH = 512 }; /* ranges in one call; the kernel takes 1024 (UIO_MAXIOV) */

static atomic_bool has_no_batches; /* this kernel does not know them */

bool os_advise(void *at, size_t bytes, int advice)
{
    int saved = errno;
    bool done = madvise(at, bytes, advice) == 0;
    errno = saved;
    return done;
}

/* False: not done for all of them, and nothing is known of which. */
static bool batch(const struct iovec *ranges, size_t count, int advice)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += ranges[i].iov_len;
    }
    int saved = errno;
    long done = syscall(SYS_process_madvise, THIS_PROCESS, ranges, count, advice, 0);
    if (done < 0 && (errno == ENOSYS || errno == EBADF || errno == EPERM)) {
        atomic_store_explicit(&has_no_batches, true, memory_order_relaxed);
    }
    errno = saved;
    return done >= 0 && (size_t)done == bytes;
}

static bool one_by_one(const struct iovec *ranges, size_t count, int advice)
{
    bool done = true;
    for (size_t i = 0; i < count; i++) {
        done = os_advise(ranges[i].iov_base, ranges[i].iov_len, advice) && done;
    }
    return done;
}

bool os_advise_many(const struct iovec *ranges, size_t count, int advice)
{
    bool done = true;
    while (count > 0) {
        size_t part = count < BATCH ? count : BATCH;
        bool alone = part == 1 || atomic_load_explicit(&has_no_batches, memory_order_relaxed);
        if (alone || !batch(ranges, part, advice)) {
            done = one_by_one(ranges, part, advice) && done;
        }
        ranges += part;
        count -= part;
    }
    return done;
}
