#include "tool/hunt_report.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/suppressed.h"
#include "report/words.h"
#include "tool/complain.h"
#include "tool/render.h"

/* Not what was being written when a process was killed. */
static bool is_whole(const char *path)
{
    size_t length = strlen(path);
    return length < 4 || strcmp(path + length - 4, ".new") != 0;
}

static bool add_matching(struct saved *out, char *pattern, const char *but)
{
    glob_t found = {0};
    bool any = false;
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const char *path = found.gl_pathv[i];
            bool wanted = is_whole(path) && (!but || strncmp(path, but, strlen(but)) != 0);
            any |= wanted && saved_add(out, path);
        }
    }
    globfree(&found);
    free(pattern);
    return any;
}

bool hunt_report_read(struct saved *out, const char *folder, pid_t pid)
{
    char *first = make_text("%s/%d.json", folder, (int)pid);
    bool any = add_matching(out, make_text("%s*", first), NULL);
    any |= add_matching(out, make_text("%s/*.json*", folder), first);
    free(first);
    return any;
}

/* The path that a pattern stands for. */
static char *expand(const char *pattern, int pid, const char *program)
{
    char *text = copy_text("");
    for (const char *p = pattern; *p; p++) {
        char *longer;
        if (*p == '%' && (p[1] == 'p' || p[1] == 'e' || p[1] == '%')) {
            p++;
            longer = *p == 'p'   ? make_text("%s%d", text, pid)
                     : *p == 'e' ? make_text("%s%s", text, words_base_name(program))
                                 : make_text("%s%%", text);
        } else {
            longer = make_text("%s%c", text, *p);
        }
        free(text);
        text = longer;
    }
    return text;
}

static FILE *open_pattern(const char *pattern, const struct saved *total, const char *program)
{
    char *path = expand(pattern, total->run.pid, program);
    FILE *out = fopen(path, "we");
    if (!out) {
        complain("cannot write %s: %s", path, strerror(errno));
    }
    free(path);
    return out;
}

static void close_file(FILE *out, const char *pattern)
{
    if (out != stderr && fclose(out) != 0) {
        complain("cannot write %s: %s", pattern, strerror(errno));
    }
}

static bool is_colored(const struct options *options, const FILE *out)
{
    bool automatic = out == stderr && isatty(STDERR_FILENO) && !getenv("NO_COLOR");
    return options->color == COLOR_ALWAYS || (options->color == COLOR_AUTO && automatic);
}

static bool is_clean(const struct saved *total)
{
    return !total->run.errors && total->leaks.count == 0 && !total->run.death &&
           !suppressed_any(total->run.suppressions);
}

void hunt_report_write(struct saved *total, const struct options *options, const char *program)
{
    /* where its reports went was our choice, not the user's */
    memcpy(total->options.json, options->json, sizeof total->options.json);
    memcpy(total->options.log, options->log, sizeof total->options.log);
    memcpy(total->options.sites, options->sites, sizeof total->options.sites);
    if (!options->quiet || !is_clean(total)) {
        FILE *out = options->log[0] ? open_pattern(options->log, total, program) : NULL;
        out = out ? out : stderr;
        render_text(out, total, is_colored(options, out));
        close_file(out, options->log);
    }
    FILE *json = options->json[0] ? open_pattern(options->json, total, program) : NULL;
    if (json) {
        render_json(json, total);
        close_file(json, options->json);
    }
}
