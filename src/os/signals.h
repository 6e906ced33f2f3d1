/* Holding signals off the calling thread for a while, whatever the program did to them. */
#ifndef OS_SIGNALS_H
#define OS_SIGNALS_H

#include <stdint.h>

struct os_signal_mask {
    uint64_t bits; /* the kernel's own form: bit N-1 for signal N */
};

/* Holds back the standard signals, so that no handler leaves our code by longjmp. Not held: faults,
 * which cannot wait, and real-time signals, by which threads are stopped for a scan. */
void os_signals_hold(struct os_signal_mask *before);
void os_signals_hold_all(struct os_signal_mask *before);
void os_signals_restore(const struct os_signal_mask *before);

/* Takes a SIGPIPE that this thread caused and holds back; another's stays. */
void os_signals_drop_pipe(void);
uint64_t os_signals_pending(void);

/* For a child that is about to become another program: no handler, nothing held. */
void os_signals_reset(void);

#endif
