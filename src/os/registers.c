/* What one thread's state, as the kernel hands it to a signal handler, holds besides its plain
 * registers. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/single_threaded.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/threads.h"

bool os_threads_are_others(void)
{
    return !__libc_single_threaded;
}

#if defined(__x86_64__)
/* Layout: Intel's manual, volume 1, 13.4 (XSAVE area), and struct _fpx_sw_bytes in the kernel's
 * asm/sigcontext.h, which stands in the part that FXSAVE leaves free. */
enum {
    X87_AT = 32,
    XMM_END = 416,
    KERNELS_AT = 464,
    EXTENDED_AT = 576,
    STATE_MOST_BYTES = 64 * 1024,
};
#define KERNELS_MAGIC 0x46505853u

struct os_frame os_registers_frame(const ucontext_t *registers)
{
    const greg_t *plain = registers->uc_mcontext.gregs;
    return (struct os_frame){.pc = (uintptr_t)plain[REG_RIP],
                             .sp = (uintptr_t)plain[REG_RSP],
                             .fp = (uintptr_t)plain[REG_RBP]};
}

void os_registers_each(const ucontext_t *registers,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    const mcontext_t *plain = &registers->uc_mcontext;
    visit(context, (uintptr_t)plain->gregs, (uintptr_t)plain->gregs + sizeof plain->gregs);
    uintptr_t vectors = (uintptr_t)plain->fpregs;
    if (vectors == 0) {
        return;
    }
    visit(context, vectors + X87_AT, vectors + XMM_END);
    struct {
        uint32_t magic;
        uint32_t area_bytes;
        uint64_t features;
        uint32_t state_bytes;
    } kernels;
    memcpy(&kernels, (const void *)(vectors + KERNELS_AT), sizeof kernels);
    if (kernels.magic == KERNELS_MAGIC && kernels.state_bytes > EXTENDED_AT &&
        kernels.state_bytes <= STATE_MOST_BYTES) {
        visit(context, vectors + EXTENDED_AT, vectors + kernels.state_bytes);
    }
}
#else
struct os_frame os_registers_frame(const ucontext_t *registers UNUSED)
{
    return (struct os_frame){0};
}

void os_registers_each(const ucontext_t *registers,
                       void (*visit)(void *context, uintptr_t start, uintptr_t end), void *context)
{
    const mcontext_t *all = &registers->uc_mcontext;
    visit(context, (uintptr_t)all, (uintptr_t)(all + 1));
}
#endif

uintptr_t os_alternate_stack(void)
{
    int saved = errno;
    stack_t stack = {.ss_flags = SS_DISABLE};
    (void)syscall(SYS_sigaltstack, NULL, &stack);
    errno = saved;
    return stack.ss_flags & SS_DISABLE ? 0 : (uintptr_t)stack.ss_sp;
}
