#include "report/words.h"

#include <stdbool.h>

#include <string.h>

#include "alloc/family.h"

static const char *pick(const char *const *words, size_t count, size_t at)
{
    return at < count ? words[at] : "unknown";
}

#define PICK(words, at) pick(words, sizeof(words) / sizeof *(words), (size_t)(at))

const char *word_kind(enum finding_kind kind)
{
    static const char *const words[] = {
        [FINDING_OVERFLOW] = "heap-buffer-overflow",
        [FINDING_UNDERFLOW] = "heap-buffer-underflow",
        [FINDING_USE_AFTER_FREE] = "heap-use-after-free",
        [FINDING_DOUBLE_FREE] = "double-free",
        [FINDING_INVALID_FREE] = "invalid-free",
        [FINDING_MISMATCH] = "alloc-dealloc-mismatch",
        [FINDING_INVALID_ALIGNMENT] = "invalid-alignment",
        [FINDING_INVALID_SIZE] = "invalid-size",
        [FINDING_OVERLAP] = "overlapping-copy",
    };
    _Static_assert(sizeof words / sizeof *words == FINDING_KINDS, "a word for each kind");
    return PICK(words, kind);
}

const char *word_access(enum finding_access access)
{
    static const char *const words[] = {
        [ACCESS_UNKNOWN] = "unknown", [ACCESS_READ] = "read", [ACCESS_WRITE] = "write"};
    return PICK(words, access);
}

const char *word_detected(enum finding_detected detected)
{
    static const char *const words[] = {
        [DETECTED_FREE] = "free",   [DETECTED_REALLOC] = "realloc", [DETECTED_REUSE] = "reuse",
        [DETECTED_EXIT] = "exit",   [DETECTED_API] = "api",         [DETECTED_CALL] = "call",
        [DETECTED_GUARD] = "guard", [DETECTED_SWEEP] = "sweep"};
    return PICK(words, detected);
}

const char *word_window(enum window_since since)
{
    static const char *const words[] = {[WINDOW_UNKNOWN] = "unknown",
                                        [WINDOW_SWEEP] = "sweep",
                                        [WINDOW_ALLOCATION] = "allocation",
                                        [WINDOW_RELEASE] = "release"};
    return PICK(words, since);
}

const char *word_state(enum block_state state)
{
    return state == BLOCK_FREED ? "freed" : "live"; /* one being released was live until now */
}

const char *word_leak_kind(enum leak_kind kind)
{
    static const char *const words[] = {[LEAK_DEFINITE] = "definite",
                                        [LEAK_INDIRECT] = "indirect",
                                        [LEAK_POSSIBLE] = "possible",
                                        [LEAK_REACHABLE] = "reachable"};
    _Static_assert(sizeof words / sizeof *words == LEAK_KINDS, "a word for each kind");
    return PICK(words, kind);
}

const char *word_right_release(enum api via)
{
    static const char *const words[] = {[FAMILY_MALLOC] = "free",
                                        [FAMILY_NEW] = "operator delete",
                                        [FAMILY_NEW_ARRAY] = "operator delete[]"};
    return via < API_COUNT ? PICK(words, api_family(via)) : "free";
}

void words_count(struct strbuf *out, uint64_t count, const char *noun)
{
    strbuf_printf(out, "%lu %s%s", (unsigned long)count, noun, count == 1 ? "" : "s");
}

void words_bytes(struct strbuf *out, uint64_t bytes)
{
    words_count(out, bytes, "byte");
}

/* By the first word that is spoken: eight and eighty, eleven and eighteen. */
const char *word_article(uint64_t number)
{
    while (number >= 1000) {
        number /= 1000;
    }
    bool eight = number == 8 || number / 10 == 8 || number / 100 == 8;
    return eight || number == 11 || number == 18 ? "an" : "a";
}

void words_amount(struct strbuf *out, uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 10 * 1024) {
        words_bytes(out, bytes);
        return;
    }
    unsigned unit = 0;
    uint64_t tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024;
    while (tenths >= 10240 && unit < 3) {
        tenths /= 1024;
        unit++;
    }
    strbuf_printf(out, "%lu.%lu %s", (unsigned long)(tenths / 10), (unsigned long)(tenths % 10),
                  units[unit]);
}

void words_place(struct strbuf *out, ptrdiff_t offset, size_t size, const char *of)
{
    if (offset >= 0 && (size_t)offset < size) {
        words_bytes(out, (uint64_t)offset);
        strbuf_str(out, " into");
        return;
    }
    if (offset < 0) {
        words_bytes(out, 0 - (uint64_t)offset);
        strbuf_str(out, " before the start");
    } else if ((size_t)offset == size) {
        strbuf_str(out, "right past the end");
    } else {
        words_bytes(out, (size_t)offset - size);
        strbuf_str(out, " past the end");
    }
    strbuf_str(out, of);
}

void words_block(struct strbuf *out, const struct block_info *block)
{
    strbuf_printf(out, "%s%zu-byte block", block->state == BLOCK_FREED ? "freed " : "",
                  block->size_bytes);
}

void words_a_block(struct strbuf *out, const struct block_info *block)
{
    bool freed = block->state == BLOCK_FREED;
    strbuf_printf(out, "%s ", freed ? "a" : word_article(block->size_bytes));
    words_block(out, block);
}

void words_safe(struct strbuf *out, const char *text)
{
    for (const char *from = text; *text; from = text) {
        while ((unsigned char)*text >= ' ' && *text != 0x7f) {
            text++;
        }
        strbuf_bytes(out, from, (size_t)(text - from));
        if (*text) {
            strbuf_char(out, '?');
            text++;
        }
    }
}

const char *words_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}
