#include "os/fault.h"

#include <string.h>
#include <ucontext.h>

#include "base/compiler.h"
#include "os/keys.h"
#include "os/signals.h"

static bool gives_address(int number)
{
    return number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE ||
           number == SIGTRAP;
}

#if defined(__x86_64__)
/* Intel's manual, volume 3, 6.15: exceptions 13 and 14, and the error code of the latter. */
enum { PROTECTION = 13, PAGE_FAULT = 14, WRITE_BIT = 2, FETCH_BIT = 16 };

static uintptr_t pc_of(const mcontext_t *from)
{
    return (uintptr_t)from->gregs[REG_RIP];
}

static bool is_execution(const mcontext_t *from)
{
    return from->gregs[REG_TRAPNO] == PAGE_FAULT && (from->gregs[REG_ERR] & FETCH_BIT);
}

static bool is_read(const mcontext_t *from)
{
    return from->gregs[REG_TRAPNO] == PAGE_FAULT &&
           !(from->gregs[REG_ERR] & (WRITE_BIT | FETCH_BIT));
}

static void read_registers(const mcontext_t *from, struct os_fault *out)
{
    static const struct {
        const char *name;
        int index;
    } plain[] = {
        {"rax", REG_RAX}, {"rbx", REG_RBX}, {"rcx", REG_RCX}, {"rdx", REG_RDX}, {"rsi", REG_RSI},
        {"rdi", REG_RDI}, {"rbp", REG_RBP}, {"r8", REG_R8},   {"r9", REG_R9},   {"r10", REG_R10},
        {"r11", REG_R11}, {"r12", REG_R12}, {"r13", REG_R13}, {"r14", REG_R14}, {"r15", REG_R15},
    };
    out->register_count = sizeof plain / sizeof *plain;
    for (unsigned i = 0; i < out->register_count; i++) {
        out->registers[i].name = plain[i].name;
        out->registers[i].value = (uintptr_t)from->gregs[plain[i].index];
    }
    out->pc = pc_of(from);
    out->sp = (uintptr_t)from->gregs[REG_RSP];
    out->fp = (uintptr_t)from->gregs[REG_RBP];
}

static void read_exception(int number, const mcontext_t *from, struct os_fault *out)
{
    long error = from->gregs[REG_ERR], trap = from->gregs[REG_TRAPNO];
    if (number != SIGSEGV && number != SIGBUS) {
        return;
    }
    if (trap == PAGE_FAULT) {
        out->access = error & FETCH_BIT   ? OS_FAULT_EXECUTE
                      : error & WRITE_BIT ? OS_FAULT_WRITE
                                          : OS_FAULT_READ;
    } else if (trap == PROTECTION) {
        out->has_address = false;
        out->is_non_canonical = number == SIGSEGV;
    }
}
#else
static uintptr_t pc_of(const mcontext_t *from)
{
    return (uintptr_t)from->pc;
}

static bool is_execution(const mcontext_t *from)
{
    return from->pc == from->fault_address;
}

static bool is_read(const mcontext_t *from UNUSED)
{
    return false;
}

static void read_registers(const mcontext_t *from, struct os_fault *out)
{
    out->pc = pc_of(from);
    out->sp = (uintptr_t)from->sp;
    out->fp = (uintptr_t)from->regs[29];
}

static void read_exception(int number UNUSED, const mcontext_t *from UNUSED,
                           struct os_fault *out UNUSED)
{
}
#endif

uintptr_t os_fault_pc(const void *context)
{
    return pc_of(&((const ucontext_t *)context)->uc_mcontext);
}

bool os_fault_is_execution(const void *context)
{
    return is_execution(&((const ucontext_t *)context)->uc_mcontext);
}

bool os_fault_is_read(const void *context)
{
    return is_read(&((const ucontext_t *)context)->uc_mcontext);
}

void os_fault_read(int number, const siginfo_t *info, const void *context, struct os_fault *out)
{
    const mcontext_t *machine = &((const ucontext_t *)context)->uc_mcontext;
    memset(out, 0, sizeof *out);
    read_registers(machine, out);
    if (os_signal_is_fault(number, info)) {
        out->has_address = gives_address(number);
        out->address = (uintptr_t)info->si_addr;
        read_exception(number, machine, out);
        out->is_denied = os_keys_denied(number, info);
    }
}
