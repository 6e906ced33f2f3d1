#include "base/site_line.h"

#include <string.h>

#include "base/hash.h"

/* A piece of the text. */
struct piece {
    const char *at;
    size_t length;
};

static const char *const sides[] = {
    [SITE_AFTER] = "after", [SITE_BEFORE] = "before", [SITE_BOTH] = "both"};

const char *site_side_word(enum site_side side)
{
    return sides[side];
}

static uint64_t hash_byte(uint64_t hash, uint8_t byte)
{
    return (hash ^ byte) * 0x100000001b3u; /* FNV-1a */
}

uint64_t site_module_hash(const uint8_t *build_id, size_t length, const char *path)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++) {
        hash = hash_byte(hash, build_id[i]);
    }
    for (; length == 0 && *path; path++) {
        hash = hash_byte(hash, (uint8_t)*path);
    }
    return hash_mix(hash);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the next piece off: up to a separator, which goes too. */
static struct piece cut(struct piece *from, char separator)
{
    struct piece piece = {from->at, 0};
    while (piece.length < from->length && piece.at[piece.length] != separator) {
        piece.length++;
    }
    size_t taken = piece.length < from->length ? piece.length + 1 : piece.length;
    from->at += taken;
    from->length -= taken;
    return piece;
}

static bool is(struct piece piece, const char *word)
{
    return piece.length == strlen(word) && memcmp(piece.at, word, piece.length) == 0;
}

/* Takes a word off the front. */
static bool take(struct piece *piece, const char *word)
{
    size_t length = strlen(word);
    if (piece->length < length || memcmp(piece->at, word, length) != 0) {
        return false;
    }
    piece->at += length;
    piece->length -= length;
    return true;
}

static int digit(char c, unsigned base)
{
    int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    return value < (int)base ? value : -1;
}

/* The whole piece is a number. */
static bool number(struct piece piece, unsigned base, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < piece.length; i++) {
        int next = digit(piece.at[i], base);
        if (next < 0 || value > (UINT64_MAX - (unsigned)next) / base) {
            return false;
        }
        value = value * base + (unsigned)next;
    }
    *out = value;
    return piece.length > 0;
}

/* The bytes of a module's name; build ids have two digits a byte, and paths some escaped. */
static bool module_hash(struct piece name, uint64_t *out)
{
    uint64_t hash = 0xcbf29ce484222325u;
    bool is_path = name.length > 0 && (name.at[0] == '/' || name.at[0] == '[');
    for (size_t i = 0; i < name.length; i++) {
        uint8_t byte = (uint8_t)name.at[i];
        if (!is_path || byte == '%') {
            i += is_path;
            int high = i + 1 < name.length ? digit(name.at[i], 16) : -1;
            int low = high < 0 ? -1 : digit(name.at[++i], 16);
            if (low < 0) {
                return false;
            }
            byte = (uint8_t)(high * 16 + low);
        }
        hash = hash_byte(hash, byte);
    }
    *out = hash_mix(hash);
    return name.length > 0;
}

static bool read_frames(struct piece text, struct site_line *out)
{
    while (text.length > 0) {
        struct piece frame = cut(&text, ',');
        struct piece module = cut(&frame, '+');
        struct site_frame read;
        if (!module_hash(module, &read.module) || !take(&frame, "0x") ||
            !number(frame, 16, &read.offset)) {
            return false;
        }
        if (out->count < SITE_FRAMES) {
            out->frames[out->count++] = read;
        }
    }
    return out->count > 0;
}

static bool read_side(struct piece text, struct site_line *out)
{
    for (unsigned side = 0; side < sizeof sides / sizeof *sides; side++) {
        if (is(text, sides[side])) {
            out->side = (enum site_side)side;
            return true;
        }
    }
    return false;
}

static bool read_watch(struct piece text, struct site_line *out)
{
    uint64_t distance;
    out->watch = take(&text, "end") ? SITE_WATCH_END : SITE_WATCH_START;
    if (out->watch == SITE_WATCH_START && !take(&text, "start")) {
        return false;
    }
    bool minus = take(&text, "-");
    if ((!minus && !take(&text, "+")) || !number(text, 10, &distance) || distance > INT32_MAX) {
        return false;
    }
    out->watch_offset = minus ? -(int64_t)distance : (int64_t)distance;
    return true;
}

bool site_line_read(const char *text, size_t length, struct site_line *out, const char **why)
{
    struct piece rest = {text, length};
    bool begun = false;
    *out = (struct site_line){.side = SITE_BOTH};
    for (size_t i = 0; i < length; i++) {
        if (is_blank(text[i])) {
            continue;
        }
        rest.at = text + i;
        rest.length = 0;
        while (i < length && !is_blank(text[i])) {
            i++;
            rest.length++;
        }
        *why = !begun && !is(rest, "site") ? "it does not begin with 'site'"
               : take(&rest, "side=") && !read_side(rest, out)
                   ? "side= is not after, before or both"
               : take(&rest, "watch=") && !read_watch(rest, out) ? "watch= is not end+N or start-N"
               : take(&rest, "block=") && !number(rest, 10, &out->block) ? "block= is no number"
               : take(&rest, "stack=") && !read_frames(rest, out)
                   ? "stack= is no list of MODULE+0xOFFSET"
                   : NULL;
        begun = true;
        if (*why) {
            return false;
        }
    }
    *why = out->count == 0 ? "it has no stack" : NULL;
    return out->count > 0;
}

bool site_line_is_comment(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && is_blank(text[i])) {
        i++;
    }
    return i == length || text[i] == '#';
}

void site_line_begin(struct strbuf *out, const struct site_line *line)
{
    strbuf_printf(out, "site side=%s", sides[line->side]);
    if (line->watch != SITE_WATCH_NONE) {
        int64_t offset = line->watch_offset;
        strbuf_printf(out, " watch=%s%s%ld", line->watch == SITE_WATCH_END ? "end" : "start",
                      offset < 0 ? "" : "+", (long)offset);
    }
    if (line->block > 0) {
        strbuf_printf(out, " block=%lu", (unsigned long)line->block);
    }
    strbuf_str(out, " stack=");
}

void site_line_frame(struct strbuf *out, bool is_first, const uint8_t *build_id, size_t length,
                     const char *path, uint64_t offset)
{
    strbuf_str(out, is_first ? "" : ",");
    for (size_t i = 0; i < length; i++) {
        strbuf_printf(out, "%02x", build_id[i]);
    }
    for (; length == 0 && *path; path++) {
        uint8_t byte = (uint8_t)*path;
        bool plain = byte > ' ' && byte != ',' && byte != '%' && byte != '+' && byte != 0x7f;
        if (plain) {
            strbuf_char(out, (char)byte);
        } else {
            strbuf_printf(out, "%%%02x", byte);
        }
    }
    strbuf_printf(out, "+0x%lx", (unsigned long)offset);
}
