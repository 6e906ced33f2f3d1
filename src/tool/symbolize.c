#include "tool/symbolize.h"

#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/symbol_file.h"

struct request {
    unsigned long number;
    char *path;
    uint64_t address;
    const char *build_id; /* "" for none */
};

/* Asked and answered before: the stacks of one program share most of their frames. */
struct answer {
    const struct symbol_file *file;
    uint64_t address;
    char *text; /* lines without the request's number */
};

static int compare_answers(const void *a, const void *b)
{
    const struct answer *left = a;
    const struct answer *right = b;
    if (left->file != right->file) {
        return (uintptr_t)left->file < (uintptr_t)right->file ? -1 : 1;
    }
    return (left->address > right->address) - (left->address < right->address);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)((found - digits) % 16) : -1;
}

/* Takes %XX escapes out, in place. */
static void unescape(char *text)
{
    char *out = text;
    for (const char *p = text; *p; p++) {
        if (*p == '%' && hex_digit(p[1]) >= 0 && hex_digit(p[2]) >= 0) {
            *out++ = (char)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
            p += 2;
        } else {
            *out++ = *p;
        }
    }
    *out = '\0';
}

/* A whole word as a number. */
static bool parse_number(const char *word, int base, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = word ? strtoull(word, &end, base) : 0;
    return word && hex_digit(*word) >= 0 && *end == '\0' && errno == 0;
}

/* Cuts the line into its words. False if not even its number can be read; a request that is wrong
 * in another way has no path. */
static bool parse_request(char *line, struct request *out)
{
    static const char blanks[] = " \r\n";
    char *at;
    uint64_t number;
    if (!parse_number(strtok_r(line, blanks, &at), 10, &number)) {
        return false;
    }
    *out = (struct request){.number = number};
    char *path = strtok_r(NULL, blanks, &at);
    const char *offset = strtok_r(NULL, blanks, &at);
    const char *build_id = strtok_r(NULL, blanks, &at);
    if (build_id && parse_number(offset, 16, &out->address)) {
        unescape(path);
        out->path = path;
        out->build_id = strcmp(build_id, "-") == 0 ? "" : build_id;
    }
    return true;
}

/* A field ends at a tab, a line at its end: names hold neither. */
static void put_field(FILE *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        bool control = (unsigned char)*p < ' ' || *p == 127;
        fputc(control ? '?' : *p, out);
    }
}

static void put_frame(void *context, const struct symbol_frame *frame)
{
    FILE *out = context;
    put_field(out, frame->function);
    fputc('\t', out);
    put_field(out, frame->file);
    fputc('\t', out);
    if (frame->line > 0) {
        fprintf(out, "%d", frame->line);
    }
    fprintf(out, "\t%d", frame->inlined);
    if (*frame->linkage) {
        fputc('\t', out);
        put_field(out, frame->linkage);
    }
    fputc('\n', out);
}

/* The frames as text; "" for none. */
static char *describe(struct symbol_file *file, uint64_t address)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out) {
        return copy_text("");
    }
    symbol_file_frames(file, address, put_frame, out);
    if (fclose(out) != 0) {
        free(text);
        return copy_text("");
    }
    return text;
}

static const char *look_up(struct symbol_file *file, uint64_t address)
{
    static void *answers;
    struct answer key = {.file = file, .address = address};
    struct answer **known = tfind(&key, &answers, compare_answers);
    if (known) {
        return (*known)->text;
    }
    struct answer *fresh = malloc(sizeof *fresh);
    if (!fresh) {
        return "";
    }
    *fresh = (struct answer){file, address, describe(file, address)};
    if (!tsearch(fresh, &answers, compare_answers)) {
        free(fresh->text);
        free(fresh);
        return "";
    }
    return fresh->text;
}

static void answer(FILE *out, const struct request *request)
{
    struct symbol_file *file =
        request->path ? symbol_file_open(request->path, request->build_id) : NULL;
    const char *text = file ? look_up(file, request->address) : "";
    while (*text) {
        size_t length = strcspn(text, "\n") + 1;
        fprintf(out, "%lu %.*s", request->number, (int)length, text);
        text += length;
    }
    fprintf(out, "%lu .\n", request->number);
}

int symbolize(FILE *requests, FILE *answers)
{
    char *line = NULL;
    size_t capacity = 0;
    bool heard = true;
    while (heard && getline(&line, &capacity, requests) > 0) {
        struct request request;
        if (parse_request(line, &request)) {
            answer(answers, &request);
            heard = fflush(answers) == 0;
        }
    }
    free(line);
    return heard ? STATUS_OK : STATUS_FAILED;
}
