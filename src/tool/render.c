#include "tool/render.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "report/death.h"
#include "report/document.h"
#include "report/suppressed.h"
#include "report/text.h"
#include "tool/complain.h"
#include "tool/suggest.h"

enum form { FORM_TEXT, FORM_JSON, FORM_SUPPRESSIONS };

struct request {
    enum form form;
    enum suggest_style style; /* of suppressions */
    bool budgets;
};

static bool to_file(void *context, const char *data, size_t length)
{
    return fwrite(data, 1, length, context) == length;
}

void render_text(FILE *to, const struct saved *saved, bool color)
{
    char room[16 * 1024];
    struct strbuf out;
    strbuf_init_flush(&out, room, sizeof room, to_file, to);
    const struct told_run *run = &saved->run;
    const struct text_style style = {.pid = run->pid, .color = color};
    for (const struct told_error *error = run->errors; error; error = error->next) {
        text_error(&out, &style, error);
    }
    if (run->death && death_is_crash(&run->death->death)) {
        death_text(&out, &style, run->death);
    }
    for (size_t i = 0; i < saved->leaks.count; i++) {
        text_leak(&out, &style, &run->leak_groups[i]);
    }
    bool found = run->errors || saved->leaks.count > 0 || suppressed_any(run->suppressions);
    if (saved->reports > 1) {
        strbuf_printf(&out, "==%d== coalmine: %u reports added up, the first of process %d\n",
                      run->pid, saved->reports, run->pid);
    }
    (found ? text_summary : text_clean)(&out, &style, run);
    strbuf_finish(&out);
}

void render_json(FILE *to, const struct saved *saved)
{
    char room[16 * 1024];
    struct strbuf out;
    strbuf_init_flush(&out, room, sizeof room, to_file, to);
    document_start(&out, &saved->run, &saved->options);
    for (const struct told_error *error = saved->run.errors; error; error = error->next) {
        document_error(&out, error, error == saved->run.errors);
    }
    document_end(&out, &saved->run);
    strbuf_finish(&out);
}

static bool take_option(const char *word, struct request *request)
{
    static const struct {
        const char *word;
        enum form form;
        enum suggest_style style;
    } known[] = {
        {"--format=text", FORM_TEXT, 0},
        {"--format=json", FORM_JSON, 0},
        {"--suppressions", FORM_SUPPRESSIONS, SUGGEST_VALGRIND},
        {"--suppressions=valgrind", FORM_SUPPRESSIONS, SUGGEST_VALGRIND},
        {"--suppressions=lsan", FORM_SUPPRESSIONS, SUGGEST_LSAN},
    };
    if (strcmp(word, "--budgets") == 0) {
        request->budgets = true;
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(word, known[i].word) == 0) {
            request->form = known[i].form;
            request->style = known[i].style;
            return true;
        }
    }
    complain("'coalmine report' takes --format=text, --format=json, --suppressions[=valgrind|lsan] "
             "and --budgets, not '%s'",
             word);
    return false;
}

/* Moves `arguments` to the files. */
static bool take_options(char ***arguments, struct request *request)
{
    char **p = *arguments;
    for (; *p && strncmp(*p, "--", 2) == 0 && (*p)[2]; p++) {
        if (!take_option(*p, request)) {
            return false;
        }
    }
    p += *p && strcmp(*p, "--") == 0;
    if (!*p) {
        complain("'coalmine report' needs a file that --json= wrote");
        return false;
    }
    *arguments = p;
    return true;
}

int render_reports(char **arguments)
{
    static struct saved saved;
    struct request request = {.form = FORM_TEXT};
    if (!take_options(&arguments, &request)) {
        return STATUS_USAGE;
    }
    for (; *arguments; arguments++) {
        if (!saved_add(&saved, *arguments)) {
            return STATUS_USAGE;
        }
    }
    saved_sort(&saved);
    switch (request.form) {
    case FORM_TEXT:
        render_text(stdout, &saved, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
        break;
    case FORM_JSON:
        render_json(stdout, &saved);
        break;
    case FORM_SUPPRESSIONS:
        suggest_suppressions(stdout, &saved.run, request.style, request.budgets);
        break;
    }
    return STATUS_OK;
}
