#include "os/signal_stack.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/compiler.h"
#include "os/pages.h"

enum {
    STACK_BYTES = 128 * 1024, /* a program's own handler may come to run there, too */
    GUARD_BYTES = 4096,
    KEPT = 16, /* of threads that ended, for others */
};

static _Atomic(char *) idle[KEPT];
static THREAD_LOCAL char *given; /* its lowest byte, above the guard */

static bool set(char *stack)
{
    stack_t to = {.ss_sp = stack, .ss_size = STACK_BYTES, .ss_flags = stack ? 0 : SS_DISABLE};
    return syscall(SYS_sigaltstack, &to, NULL) == 0;
}

static char *current(void)
{
    stack_t now = {.ss_flags = SS_DISABLE};
    (void)syscall(SYS_sigaltstack, NULL, &now);
    return now.ss_flags & SS_DISABLE ? NULL : now.ss_sp;
}

static char *obtain(void)
{
    for (size_t i = 0; i < KEPT; i++) {
        char *stack = atomic_load_explicit(&idle[i], memory_order_relaxed);
        if (stack && atomic_compare_exchange_strong(&idle[i], &stack, NULL)) {
            return stack;
        }
    }
    char *area = os_pages_reserve(GUARD_BYTES + STACK_BYTES, OS_PAGE);
    if (area && !os_pages_commit(area + GUARD_BYTES, STACK_BYTES)) {
        os_pages_unmap(area, GUARD_BYTES + STACK_BYTES);
        area = NULL;
    }
    return area ? area + GUARD_BYTES : NULL;
}

static void keep(char *stack)
{
    for (size_t i = 0; i < KEPT; i++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&idle[i], &none, stack)) {
            return;
        }
    }
    os_pages_unmap(stack - GUARD_BYTES, GUARD_BYTES + STACK_BYTES);
}

void signal_stack_give(void)
{
    int saved = errno;
    char *stack = given || current() ? NULL : obtain();
    if (stack && set(stack)) {
        given = stack;
    } else if (stack) {
        keep(stack);
    }
    errno = saved;
}

void signal_stack_take(void)
{
    int saved = errno;
    if (given && (current() != given || set(NULL))) {
        keep(given);
        given = NULL;
    }
    errno = saved;
}

#if defined(__x86_64__)
/* rdi: the function; rsi: its argument; rdx: the end of the stack. */
void signal_stack_switch(void (*function)(void *), void *context, void *top)
    __attribute__((visibility("hidden")));
__asm__(".pushsection .text\n"
        ".hidden signal_stack_switch\n"
        ".globl signal_stack_switch\n"
        ".type signal_stack_switch, @function\n"
        "signal_stack_switch:\n"
        "    .cfi_startproc\n"
        "    pushq %rbp\n"
        "    .cfi_def_cfa_offset 16\n"
        "    .cfi_offset %rbp, -16\n"
        "    movq %rsp, %rbp\n"
        "    .cfi_def_cfa_register %rbp\n"
        "    movq %rdx, %rsp\n"
        "    movq %rdi, %rax\n"
        "    movq %rsi, %rdi\n"
        "    callq *%rax\n"
        "    movq %rbp, %rsp\n"
        "    popq %rbp\n"
        "    .cfi_def_cfa %rsp, 8\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size signal_stack_switch, . - signal_stack_switch\n"
        ".popsection\n");
#else
static void signal_stack_switch(void (*function)(void *), void *context, void *top UNUSED)
{
    function(context);
}
#endif

struct call {
    void (*function)(void *context);
    void *context;
};

static void call_there(void *context)
{
    const struct call *call = context;
    (void)set(NULL);
    call->function(call->context);
}

void signal_stack_call(void *top, void (*function)(void *context), void *context)
{
    struct call call = {function, context};
    if (top) {
        signal_stack_switch(call_there, &call, top);
    } else {
        function(context);
    }
}

void signal_stack_resume(const void *context)
{
    int saved = errno;
    (void)syscall(SYS_sigaltstack, &((const ucontext_t *)context)->uc_stack, NULL);
    errno = saved;
}
