/* A table that grows by chunks and never moves. The first chunk is static: most processes need
 * no more. A number is given out by an atomic add; an entry is written by its own thread alone. */
#include "alloc/thread_names.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/io.h"
#include "os/own.h"
#include "os/peek.h"
#include "os/threads.h"

enum {
    CHUNK_ENTRIES = 64,
    CHUNKS = 1024, /* 65,536 numbers */
    HIGHEST = CHUNK_ENTRIES * CHUNKS - 1,
    /* What glibc leaves of an ended thread's stack below its last stack pointer:
     * PTHREAD_STACK_MIN and the rest of a page. What is further down it gives back to the
     * system. */
    LEFT_BELOW_BYTES = 16384 + 4096,
};

/* In thread-local storage: while these two words stand at their address, the stack around it is
 * this thread's, or was and has not been used since. */
struct tag {
    uintptr_t self;
    uintptr_t number;
};
static THREAD_LOCAL struct tag tag;

struct entry {
    atomic_int tid;   /* 0: number not given out */
    atomic_bool kept; /* the fields below are valid: the thread is ending or has ended */
    char name[16];
    /* One's complement, so that a scan for pointers does not take them for some. */
    uintptr_t masked_sp;  /* at the time of thread_name_keep() */
    uintptr_t masked_tag; /* the thread's tag */
    uintptr_t masked_tp;  /* its thread pointer: the end of its thread-local storage */
};

static struct entry first_chunk[CHUNK_ENTRIES];
static _Atomic(struct entry *) chunks[CHUNKS] = {first_chunk};
static atomic_uint given_out; /* the highest number; may pass HIGHEST */

static struct entry *entry_of(unsigned number)
{
    if (number == 0 || number > HIGHEST) {
        return NULL;
    }
    struct entry *chunk = atomic_load(&chunks[number / CHUNK_ENTRIES]);
    return chunk ? &chunk[number % CHUNK_ENTRIES] : NULL;
}

/* Makes sure that the chunk of `number` exists; false when out of memory. */
static bool provide(unsigned number)
{
    _Atomic(struct entry *) *place = &chunks[number / CHUNK_ENTRIES];
    if (atomic_load(place)) {
        return true;
    }
    const size_t bytes = CHUNK_ENTRIES * sizeof(struct entry);
    struct entry *chunk = own_alloc(bytes), *none = NULL;
    if (chunk && !atomic_compare_exchange_strong(place, &none, chunk)) {
        own_free(chunk, bytes); /* another thread was faster */
    }
    return atomic_load(place) != NULL;
}

uint16_t thread_name_register(void)
{
    if (tag.self) {
        return (uint16_t)tag.number;
    }
    unsigned number = atomic_load(&given_out);
    do { /* no plain add: the count must stop at the end, not come round */
        if (number >= HIGHEST || !provide(number + 1)) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak(&given_out, &number, number + 1));
    number++;
    atomic_store(&entry_of(number)->tid, os_tid());
    tag = (struct tag){.self = (uintptr_t)&tag, .number = number};
    return (uint16_t)number;
}

static void read_own_name(char name[16])
{
    int saved = errno;
    if (syscall(SYS_prctl, PR_GET_NAME, name, 0, 0, 0) != 0) {
        name[0] = '\0';
    }
    errno = saved;
}

bool thread_name_find(uint16_t number, struct thread_name *out)
{
    struct entry *entry = entry_of(number);
    int tid = entry ? atomic_load(&entry->tid) : 0;
    if (tid == 0) {
        return false;
    }
    *out = (struct thread_name){.tid = tid};
    if (atomic_load(&entry->kept)) {
        memcpy(out->name, entry->name, sizeof out->name);
    } else if (tid == os_tid()) {
        read_own_name(out->name);
    } else {
        os_thread_name(tid, out->name);
    }
    return true;
}

void thread_name_keep(uint16_t number)
{
    struct entry *entry = entry_of(number);
    if (!entry || atomic_load(&entry->kept)) {
        return;
    }
    read_own_name(entry->name);
    entry->masked_sp = ~(uintptr_t)__builtin_frame_address(0);
    entry->masked_tag = ~(uintptr_t)&tag;
    entry->masked_tp = ~os_thread_pointer();
    atomic_store(&entry->kept, true);
}

void thread_name_after_fork(uint16_t number)
{
    struct entry *entry = entry_of(number);
    if (entry) {
        atomic_store(&entry->tid, os_tid());
    }
}

static bool has_left_its_tag(const struct entry *entry, unsigned number)
{
    struct tag found;
    uintptr_t at = ~entry->masked_tag;
    return os_peek(at, &found, sizeof found) == sizeof found && found.self == at &&
           found.number == number;
}

void thread_name_each_ended(void (*visit)(void *context, int tid, uintptr_t low, uintptr_t high),
                            void *context)
{
    for (unsigned number = atomic_load(&given_out); number > 0; number--) {
        const struct entry *entry = entry_of(number);
        if (entry && atomic_load(&entry->kept) && has_left_its_tag(entry, number)) {
            visit(context, atomic_load(&entry->tid), ~entry->masked_sp - LEFT_BELOW_BYTES,
                  ~entry->masked_tp);
        }
    }
}
