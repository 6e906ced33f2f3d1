/* What operator new needs of the program's C++ runtime, which we do not link: found when needed. */
#ifndef INTERPOSE_CXX_RUNTIME_H
#define INTERPOSE_CXX_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>

/* Calls the program's new_handler. False if it has none: then throw. The handler may throw itself.
 */
bool cxx_call_new_handler(void);
bool cxx_has_new_handler(void);

/* Throws std::bad_alloc; aborts with a line where there is no C++ runtime. */
_Noreturn void cxx_throw_bad_alloc(void);

/* The runtime's own nothrow new: it calls operator new and catches what that throws. NULL if there
 * is no runtime. `name` is the mangled name. */
void *cxx_symbol(const char *name);

#endif
