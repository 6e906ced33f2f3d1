/* madvise, to know what memory a copy of the process lacks (inspect/unforked.h). */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/align.h"
#include "base/compiler.h"
#include "inspect/unforked.h"
#include "os/pages.h"

EXPORTED int madvise(void *at, size_t bytes, int advice)
{
    bool keeps_back = advice == MADV_DONTFORK || advice == MADV_WIPEONFORK;
    uintptr_t start = (uintptr_t)at, end = align_up(start + bytes, OS_PAGE);
    bool is_new = keeps_back && start < end && unforked_note(start, end);
    int result = (int)syscall(SYS_madvise, at, bytes, advice);
    bool is_copied = result == 0 && (advice == MADV_DOFORK || advice == MADV_KEEPONFORK);
    if (is_copied || (result != 0 && is_new)) {
        unforked_forget(start, end);
    }
    return result;
}
