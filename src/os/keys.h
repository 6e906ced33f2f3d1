/* Protection keys (pkeys(7)): pages that carry our key can be written only by threads that have
 * just said so, and saying so is one instruction, not a system call. They keep the program's stray
 * writes off our records.
 *
 * A thread's rights are in its register PKRU. Reads are allowed to all. But the kernel takes both
 * rights from signal handlers, and from threads that were there before the key: a read in one of
 * them is a fault as well, to be put right by os_keys_permit() from the handler of SIGSEGV. What a
 * thread has is inherited by those that it makes, and by children.
 *
 * Thread-safe and async-signal-safe. The program's own keys keep their rights. */
#ifndef OS_KEYS_H
#define OS_KEYS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

enum os_keys_rights { KEYS_NOTHING, KEYS_READ, KEYS_WRITE };

extern bool os_keys_used; /* read-only after os_keys_start() */

/* Takes a key; the calling thread may write. Before there is anything to cover. False where the
 * processor or the kernel has none, or all are taken: then nothing is covered. */
MUST_USE bool os_keys_start(void);

/* Has pages of ours carry the key, if one is used. They have no access yet (`is_open` false), or
 * are open to reading and writing. What mprotect(2) does to them later leaves the key. Where the
 * system refuses they stay as they are. */
void os_keys_cover(void *at, size_t bytes, bool is_open);

/* The calling thread's; returns what they were. */
enum os_keys_rights os_keys_set(enum os_keys_rights rights);

/* True of a fault at a page with our key. */
MUST_USE bool os_keys_denied(int number, const siginfo_t *info);

/* Rights of what a signal handler interrupted: it will have at least these when it goes on. False:
 * it had them already, or the system does not tell. */
MUST_USE bool os_keys_permit(void *context, enum os_keys_rights rights);

/* What went wrong so far. */
struct os_keys_trouble {
    bool refused;           /* os_keys_start() */
    bool uncovered;         /* some pages have no key */
    unsigned long forgiven; /* os_keys_forgive() */
};
struct os_keys_trouble os_keys_trouble(void);

/* A write of our own was let through that came without the right. */
void os_keys_forgive(void);

/* For tests: rights are noted and nothing is enforced; `covered` is told what is to carry the key.
 */
void os_keys_fake(void (*covered)(const void *at, size_t bytes));

#endif
