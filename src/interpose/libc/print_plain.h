/* Calls of the printf family of which a first look tells that there is nothing to judge: where the
 * text goes has room for all that the call may write, and no string among the arguments is read
 * beyond its block. What the first look does not understand is not plain; nothing is told here.
 *
 * print_plain.c and print_quick.c are compiled without vector registers, so that a call which is
 * plain can go on as it came, its arguments untouched. */
#ifndef INTERPOSE_LIBC_PRINT_PLAIN_H
#define INTERPOSE_LIBC_PRINT_PLAIN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* Conversions that the program registers take arguments as they please: from now on no directive is
 * plain. */
void print_forget_plain(void);

/* For PRINT_ENTRY() below, with `bytes` bytes to be written at `to`. The arguments are from `next`
 * to `end`; then comes the register with the count of vector registers that hold some, the return
 * address, and what else the call has on the stack. */
bool print_call_is_plain(const void *to, size_t bytes, const char *format, const uint64_t *next,
                         const uint64_t *end) HIDDEN;

/* The same of arguments in a list. A string in [low, high) is not plain. */
bool print_list_is_plain(const char *format, va_list arguments, uintptr_t low, uintptr_t high);

/* Defines the exported `name`, which takes its arguments one by one. A call that is plain ends in a
 * jump to the C library's own function, registers and stack as they were; any other in a jump to
 * judged_NAME(), which must be defined in the same file, by PRINT_JUDGED(). Neither finds a frame
 * of ours.
 *
 * `format` and `bytes` are assembler that moves the format to %rdx and then, to %rsi, the size of
 * what is written at the first argument; `fixed` counts the parameters up to the format. All are
 * strings. */
#define PRINT_ENTRY(name, format, bytes, fixed) \
    __asm__(".pushsection .text\n" \
            ".balign 16\n" \
            ".globl " #name "\n" \
            ".type " #name ", @function\n" #name ":\n" \
            ".cfi_startproc\n" \
            "endbr64\n" /* for builds with -fcf-protection; else it does nothing */ \
            PRINT_PUSH(rax) PRINT_PUSH(r9) PRINT_PUSH(r8) PRINT_PUSH(rcx) PRINT_PUSH(rdx) \
                PRINT_PUSH(rsi) \
                    PRINT_PUSH(rdi) "movzbl %al, %r9d\n" format bytes "lea 8*" fixed \
                                    "(%rsp), %rcx\n" \
                                    "lea 8*6(%rsp), %r8\n" \
                                    "call print_call_is_plain\n" \
                                    "test %al, %al\n" PRINT_POP(rdi) PRINT_POP(rsi) PRINT_POP(rdx) \
                                        PRINT_POP(rcx) PRINT_POP(r8) PRINT_POP(r9) \
                                            PRINT_POP(rax) "je judged_" #name "\n" \
                                                           "jmp *libc_" #name "(%rip)\n" \
                                                           ".cfi_endproc\n" \
                                                           ".size " #name ", .-" #name "\n" \
                                                           ".popsection")

#define PRINT_PUSH(register) "push %" #register "\n.cfi_adjust_cfa_offset 8\n"
#define PRINT_POP(register) "pop %" #register "\n.cfi_adjust_cfa_offset -8\n"

#define PRINT_JUDGED(name) __attribute__((used)) static int judged_##name

#endif
