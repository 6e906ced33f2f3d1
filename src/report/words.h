/* The words that reports are made of. No state. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "alloc/finding.h"
#include "base/strbuf.h"
#include "inspect/leaks.h"

/* As every format spells them: "heap-buffer-overflow", "write", "free", "live". */
const char *word_kind(enum finding_kind kind);
const char *word_access(enum finding_access access);
const char *word_detected(enum finding_detected detected);
const char *word_window(enum window_since since);
const char *word_state(enum block_state state);
const char *word_leak_kind(enum leak_kind kind);

/* A function that `via`'s blocks are to be released with: "operator delete[]". */
const char *word_right_release(enum api via);

/* "1 byte", "24 bytes"; "1 block", "3 errors". */
void words_bytes(struct strbuf *out, uint64_t bytes);
void words_count(struct strbuf *out, uint64_t count, const char *noun);

/* The article before a number in digits: "an" 8-byte block, "a" 24-byte one. */
const char *word_article(uint64_t number);

/* Rounded for a person: "812 bytes", "73.2 KiB". */
void words_amount(struct strbuf *out, uint64_t bytes);

/* Where an offset is in a block of `size` bytes: "16 bytes into", or, ended by `of`, "right past
 * the end", "3 bytes past the end", "8 bytes before the start". */
void words_place(struct strbuf *out, ptrdiff_t offset, size_t size, const char *of);

/* "24-byte block", "freed 24-byte block". */
void words_block(struct strbuf *out, const struct block_info *block);
void words_a_block(struct strbuf *out, const struct block_info *block); /* "a 24-byte block" */

/* Text from outside: what would steer a terminal or break a line becomes '?'. */
void words_safe(struct strbuf *out, const char *text);

/* The last part of a path. */
const char *words_base_name(const char *path);

#endif
