/* Reading other functions' frames: words of whatever type, some of them poisoned for sanitizers. */
#ifndef STACK_WORD_H
#define STACK_WORD_H

#include <stdint.h>

typedef uintptr_t stack_word __attribute__((may_alias));

/* Two neighbouring words in one read. */
typedef uintptr_t stack_pair __attribute__((vector_size(16), aligned(8), may_alias));

#define READS_FRAMES __attribute__((no_sanitize_address, no_sanitize_thread))

#endif
