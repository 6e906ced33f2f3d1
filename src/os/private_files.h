/* A thread of ours with a table of descriptors of its own, so that nothing it opens stands in the
 * program's way: no number is taken, no child inherits one, and a program that closes all of its
 * descriptors closes none of ours. By system call; errno kept. */
#ifndef OS_PRIVATE_FILES_H
#define OS_PRIVATE_FILES_H

#include <stdbool.h>

#include "base/compiler.h"

/* Gives the calling thread an empty table (Linux 2.6.16; without a copy of the program's since
 * 5.9). Only for threads that never run code of the program again. False: it shares the program's
 * as before. */
MUST_USE bool os_private_files_begin(void);

/* Makes the program's standard error of now the calling thread's as well. False: the program has
 * none, or the system does not hand it out. */
bool os_private_files_borrow_standard_error(void);
void os_private_files_return_standard_error(void);

#endif
