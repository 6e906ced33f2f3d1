#include "interpose/signals/hit.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "alloc/guard_hit.h"
#include "alloc/guard_open.h"
#include "alloc/lookup.h"
#include "alloc/thread.h"
#include "base/strbuf.h"
#include "interpose/process.h"
#include "interpose/signals/library_frames.h"
#include "os/access_width.h"
#include "os/clock.h"
#include "os/fault.h"
#include "os/io.h"
#include "os/lock.h"
#include "os/message.h"
#include "os/own.h"
#include "os/pages.h"
#include "os/peek.h"
#include "os/probe.h"
#include "os/signal_stack.h"
#include "stack/stack.h"

enum {
    STACKS = 4, /* threads that tell at the same time; only one of them writes */
    STACK_BYTES = 128 * 1024,
    WAIT_US = 1000,
    WAIT_MOST_MS = 10 * 1000,
    VECTOR_LEAST = 16,  /* bytes */
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
    struct guard_hit *hit;
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

struct library_call hit_capture(const struct os_fault *fault, bool is_past)
{
    const struct call_site site = {
        .pc = is_past ? fault->pc : fault->pc | STACK_EXACT, .sp = fault->sp, .fp = fault->fp};
    return library_call(stack_capture(thread_current ? thread_current->stacks : NULL, &site));
}

static unsigned width_of(const struct os_fault *fault)
{
    uint8_t code[OS_INSTRUCTION_MOST];
    return os_access_width(code, os_peek(fault->pc, code, sizeof code));
}

/* The C library reads texts by whole vectors, mostly from multiples of their length, and so reads
 * bytes before those that the program asked for, too. The first of these is one of the vector's.
 * Where a vector begins at a page behind a live block, all before was looked at, and it is exact.
 */
static void blur(struct finding *finding, const struct os_fault *fault)
{
    ptrdiff_t width = (ptrdiff_t)finding->bad_bytes, first = finding->offset;
    ptrdiff_t end = first + width, size = (ptrdiff_t)finding->block.size_bytes;
    bool is_late = finding->kind == FINDING_USE_AFTER_FREE;
    bool straddles = is_late && first < 0 && end > 0;
    if (finding->access != ACCESS_READ || width < VECTOR_LEAST || !library_has(fault->pc) ||
        (fault->address % (uintptr_t)width != 0 && !straddles)) {
        return;
    }
    finding->bad_bytes = 0;
    if (is_late && first < size && end > 0) {
        first = first > 0 ? first : 0;
        end = end < size ? end : size;
    }
    if (is_late || fault->address % OS_PAGE != 0) {
        finding->offset = first;
        finding->offset_spread = (size_t)(end - first) - 1;
    }
}

/* An overrun that began in the canary before the guard is told from there. */
static void reach_back(struct finding *finding, struct guard_hit *hit)
{
    uintptr_t first, last_end, start = hit->address;
    if (!guarded_hit_canary(hit, &first, &last_end)) {
        return;
    }
    uintptr_t end = start + (finding->bad_bytes > 0 ? finding->bad_bytes : 1);
    end = end > last_end ? end : last_end;
    if (first < start) {
        size_t length = last_end - first;
        finding->damage_length = os_peek(
            first, finding->damage, length < FINDING_DAMAGE_MOST ? length : FINDING_DAMAGE_MOST);
        start = first;
    }
    finding->has_stopped = true;
    finding->stopped_offset = hit->offset;
    finding->offset = (ptrdiff_t)(start - finding->block.address);
    finding->bad_bytes = end - start;
}

static void tell(void *given)
{
    const struct blow *blow = given;
    struct guard_hit *hit = blow->hit;
    struct os_fault fault;
    os_fault_read(blow->number, blow->info, blow->context, &fault);
    struct library_call call = hit_capture(&fault, false);
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
        .call = call.function,
        .callee = call.place,
        .access_stack = call.stack,
        .access_thread = thread_current ? thread_current->number : 0,
        .has_offset = true,
        .offset = hit->offset,
        .bad_bytes = width_of(&fault),
    };
    blur(&finding, &fault);
    if (!hit->is_read) {
        reach_back(&finding, hit);
    }
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
        guard_settle(address);
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
