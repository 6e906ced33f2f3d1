#include "tool/hunt.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "options/options.h"
#include "report/death.h"
#include "report/words.h"
#include "tool/complain.h"
#include "tool/hunt_match.h"
#include "tool/hunt_merge.h"
#include "tool/hunt_plan.h"
#include "tool/hunt_report.h"
#include "tool/hunt_run.h"
#include "tool/hunt_verdict.h"
#include "tool/program.h"
#include "tool/run.h"

enum { RUNS_STANDARD = 6, RUNS_MOST = 1000, SIGNAL_NAME_BYTES = 32 };

struct hunt {
    unsigned runs_most;
    struct options options; /* the user's */
    char *options_text;
    struct hunt_program program;
    char *folder; /* for what runs write; gone at the end */
    struct hunt_plan plan;
    struct saved total;
    unsigned runs; /* so far, and the last of them: */
    struct hunt_run last;
    int sites; /* of that run */
};

static void say(const struct hunt *hunt, const char *format, ...) PRINTF_LIKE(2, 3);

static void say(const struct hunt *hunt, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!hunt->options.quiet) {
        fputs("coalmine: hunt: ", stderr);
        vfprintf(stderr, format, args);
        fputc('\n', stderr);
    }
    va_end(args);
}

static bool take_runs(const char *value, unsigned *out)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    if (errno != 0 || *end || *value < '0' || *value > '9' || number < 1 || number > RUNS_MOST) {
        complain("option 'runs': '%s' is not allowed; it takes a number from 1 to %d", value,
                 RUNS_MOST);
        return false;
    }
    *out = (unsigned)number;
    return true;
}

/* Takes --runs= out of the options; the rest is the library's. */
static bool take_options(struct hunt *hunt, char **arguments)
{
    static const char name[] = "--runs=";
    size_t count = 0, kept = 0;
    while (arguments[count]) {
        count++;
    }
    char **rest = have_room(count + 1, sizeof *rest);
    bool in_options = true, valid = true;
    for (size_t i = 0; i < count; i++) {
        in_options &= strncmp(arguments[i], "--", 2) == 0 && arguments[i][2] != '\0';
        if (in_options && strncmp(arguments[i], name, sizeof name - 1) == 0) {
            valid &= take_runs(arguments[i] + sizeof name - 1, &hunt->runs_most);
        } else {
            rest[kept++] = arguments[i];
        }
    }
    hunt->options_text = run_take_options(&rest, &hunt->options);
    hunt->program.arguments = rest;
    return valid && hunt->options_text;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

static void remove_folder(const struct hunt *hunt)
{
    (void)nftw(hunt->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static bool make_folder(struct hunt *hunt)
{
    const char *parent = getenv("TMPDIR");
    hunt->folder = make_text("%s/coalmine-hunt-XXXXXX", parent && *parent == '/' ? parent : "/tmp");
    if (!mkdtemp(hunt->folder)) {
        complain("cannot make a folder %s: %s", hunt->folder, strerror(errno));
        return false;
    }
    return true;
}

static char *add_option(char *text, char *assignment)
{
    char *piece = run_quoted(assignment);
    char *longer = run_joined(text, piece);
    free(piece);
    free(assignment);
    return longer;
}

/* All that the library is to be told for this run. Text for people would come once for each. */
static char *options_of_run(struct hunt *hunt, const char *folder, const char *sites)
{
    char *text = copy_text(hunt->options_text);
    const char *step = hunt_plan_options(&hunt->plan);
    text = add_option(text, make_text("json=%s/%%p.json", folder));
    text = add_option(text, copy_text("log=/dev/null"));
    if (*step) {
        text = run_joined(text, step);
        text = add_option(text, make_text("sites=%s", sites));
    }
    return text;
}

static bool run_once(struct hunt *hunt, const char *folder)
{
    char *sites = make_text("%s/sites", folder);
    hunt->sites = hunt->runs == 0 ? 0 : hunt_plan_write_sites(&hunt->plan, sites);
    bool done = hunt->sites >= 0;
    if (done && hunt->runs > 0) {
        char *what = hunt_plan_describe(&hunt->plan, hunt->sites);
        say(hunt, "run %u: %s", hunt->runs + 1, what);
        free(what);
    }
    char *options = options_of_run(hunt, folder, sites);
    done = done && hunt_run(&hunt->program, options, hunt->runs > 0, &hunt->last);
    free(options);
    free(sites);
    return done;
}

/* What this run showed that those before did not. */
static void tell_caught(const struct hunt *hunt, const struct saved *run)
{
    for (const struct told_error *error = run->run.errors; error; error = error->next) {
        if (hunt_is_caught(error) && !hunt_merge_find(&hunt->total, error)) {
            char place[HUNT_PLACE_BYTES];
            hunt_place(&error->access, place, sizeof place);
            const char *deed = error->finding.access == ACCESS_READ ? ", a read," : "";
            say(hunt, "run %u: caught in the act: %s%s in %s", hunt->runs,
                word_kind(error->finding.kind), deed, place);
        }
    }
}

static void take_findings(struct hunt *hunt, const char *folder)
{
    static const struct saved none;
    struct saved *run = have_room(1, sizeof *run);
    size_t open_before = hunt->plan.count;
    *run = none;
    if (!hunt_report_read(run, folder, hunt->last.pid)) {
        say(hunt, "run %u: no report came of it", hunt->runs);
        return;
    }
    tell_caught(hunt, run);
    hunt_plan_settle(&hunt->plan, &hunt->total, run);
    hunt_merge(&hunt->total, run);
    hunt_plan_look(&hunt->plan, &hunt->total);
    if (hunt->plan.count > open_before) {
        say(hunt, "run %u: damage seen only after it was done: %zu error%s", hunt->runs,
            hunt->plan.count, hunt->plan.count == 1 ? "" : "s");
    }
}

/* False after a complaint: there is nothing to report. */
static bool run_and_look(struct hunt *hunt)
{
    char *folder = make_text("%s/%u", hunt->folder, hunt->runs + 1);
    bool done = mkdir(folder, 0700) == 0;
    if (!done) {
        complain("cannot make a folder %s: %s", folder, strerror(errno));
    }
    done = done && run_once(hunt, folder);
    if (done) {
        hunt->runs++;
        take_findings(hunt, folder);
    }
    free(folder);
    return done;
}

/* The last run ended by a crash, and none has an error to show for it. 0: not so. */
static int unexplained_crash(const struct hunt *hunt)
{
    const struct told_death *told = hunt->total.run.death;
    struct death death = {.number = WIFSIGNALED(hunt->last.status) ? WTERMSIG(hunt->last.status)
                                    : told                         ? told->death.number
                                                                   : 0};
    return !hunt->total.run.errors && death_is_crash(&death) ? death.number : 0;
}

static void name_signal(int signal, char *out, size_t capacity)
{
    struct strbuf name;
    strbuf_init(&name, out, capacity);
    death_name(&name, signal);
}

static void tell_crash(const struct hunt *hunt, int signal)
{
    char room[SIGNAL_NAME_BYTES];
    name_signal(signal, room, sizeof room);
    say(hunt, "run %u: ended by %s, with no error found before", hunt->runs, room);
}

/* Of reads beside a block nothing is left to see afterwards: only guards see them. */
static void tell_nothing_found(const struct hunt *hunt, const char *verdict)
{
    const struct options *options = &hunt->options;
    bool has_more = options->guard != OPTIONS_GUARD_ALL || options->guard_align != OPTIONS_ALIGN_1;
    char room[SIGNAL_NAME_BYTES];
    bool crashed = unexplained_crash(hunt) != 0;
    name_signal(unexplained_crash(hunt), room, sizeof room);
    say(hunt, "%s%s%s%s", verdict, crashed ? "; the last was ended by " : "", crashed ? room : "",
        crashed && hunt->plan.step < HUNT_GIVE_UP ? "; --runs=N allows more"
        : has_more ? "; with --guard=all --guard_align=1 it sees reads as well, to the byte"
                   : "");
}

static void tell_lines(const struct hunt *hunt, char *lines)
{
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) {
        say(hunt, "%s", line);
    }
}

static void tell_open(const struct hunt *hunt)
{
    const char *plural = hunt->plan.count == 1 ? "" : "s";
    if (hunt_run_is_over()) {
        say(hunt, "ended by a signal, with %zu error%s not caught in the act", hunt->plan.count,
            plural);
    } else {
        say(hunt, "not caught in the act in %u run%s: %zu error%s%s", hunt->runs,
            hunt->runs == 1 ? "" : "s", hunt->plan.count, plural,
            hunt->plan.step == HUNT_GIVE_UP ? "" : "; --runs=N allows more");
    }
}

/* The hunt's last words. */
static void tell_end(const struct hunt *hunt)
{
    char *verdict = hunt_verdict(&hunt->plan, &hunt->total, hunt->runs);
    if (hunt->total.reports == 0) {
        say(hunt, "no report came of %u run%s", hunt->runs, hunt->runs == 1 ? "" : "s");
    } else if (hunt->total.run.errors) {
        tell_lines(hunt, verdict);
    } else {
        tell_nothing_found(hunt, verdict);
    }
    free(verdict);
    if (hunt->plan.count > 0) {
        tell_open(hunt);
    }
}

/* The status of the last run; where that found nothing, but one before did, what the library makes
 * of a program that would exit with 0. */
static int final_status(struct hunt *hunt)
{
    int status = hunt->last.status;
    bool found = hunt->total.run.errors || hunt->total.leaks.count > 0;
    if (found && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        hunt->total.run.exit_status = (int)hunt->options.exitcode;
        return (int)W_EXITCODE(hunt->options.exitcode, 0);
    }
    return status;
}

/* False: there is nothing more to try. */
static bool choose_next(struct hunt *hunt)
{
    int signal = unexplained_crash(hunt);
    if (hunt->plan.count > 0) {
        hunt_plan_next(&hunt->plan);
    } else if (signal != 0) {
        tell_crash(hunt, signal);
        hunt_plan_after_crash(&hunt->plan, &hunt->options);
    } else {
        return false;
    }
    return hunt->plan.step < HUNT_GIVE_UP;
}

static int run_hunt(struct hunt *hunt)
{
    if (!hunt_input_start(&hunt->program.input, hunt->folder)) {
        return STATUS_FAILED;
    }
    hunt_run_watch_signals();
    bool done;
    do {
        done = run_and_look(hunt);
    } while (done && choose_next(hunt) && hunt->runs < hunt->runs_most && !hunt_run_is_over());
    if (hunt->runs == 0) {
        return STATUS_FAILED;
    }
    int status = final_status(hunt);
    hunt_verdict_order(&hunt->plan, &hunt->total);
    if (hunt->total.reports > 0) {
        hunt_report_write(&hunt->total, &hunt->options, hunt->program.path);
    }
    tell_end(hunt);
    remove_folder(hunt);
    return hunt_run_pass_on(status);
}

int hunt(char **arguments)
{
    static struct hunt hunt = {.runs_most = RUNS_STANDARD};
    if (!take_options(&hunt, arguments)) {
        return STATUS_USAGE;
    }
    int status = STATUS_FAILED;
    char *path = program_find(hunt.program.arguments[0], &status);
    if (!path) {
        return status;
    }
    program_warn(path);
    hunt.program.path = path;
    if (!make_folder(&hunt)) {
        return STATUS_FAILED;
    }
    status = run_hunt(&hunt);
    remove_folder(&hunt);
    return status;
}
