/* The C library's functions that are interposed: its own headers, and what those leave out. */
#ifndef INTERPOSE_LIBC_PROTOTYPES_H
#define INTERPOSE_LIBC_PROTOTYPES_H

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "interpose/libc/prototypes_io.h"

/* What the headers leave out, though programs call it. */
int __memcmpeq(const void *a, const void *b, size_t bytes);
long __isoc23_strtol(const char *text, char **end, int base);
unsigned long __isoc23_strtoul(const char *text, char **end, int base);
long long __isoc23_strtoll(const char *text, char **end, int base);
unsigned long long __isoc23_strtoull(const char *text, char **end, int base);
intmax_t __isoc23_strtoimax(const char *text, char **end, int base);
uintmax_t __isoc23_strtoumax(const char *text, char **end, int base);
long __strtol_internal(const char *text, char **end, int base, int group);
unsigned long __strtoul_internal(const char *text, char **end, int base, int group);
long long __strtoll_internal(const char *text, char **end, int base, int group);
unsigned long long __strtoull_internal(const char *text, char **end, int base, int group);
double __strtod_internal(const char *text, char **end, int group);
float __strtof_internal(const char *text, char **end, int group);
long double __strtold_internal(const char *text, char **end, int group);
long __isoc23_wcstol(const wchar_t *text, wchar_t **end, int base);
unsigned long __isoc23_wcstoul(const wchar_t *text, wchar_t **end, int base);
long long __isoc23_wcstoll(const wchar_t *text, wchar_t **end, int base);
unsigned long long __isoc23_wcstoull(const wchar_t *text, wchar_t **end, int base);
intmax_t __isoc23_wcstoimax(const wchar_t *text, wchar_t **end, int base);
uintmax_t __isoc23_wcstoumax(const wchar_t *text, wchar_t **end, int base);
long __wcstol_internal(const wchar_t *text, wchar_t **end, int base, int group);
unsigned long __wcstoul_internal(const wchar_t *text, wchar_t **end, int base, int group);
long long __wcstoll_internal(const wchar_t *text, wchar_t **end, int base, int group);
unsigned long long __wcstoull_internal(const wchar_t *text, wchar_t **end, int base, int group);
double __wcstod_internal(const wchar_t *text, wchar_t **end, int group);
float __wcstof_internal(const wchar_t *text, wchar_t **end, int group);
long double __wcstold_internal(const wchar_t *text, wchar_t **end, int group);

/* Called by programs built with _FORTIFY_SOURCE: as the function of that name, with the size of the
 * destination, as far as the compiler knew it, at the end. */
void *__memcpy_chk(void *to, const void *from, size_t bytes, size_t room);
void *__memmove_chk(void *to, const void *from, size_t bytes, size_t room);
void *__mempcpy_chk(void *to, const void *from, size_t bytes, size_t room);
void *__memset_chk(void *to, int byte, size_t bytes, size_t room);
void __explicit_bzero_chk(void *to, size_t bytes, size_t room);
char *__strcpy_chk(char *to, const char *from, size_t room);
char *__strncpy_chk(char *to, const char *from, size_t count, size_t room);
char *__strcat_chk(char *to, const char *from, size_t room);
char *__strncat_chk(char *to, const char *from, size_t count, size_t room);
char *__stpcpy_chk(char *to, const char *from, size_t room);
char *__stpncpy_chk(char *to, const char *from, size_t count, size_t room);
wchar_t *__wcscpy_chk(wchar_t *to, const wchar_t *from, size_t room);
wchar_t *__wcsncpy_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room);
wchar_t *__wcscat_chk(wchar_t *to, const wchar_t *from, size_t room);
wchar_t *__wcsncat_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room);
wchar_t *__wcpcpy_chk(wchar_t *to, const wchar_t *from, size_t room);
wchar_t *__wcpncpy_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room);
wchar_t *__wmemcpy_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room);
wchar_t *__wmempcpy_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room);
wchar_t *__wmemmove_chk(wchar_t *to, const wchar_t *from, size_t count, size_t room);
wchar_t *__wmemset_chk(wchar_t *to, wchar_t code, size_t count, size_t room);
size_t __mbstowcs_chk(wchar_t *to, const char *from, size_t most, size_t room);
size_t __wcstombs_chk(char *to, const wchar_t *from, size_t most, size_t room);
size_t __mbsrtowcs_chk(wchar_t *to, const char **from, size_t most, mbstate_t *state, size_t room);
size_t __wcsrtombs_chk(char *to, const wchar_t **from, size_t most, mbstate_t *state, size_t room);
size_t __mbsnrtowcs_chk(wchar_t *to, const char **from, size_t count, size_t most, mbstate_t *state,
                        size_t room);
size_t __wcsnrtombs_chk(char *to, const wchar_t **from, size_t count, size_t most, mbstate_t *state,
                        size_t room);
size_t __wcrtomb_chk(char *to, wchar_t character, mbstate_t *state, size_t room);
int __wctomb_chk(char *to, wchar_t character, size_t room);

/* What an argument of a macro has in parentheses. */
#define UNPACK(...) __VA_ARGS__

/* A second name of a function that is defined in the same file. */
#define SECOND_NAME(name, function) \
    __asm__(".globl " #name "\n.type " #name ", @function\n.set " #name ", " #function)

#endif
