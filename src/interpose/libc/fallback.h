/* Plain functions in the place of the C library's, for the time before the loader relocated us:
 * other libraries' resolvers of indirect functions run then, and may copy and compare. They call
 * nothing and read no pointer that needs relocation. All others are looked up then, too; these are
 * what compilers make calls of by themselves, also in what looks up. */
#ifndef INTERPOSE_LIBC_FALLBACK_H
#define INTERPOSE_LIBC_FALLBACK_H

void fallback_install(void);

#endif
