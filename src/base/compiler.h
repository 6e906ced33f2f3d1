/* What we ask of the compiler beyond C11: GCC and Clang attributes under short names. */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#define MUST_USE __attribute__((warn_unused_result))
#define NOINLINE __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))
/* A function that another one ends in, as `return f(…)`: the jump leaves it the frame of that one,
 * return address and all. Without optimization it becomes a part of it. */
#ifdef __OPTIMIZE__
#define CONTINUATION NOINLINE
#else
#define CONTINUATION ALWAYS_INLINE
#endif
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define UNUSED __attribute__((unused))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* Symbols that users may bind to; all others are hidden (-fvisibility=hidden). */
#define EXPORTED __attribute__((visibility("default")))

/* What of ours is declared but defined elsewhere: -fvisibility=hidden does not reach declarations,
 * and without this the compiler takes such an address from a table. For data on the common ways. */
#define HIDDEN __attribute__((visibility("hidden")))

/* Initial-exec: reached by one instruction, with no call into the loader (which may allocate). */
#define THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))

#endif
