/* The options parser with any text: it ends, complains in whole lines, and what it took it gives
 * back in a form that it takes again, to the same effect. */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/options.h"

enum { LINE_MOST = 4096, NAMES_MOST = 64, VALUE_MOST = OPTIONS_PATH_MOST };

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

struct values {
    size_t count;
    struct {
        char name[64];
        char value[VALUE_MOST];
    } each[NAMES_MOST];
};

static void complain(void *context, const char *line)
{
    size_t *complaints = context;
    (*complaints)++;
    MUST(line[0] != '\0' && strlen(line) < LINE_MOST && !strchr(line, '\n'));
}

static void keep(void *context, const char *name, const char *value)
{
    struct values *values = context;
    MUST(values->count < NAMES_MOST && strlen(name) < 64 && strlen(value) < VALUE_MOST);
    strcpy(values->each[values->count].name, name);
    strcpy(values->each[values->count].value, value);
    values->count++;
}

static void same_again(const struct values *values)
{
    static struct options again;
    static struct values second;
    static char assignment[64 + VALUE_MOST + 1];
    size_t complaints = 0;
    options_defaults(&again);
    for (size_t i = 0; i < values->count; i++) {
        if (values->each[i].value[0] == '\0') {
            continue; /* a path that was not given */
        }
        snprintf(assignment, sizeof assignment, "%s=%s", values->each[i].name,
                 values->each[i].value);
        MUST(options_set_one(&again, assignment, complain, &complaints));
    }
    options_finish(&again);
    second.count = 0;
    options_each(&again, keep, &second);
    MUST(complaints == 0 && second.count == values->count);
    for (size_t i = 0; i < second.count; i++) {
        MUST(strcmp(second.each[i].value, values->each[i].value) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct options options;
    static struct values values;
    size_t complaints = 0;
    char *text = malloc(size + 1);
    if (!text) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    options_defaults(&options);
    bool clean = options_parse(&options, text, complain, &complaints);
    MUST(clean == (complaints == 0));
    size_t before = complaints;
    bool taken = options_set_one(&options, text, complain, &complaints);
    MUST(taken == (complaints == before));
    options_finish(&options);
    values.count = 0;
    options_each(&options, keep, &values);
    same_again(&values);
    free(text);
    return 0;
}
