#include "options/value.h"

#include <assert.h>
#include <string.h>

#include "base/checked.h"

static_assert(sizeof(enum options_mode) == sizeof(unsigned), "a choice is stored as unsigned");
static_assert(sizeof(size_t) == 8, "byte counts of options are 64 bits wide");

static void *field_of(struct options *options, const struct option *option)
{
    return (char *)options + option->field;
}

/* Position of `text` in the list, or -1. */
static int piece_index(const char *words, const char *text, size_t length)
{
    int index = 0;
    for (const char *p = words; *p && length > 0; index++) {
        size_t word = strcspn(p, " ");
        if (word == length && memcmp(p, text, length) == 0) {
            return index;
        }
        p += word + (p[word] == ' ');
    }
    return -1;
}

static int word_index(const char *words, const char *text)
{
    return piece_index(words, text, strlen(text));
}

static void word_text(struct strbuf *out, const char *words, unsigned index)
{
    const char *p = words;
    for (; index > 0; index--) {
        p += strcspn(p, " ") + 1;
    }
    strbuf_bytes(out, p, strcspn(p, " "));
}

/* Decimal digits; moves the text past them. */
static bool parse_digits(const char **text, size_t *out)
{
    const char *p = *text;
    size_t value = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (!checked_mul(value, 10, &value) || !checked_add(value, (size_t)(*p - '0'), &value)) {
            return false;
        }
    }
    bool any = p != *text;
    *text = p;
    *out = value;
    return any;
}

/* How far a suffix shifts; 0 and no step for none. */
static unsigned parse_suffix(const char **text)
{
    static const char suffixes[] = "KkMmGg";
    const char *found = **text ? strchr(suffixes, **text) : NULL;
    if (!found) {
        return 0;
    }
    ++*text;
    return 10 * (1 + (unsigned)(found - suffixes) / 2);
}

static bool parse_number(const struct option *option, const char *text, size_t *out)
{
    size_t value;
    if (!parse_digits(&text, &value)) {
        return false;
    }
    unsigned shift = option->kind == OPTION_BYTES ? parse_suffix(&text) : 0;
    if (*text || !checked_mul(value, (size_t)1 << shift, &value)) {
        return false;
    }
    *out = value;
    return value >= option->least && value <= option->most;
}

static bool pattern_is_valid(const char *text)
{
    for (const char *p = strchr(text, '%'); p; p = strchr(p + 2, '%')) {
        if (p[1] != 'p' && p[1] != 'e' && p[1] != '%') {
            return false;
        }
    }
    return strlen(text) < OPTIONS_PATH_MOST;
}

static bool set_choice(unsigned *field, const struct option *option, const char *text)
{
    int index = word_index(option->words, text);
    if (index >= 0) {
        *field = (unsigned)index;
    }
    return index >= 0;
}

static bool set_flag(bool *field, const struct option *option, const char *text)
{
    int index = word_index(option->words, text);
    if (index >= 0) {
        *field = index == 0;
    }
    return index >= 0;
}

static bool set_bytes(size_t *field, const struct option *option, const char *text)
{
    size_t value = SIZE_MAX;
    bool valid = word_index(option->words, text) == 0 || parse_number(option, text, &value);
    if (valid) {
        *field = value;
    }
    return valid;
}

static bool set_number(unsigned *field, const struct option *option, const char *text)
{
    size_t value;
    bool valid = parse_number(option, text, &value);
    if (valid) {
        *field = (unsigned)value;
    }
    return valid;
}

/* Named twice is named. An empty piece is a mistake. */
static bool set_list(unsigned *field, const struct option *option, const char *text)
{
    unsigned bits = 0;
    for (const char *p = text;; p++) {
        size_t length = strcspn(p, ",");
        int index = piece_index(option->words, p, length);
        if (index < 0) {
            return false;
        }
        bits |= 1u << index;
        p += length;
        if (*p == '\0') {
            break;
        }
    }
    *field = bits;
    return true;
}

static bool set_text(char *field, const char *text, bool valid)
{
    if (valid) {
        memcpy(field, text, strlen(text) + 1);
    }
    return valid;
}

bool value_set(struct options *options, const struct option *option, const char *text)
{
    void *field = field_of(options, option);
    switch (option->kind) {
    case OPTION_CHOICE:
        return set_choice(field, option, text);
    case OPTION_FLAG:
        return set_flag(field, option, text);
    case OPTION_BYTES:
        return set_bytes(field, option, text);
    case OPTION_NUMBER:
        return set_number(field, option, text);
    case OPTION_LIST:
        return set_list(field, option, text);
    case OPTION_PATH:
        return set_text(field, text, pattern_is_valid(text));
    case OPTION_FILES:
    case OPTION_NAMES:
        return set_text(field, text, strlen(text) < OPTIONS_PATH_MOST);
    }
    return false;
}

static void bytes_text(struct strbuf *out, size_t bytes, const struct option *option)
{
    if (bytes == SIZE_MAX) {
        strbuf_str(out, option->words);
    } else {
        option_bytes_text(out, bytes);
    }
}

static void list_text(struct strbuf *out, unsigned bits, const char *words)
{
    for (unsigned index = 0; bits >> index; index++) {
        if (bits >> index & 1) {
            word_text(out, words, index);
            strbuf_str(out, bits >> index > 1 ? "," : "");
        }
    }
}

void value_text(struct strbuf *out, const struct options *options, const struct option *option)
{
    const void *field = (const char *)options + option->field;
    switch (option->kind) {
    case OPTION_CHOICE:
        word_text(out, option->words, *(const unsigned *)field);
        break;
    case OPTION_FLAG:
        word_text(out, option->words, *(const bool *)field ? 0 : 1);
        break;
    case OPTION_BYTES:
        bytes_text(out, *(const size_t *)field, option);
        break;
    case OPTION_NUMBER:
        strbuf_printf(out, "%u", *(const unsigned *)field);
        break;
    case OPTION_LIST:
        list_text(out, *(const unsigned *)field, option->words);
        break;
    case OPTION_PATH:
    case OPTION_FILES:
    case OPTION_NAMES:
        strbuf_str(out, field);
        break;
    }
}
