/* The coalmine command: runs programs under the library, shows what it reported, and names frames
 * for it. */
#include <stdio.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/ctl.h"
#include "tool/diff.h"
#include "tool/hunt.h"
#include "tool/listing.h"
#include "tool/render.h"
#include "tool/run.h"
#include "tool/symbolize.h"

static const char usage[] =
    "usage: coalmine [OPTION...] [--] PROGRAM [ARG...]   run PROGRAM under the allocator\n"
    "       coalmine hunt [--runs=N] [OPTION...] [--] PROGRAM [ARG...]\n"
    "                                                    run it again, with guards, until it is\n"
    "                                                    known who damages the heap\n"
    "       coalmine report [OPTION...] FILE...          show or add up reports that --json= "
    "wrote\n"
    "       coalmine ctl PID COMMAND                     ask a program that runs with control=on:\n"
    "                                                    check, leaks, mark, new-leaks,\n"
    "                                                    snapshot FILE, stats, why ADDRESS\n"
    "       coalmine diff OLD NEW [MORE...]              what appeared, grew or went away between\n"
    "                                                    reports or snapshots\n"
    "       coalmine options                             list every option\n"
    "       coalmine --help | --version\n"
    "\n"
    "Overflows, writes after free, double and invalid frees, mismatched releases and leaks\n"
    "are told on standard error, with the stacks that lead to them. The exit status is the\n"
    "program's own, or 23 (exitcode=) if that is 0 and something was found.\n"
    "\n"
    "options:\n";

/* What was printed must have arrived. */
static int finish_output(void)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        complain("cannot write to standard output");
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

static int print_help(void)
{
    fputs(usage, stdout);
    listing_brief(stdout);
    fputs("\nCOALMINE_OPTIONS holds options too, separated by colons; see coalmine-options(7).\n",
          stdout);
    return finish_output();
}

static int print_options(char **arguments)
{
    if (!arguments[0]) {
        listing_table(stdout);
    } else if (strcmp(arguments[0], "--man") == 0) {
        listing_manual(stdout);
    } else if (strcmp(arguments[0], "--names") == 0) {
        listing_names(stdout);
    } else {
        complain("'coalmine options' takes no argument '%s'", arguments[0]);
        return STATUS_USAGE;
    }
    return finish_output();
}

int main(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    if (strcmp(first, "--help") == 0) {
        return print_help();
    }
    if (strcmp(first, "--version") == 0) {
        puts("coalmine " COALMINE_VERSION);
        return finish_output();
    }
    if (strcmp(first, "options") == 0) {
        return print_options(argv + 2);
    }
    if (strcmp(first, "ctl") == 0) {
        return ctl(argv + 2);
    }
    if (strcmp(first, "diff") == 0) {
        return diff(argv + 2);
    }
    if (strcmp(first, "hunt") == 0) {
        return hunt(argv + 2);
    }
    if (strcmp(first, "report") == 0) {
        int status = render_reports(argv + 2);
        return status == STATUS_OK ? finish_output() : status;
    }
    if (strcmp(first, "symbolize") == 0) {
        return symbolize(stdin, stdout);
    }
    return run_program(argc > 1 ? argv + 1 : argv + argc);
}
