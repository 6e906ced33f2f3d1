/* What the kernel tells a signal handler about the instruction that was interrupted. */
#ifndef OS_FAULT_H
#define OS_FAULT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

enum os_fault_access { OS_FAULT_UNKNOWN, OS_FAULT_READ, OS_FAULT_WRITE, OS_FAULT_EXECUTE };
enum { OS_REGISTERS_MOST = 32 };

struct os_fault {
    uintptr_t pc, sp, fp;  /* of the interrupted function */
    bool has_address;      /* of the access, or of the instruction (SIGILL, SIGFPE) */
    bool is_non_canonical; /* an address that no memory can have; which, the processor does not
                              say */
    uintptr_t address;
    enum os_fault_access access;
    bool is_denied;          /* the memory is there, but a protection key of ours is on it */
    unsigned register_count; /* the plain registers */
    struct {
        const char *name;
        uintptr_t value;
    } registers[OS_REGISTERS_MOST];
};

/* The interrupted instruction's address; and whether it is what could not be read. */
uintptr_t os_fault_pc(const void *context);
bool os_fault_is_execution(const void *context);

/* True if it is known that nothing was to be written. */
bool os_fault_is_read(const void *context);

void os_fault_read(int number, const siginfo_t *info, const void *context, struct os_fault *out);

#endif
