#include "tool/diff.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/diff_file.h"
#include "tool/diff_series.h"
#include "tool/diff_text.h"

enum { DEPTH = 8, TOP = 20, NUMBER_MOST = 1000000, STATUS_GREW = 1, STATUS_TROUBLE = 2 };

struct request {
    bool json;
    struct diff_style style;
    char **paths;
    size_t count;
};

static bool complain_of_usage(const char *words, const char *which)
{
    complain("%s%s; it is 'coalmine diff [--json] [--depth=FRAMES] [--top=STACKS] OLD NEW "
             "[MORE...]'",
             words, which);
    return false;
}

static bool take_number(const char *option, const char *name, size_t *out)
{
    const char *text = option + strlen(name);
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 1 || value > NUMBER_MOST) {
        return complain_of_usage("not a number from 1 on: ", option);
    }
    *out = (size_t)value;
    return true;
}

static bool take_option(struct request *request, const char *option)
{
    static const char depth[] = "--depth=", top[] = "--top=";
    if (strcmp(option, "--json") == 0) {
        request->json = true;
        return true;
    }
    if (strncmp(option, depth, sizeof depth - 1) == 0) {
        return take_number(option, depth, &request->style.depth);
    }
    if (strncmp(option, top, sizeof top - 1) == 0) {
        return take_number(option, top, &request->style.top);
    }
    return complain_of_usage("unknown option ", option);
}

/* Leaves the paths at the front of `arguments`. */
static bool take_arguments(struct request *request, char **arguments)
{
    *request = (struct request){.style = {.depth = DEPTH, .top = TOP}, .paths = arguments};
    bool options = true;
    for (char **p = arguments; *p; p++) {
        if (options && strcmp(*p, "--") == 0) {
            options = false;
        } else if (!options || strncmp(*p, "--", 2) != 0) {
            request->paths[request->count++] = *p;
        } else if (!take_option(request, *p)) {
            return false;
        }
    }
    return request->count >= 2 || complain_of_usage("two files are needed", "");
}

static bool read_all(const struct request *request, struct diff_file *files)
{
    for (size_t i = 0; i < request->count; i++) {
        if (!diff_file_read(&files[i], request->paths[i])) {
            return false;
        }
        if (files[i].is_snapshot != files[0].is_snapshot) {
            complain("%s is a %s, %s a %s: they cannot be compared", files[0].path,
                     files[0].is_snapshot ? "snapshot" : "report", files[i].path,
                     files[i].is_snapshot ? "snapshot" : "report");
            return false;
        }
    }
    return true;
}

static bool grew(const struct series_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct series *series = &list->series[i];
        if (list->files > 2 ? series->is_steady
                            : series->change == CHANGE_APPEARED || series->change == CHANGE_GREW) {
            return true;
        }
    }
    return false;
}

static int compare(const struct request *request, const struct diff_file *files)
{
    struct series_list list;
    series_make(&list, files, request->count);
    bool written = true;
    if (request->json) {
        written = diff_json(stdout, &list, files);
    } else {
        diff_text(stdout, &list, files, &request->style);
    }
    int status = grew(&list) ? STATUS_GREW : STATUS_OK;
    series_free(&list);
    if (!written || fflush(stdout) != 0 || ferror(stdout)) {
        complain("cannot write to standard output");
        return STATUS_TROUBLE;
    }
    return status;
}

int diff(char **arguments)
{
    struct request request;
    if (!take_arguments(&request, arguments)) {
        return STATUS_TROUBLE;
    }
    struct diff_file *files = calloc(request.count, sizeof *files);
    if (!files) {
        complain("out of memory");
        return STATUS_TROUBLE;
    }
    int status = read_all(&request, files) ? compare(&request, files) : STATUS_TROUBLE;
    for (size_t i = 0; i < request.count; i++) {
        diff_file_free(&files[i]);
    }
    free(files);
    return status;
}
