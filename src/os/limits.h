/* What the process may use. By system call; keeps errno; async-signal-safe. */
#ifndef OS_LIMITS_H
#define OS_LIMITS_H

#include <stddef.h>

/* Soft limits in bytes; SIZE_MAX where there is none. */
size_t os_limit_address_space(void);
size_t os_limit_data(void);
size_t os_limit_stack(void);
size_t os_limit_files(void); /* descriptors */

#endif
