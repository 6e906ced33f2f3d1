#include "os/limits.h"

#include <errno.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static size_t soft_limit(int resource)
{
    struct {
        uint64_t soft, hard;
    } limit; /* the kernel's own layout */
    int saved = errno;
    long result = syscall(SYS_prlimit64, 0, resource, NULL, &limit);
    errno = saved;
    return result != 0 || limit.soft > SIZE_MAX ? SIZE_MAX : limit.soft;
}

size_t os_limit_address_space(void)
{
    return soft_limit(RLIMIT_AS);
}

size_t os_limit_data(void)
{
    return soft_limit(RLIMIT_DATA);
}

size_t os_limit_stack(void)
{
    return soft_limit(RLIMIT_STACK);
}

size_t os_limit_files(void)
{
    return soft_limit(RLIMIT_NOFILE);
}
