#include "tool/saved_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/complain.h"

/* Whole numbers of more digits than jansson's signed ones are sure to hold, such as a size of -1,
 * are put in quotes. */
enum { DIGITS_MOST = 18 };

static char *read_file(const char *path)
{
    FILE *from = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *text = NULL;
    size_t length = 0;
    FILE *to = from ? open_memstream(&text, &length) : NULL;
    int error = errno;
    char room[16 * 1024];
    for (size_t got; to && (got = fread(room, 1, sizeof room, from)) > 0;) {
        fwrite(room, 1, got, to);
    }
    bool failed = !to || ferror(from);
    error = to ? errno : error;
    if (to && fclose(to) != 0) {
        failed = true;
    }
    if (from && from != stdin) {
        fclose(from);
    }
    if (failed) {
        complain("cannot read %s: %s", path, strerror(error));
        free(text);
        return NULL;
    }
    return text;
}

static char *quote_large_numbers(const char *text)
{
    char *quoted = NULL;
    size_t length = 0;
    FILE *out = have_memory(open_memstream(&quoted, &length));
    bool in_string = false;
    while (*text) {
        size_t digits = in_string ? 0 : strspn(text, "0123456789");
        bool large = digits > DIGITS_MOST;
        if (digits > 0) {
            fprintf(out, large ? "\"%.*s\"" : "%.*s", (int)digits, text);
            text += digits;
            continue;
        }
        if (in_string && *text == '\\' && text[1]) {
            fputc(*text++, out);
        } else if (*text == '"') {
            in_string = !in_string;
        }
        fputc(*text++, out);
    }
    fclose(out);
    return have_memory(quoted);
}

json_t *saved_file_load(const char *path)
{
    char *text = read_file(path);
    if (!text) {
        return NULL;
    }
    char *quoted = quote_large_numbers(text);
    json_error_t error;
    json_t *document = json_loads(quoted, 0, &error);
    free(quoted);
    free(text);
    if (!document) {
        complain("%s:%d: not JSON: %s", path, error.line, error.text);
    } else if (!json_is_integer(json_object_get(document, "coalmine"))) {
        complain("%s: not a report of coalmine", path);
        document = NULL;
    }
    return document;
}
