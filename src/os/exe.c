#include "os/exe.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

bool os_exe_path(char *out, size_t capacity)
{
    int saved = errno;
    ssize_t length = readlink("/proc/self/exe", out, capacity);
    errno = saved;
    if (length <= 0 || (size_t)length >= capacity) {
        return false;
    }
    out[length] = '\0';
    return true;
}
