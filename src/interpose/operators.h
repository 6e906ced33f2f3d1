/* C++: names of operator new and delete as the Itanium ABI mangles them, so that C can define them.
 */
#ifndef INTERPOSE_OPERATORS_H
#define INTERPOSE_OPERATORS_H

#include <stddef.h>

/* new: plain, array; then nothrow, aligned, aligned nothrow of each */
void *_Znwm(size_t size);
void *_Znam(size_t size);
void *_ZnwmRKSt9nothrow_t(size_t size, const void *tag);
void *_ZnamRKSt9nothrow_t(size_t size, const void *tag);
void *_ZnwmSt11align_val_t(size_t size, size_t alignment);
void *_ZnamSt11align_val_t(size_t size, size_t alignment);
void *_ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *tag);
void *_ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *tag);

/* delete: plain, array; then sized, nothrow, aligned, sized aligned, aligned nothrow of each */
void _ZdlPv(void *pointer);
void _ZdaPv(void *pointer);
void _ZdlPvm(void *pointer, size_t size);
void _ZdaPvm(void *pointer, size_t size);
void _ZdlPvRKSt9nothrow_t(void *pointer, const void *tag);
void _ZdaPvRKSt9nothrow_t(void *pointer, const void *tag);
void _ZdlPvSt11align_val_t(void *pointer, size_t alignment);
void _ZdaPvSt11align_val_t(void *pointer, size_t alignment);
void _ZdlPvmSt11align_val_t(void *pointer, size_t size, size_t alignment);
void _ZdaPvmSt11align_val_t(void *pointer, size_t size, size_t alignment);
void _ZdlPvSt11align_val_tRKSt9nothrow_t(void *pointer, size_t alignment, const void *tag);
void _ZdaPvSt11align_val_tRKSt9nothrow_t(void *pointer, size_t alignment, const void *tag);

#endif
