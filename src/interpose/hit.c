#include "interpose/hit.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "alloc/finding.h"
#include "alloc/guard_hit.h"
#include "alloc/lookup.h"
#include "alloc/thread.h"
#include "base/strbuf.h"
#include "interpose/process.h"
#include "os/access_width.h"
#include "os/clock.h"
#include "os/fault.h"
#include "os/io.h"
#include "os/lock.h"
#include "os/message.h"
#include "os/own.h"
#include "os/peek.h"
#include "os/probe.h"
#include "os/signal_stack.h"
#include "stack/modules.h"
#include "stack/stack.h"

enum {
    STACKS = 4, /* threads that tell at the same time; only one of them writes */
    STACK_BYTES = 128 * 1024,
    WAIT_US = 1000,
    WAIT_MOST_MS = 10 * 1000,
    REPEATS_MOST = 100, /* of one instruction at one address that stays closed */
};

static _Alignas(16) char stacks[STACKS][STACK_BYTES];
static atomic_bool stack_taken[STACKS];

/* The last fault of this thread in the heap, and how often it came in a row. */
static THREAD_LOCAL struct {
    uintptr_t pc, address;
    unsigned repeats;
    bool told;
} last;

struct blow {
    int number;
    siginfo_t *info;
    const void *context;
    const struct guard_hit *hit;
};

/* NULL: all are taken for too long, by threads that are not there any more. */
static atomic_bool *take_stack(size_t *place)
{
    uint64_t start = os_clock_ms();
    do {
        for (size_t i = 0; i < STACKS; i++) {
            if (!atomic_exchange(&stack_taken[i], true)) {
                *place = i;
                return &stack_taken[i];
            }
        }
        os_sleep_us(WAIT_US);
    } while (os_clock_ms() - start < WAIT_MOST_MS);
    return NULL;
}

static bool is_library(const char *path)
{
    static const char *const names[] = {"libc.so.", "ld-linux", "libcoalmine.so"};
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(file, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* The stack from the program's own code on: of a function of the C library that was handed a bad
 * pointer, the call is what matters. */
static uint32_t without_library(uint32_t stack)
{
    struct stack_view view = stack_view(stack);
    uint32_t skip = 0;
    for (; skip < view.count; skip++) {
        const struct module *module =
            module_find(stack_lookup_address(view.frames[skip]), view.epoch);
        if (!module || !is_library(module->path)) {
            break;
        }
    }
    return skip > 0 && skip < view.count ? stack_from(stack, skip) : stack;
}

uint32_t hit_capture(const struct os_fault *fault, bool is_past)
{
    const struct call_site site = {
        .pc = is_past ? fault->pc : fault->pc | STACK_EXACT, .sp = fault->sp, .fp = fault->fp};
    return without_library(stack_capture(thread_current ? thread_current->stacks : NULL, &site));
}

static unsigned width_of(const struct os_fault *fault)
{
    uint8_t code[OS_INSTRUCTION_MOST];
    return os_access_width(code, os_peek(fault->pc, code, sizeof code));
}

static void tell(void *given)
{
    const struct blow *blow = given;
    const struct guard_hit *hit = blow->hit;
    struct os_fault fault;
    os_fault_read(blow->number, blow->info, blow->context, &fault);
    struct finding finding = {
        .kind = hit->kind,
        .access = fault.access == OS_FAULT_WRITE  ? ACCESS_WRITE
                  : fault.access == OS_FAULT_READ ? ACCESS_READ
                                                  : ACCESS_UNKNOWN,
        .detected = DETECTED_GUARD,
        .has_block = true,
        .block = hit->block,
        .has_neighbour = hit->has_neighbour,
        .neighbour = hit->neighbour,
        .pointer = hit->address,
        .access_stack = hit_capture(&fault, false),
        .access_thread = thread_current ? thread_current->number : 0,
        .has_offset = true,
        .offset = hit->offset,
        .bad_bytes = width_of(&fault),
    };
    finding_sink(&finding);
}

void hit_call_apart(void (*function)(void *given), void *given, const ucontext_t *context)
{
    size_t place = 0;
    atomic_bool *taken = take_stack(&place);
    signal_stack_call(taken ? stacks[place] + STACK_BYTES : NULL, function, given);
    if (taken) {
        atomic_store(taken, false);
    }
    signal_stack_resume(context);
}

static void say_in_short(uintptr_t address)
{
    char text[160];
    struct strbuf line;
    strbuf_init(&line, text, sizeof text);
    strbuf_printf(&line,
                  "==%d== coalmine: amid the allocator's own work the guard page at 0x%lx was "
                  "touched; it is opened\n",
                  os_pid(), (unsigned long)address);
    os_message_write(os_message_standard_error(), text, line.length);
}

/* How often this very access was stopped before. */
static unsigned count(uintptr_t pc, uintptr_t address)
{
    if (last.pc != pc || last.address != address) {
        last.pc = pc;
        last.address = address;
        last.repeats = 0;
        last.told = false;
    }
    return last.repeats++;
}

static NOINLINE enum hit_outcome take(int number, siginfo_t *info, ucontext_t *context)
{
    struct guard_hit hit;
    uintptr_t address = (uintptr_t)info->si_addr;
    if (!guarded_hit(address, &hit)) { /* unless another thread has just opened it */
        return os_word_is_readable(address & ~(uintptr_t)7) ? HIT_ENDED : HIT_NONE;
    }
    hit.is_read = os_fault_is_read(context);
    bool amid_own_work = lock_is_held_here();
    if (amid_own_work) {
        say_in_short(address);
    } else if (!last.told || !(hit.is_opened || process_options.halt)) {
        hit_call_apart(tell, &(struct blow){number, info, context, &hit}, context);
        last.told = true;
    }
    if (process_options.halt && !amid_own_work) {
        return HIT_NONE;
    }
    if (guarded_open(&hit) && os_word_is_readable(address & ~(uintptr_t)7)) {
        last.repeats = 0; /* the next one is another */
    } /* else a release beside it closed it at once: told already; or the system refuses */
    return HIT_ENDED;
}

enum hit_outcome hit_take(int number, siginfo_t *info, ucontext_t *context)
{
    uintptr_t start, end, address = (uintptr_t)info->si_addr;
    heap_range(&start, &end);
    if (address < start || address >= end || os_fault_is_execution(context)) {
        return HIT_NONE;
    }
    int saved = errno;
    unsigned repeats = count(os_fault_pc(context), address);
    enum hit_outcome outcome = repeats < REPEATS_MOST ? take(number, info, context) : HIT_NONE;
    errno = saved;
    return outcome;
}

bool hit_is_told(uintptr_t pc, uintptr_t address)
{
    return last.told && last.pc == pc && last.address == address;
}

void hit_start(void)
{
    own_add_range(stacks, sizeof stacks);
}

void hit_after_fork(void)
{
    for (size_t i = 0; i < STACKS; i++) {
        atomic_store(&stack_taken[i], false);
    }
}
