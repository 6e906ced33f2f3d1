#include "tool/run.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/options.h"
#include "options/table.h"
#include "tool/complain.h"
#include "tool/places.h"
#include "tool/program.h"

/* A single quote itself goes between double ones. */
char *run_quoted(const char *assignment)
{
    if (!strpbrk(assignment, ": \t\n\v\f\r'\"")) {
        return copy_text(assignment);
    }
    size_t name_length = strcspn(assignment, "=") + 1;
    char *text = make_text("%.*s'", (int)name_length, assignment);
    for (const char *p = assignment + name_length; *p; p++) {
        char *longer = *p == '\'' ? make_text("%s'\"'\"'", text) : make_text("%s%c", text, *p);
        free(text);
        text = longer;
    }
    char *closed = make_text("%s'", text);
    free(text);
    return closed;
}

/* An assignment to an option that names files, with names that hold in other folders too: children
 * may run there. */
static char *anchored(const char *assignment)
{
    size_t name_length = strcspn(assignment, "=");
    const struct option *option = option_find(assignment, name_length);
    char *folder = option && option->kind == OPTION_FILES ? getcwd(NULL, 0) : NULL;
    if (!folder || !assignment[name_length] || strchr(folder, ',')) {
        free(folder);
        return copy_text(assignment);
    }
    char *text = make_text("%.*s", (int)name_length + 1, assignment);
    for (const char *p = assignment + name_length + 1; *p; p += *p == ',') {
        size_t length = strcspn(p, ",");
        bool relative = length > 0 && *p != '/';
        char *longer = make_text("%s%s%s%.*s%s", text, relative ? folder : "", relative ? "/" : "",
                                 (int)length, p, p[length] ? "," : "");
        free(text);
        text = longer;
        p += length;
    }
    free(folder);
    return text;
}

char *run_joined(char *list, const char *more)
{
    char *longer = *list ? make_text("%s:%s", list, more) : copy_text(more);
    free(list);
    return longer;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

char *run_take_options(char ***arguments, struct options *options)
{
    options_defaults(options);
    const char *inherited = environment("COALMINE_OPTIONS");
    bool valid = options_parse(options, inherited, complain_option, (void *)"COALMINE_OPTIONS: ");
    char *text = copy_text(inherited);
    char **p = *arguments;
    for (; *p && strncmp(*p, "--", 2) == 0 && (*p)[2]; p++) {
        valid &= options_set_one(options, *p + 2, complain_option, (void *)"");
        char *assignment = anchored(*p + 2);
        char *piece = run_quoted(assignment);
        text = run_joined(text, piece);
        free(piece);
        free(assignment);
    }
    if (*p && strcmp(*p, "--") == 0) {
        p++;
    } else if (*p && **p == '-') {
        complain("unknown option '%s'; 'coalmine --help' shows how it is run", *p);
        valid = false;
    }
    *arguments = p;
    if (valid && !*p) {
        complain("no program given; 'coalmine --help' shows how it is run");
        valid = false;
    }
    if (!valid) {
        free(text);
        return NULL;
    }
    return text;
}

/* Whether a list, separated by colons or blanks as the loader has it, names the library already. */
static bool is_listed(const char *list, const char *path)
{
    size_t length = strlen(path);
    for (const char *p = list; *p; p += strspn(p, ": ")) {
        size_t piece = strcspn(p, ": ");
        if (piece == length && memcmp(p, path, length) == 0) {
            return true;
        }
        p += piece;
    }
    return false;
}

/* Puts the library in front of what is preloaded anyway. */
static bool preload(const char *library)
{
    const char *others = environment("LD_PRELOAD");
    if (strpbrk(library, ": ")) {
        complain("%s cannot be preloaded: the loader takes no path with a colon or blank", library);
        return false;
    }
    if (is_listed(others, library)) {
        return true;
    }
    char *list = *others ? make_text("%s:%s", library, others) : copy_text(library);
    bool done = setenv("LD_PRELOAD", list, 1) == 0;
    free(list);
    return done;
}

bool run_prepare_environment(const char *options)
{
    char *command = place_of_command();
    char *library = place_of_library(command);
    bool done = false;
    if (!library) {
        complain("libcoalmine.so is neither beside this command nor in %s", COALMINE_LIBDIR);
    } else if (preload(library)) {
        done = setenv("COALMINE_OPTIONS", options, 1) == 0 &&
               (!command || setenv("COALMINE_HELPER", command, 1) == 0);
    }
    free(library);
    free(command);
    return done;
}

int run_program(char **arguments)
{
    struct options read;
    char *options = run_take_options(&arguments, &read);
    if (!options) {
        return STATUS_USAGE;
    }
    int status = STATUS_FAILED;
    char *path = program_find(arguments[0], &status);
    if (path) {
        program_warn(path);
        if (run_prepare_environment(options)) {
            status = program_execute(path, arguments);
        }
        free(path);
    }
    free(options);
    return status;
}
