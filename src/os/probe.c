#include "os/probe.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* rt_sigprocmask copies the mask in before it looks at what to do with it: an action that does not
 * exist makes it a read of eight bytes without effect, EINVAL if it went well, EFAULT if not. */
enum { NO_SUCH_ACTION = -1, KERNEL_MASK_BYTES = 8 };

bool os_word_is_readable(uintptr_t address)
{
    int saved = errno;
    bool readable =
        syscall(SYS_rt_sigprocmask, NO_SUCH_ACTION, address, NULL, KERNEL_MASK_BYTES) != 0 &&
        errno == EINVAL;
    errno = saved;
    return readable;
}
