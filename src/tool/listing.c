#include "tool/listing.h"

#include <string.h>

#include "base/strbuf.h"
#include "options/table.h"

/* What table.c leaves out of the library, in the order of option_table. */
static const struct {
    const char *meaning, *details;
} words[] = {
#define OPTION(kind, name, least, most, words, standard, meaning, details) {meaning, details},
#include "options/options.def"
};

static const struct {
    const char *mode, *name, *value;
} presets[] = {
#define OPTION(...)
#define PRESET(mode, name, value) {#mode, #name, value},
#include "options/options.def"
};

static const char *kind_name(enum option_kind kind)
{
    static const char *const names[] = {
        [OPTION_CHOICE] = "choice", [OPTION_BYTES] = "bytes", [OPTION_NUMBER] = "number",
        [OPTION_FLAG] = "flag",     [OPTION_LIST] = "list",   [OPTION_PATH] = "path",
        [OPTION_FILES] = "files",   [OPTION_NAMES] = "names",
    };
    return names[kind];
}

/* "8..1K", "on|off", "0..1024G|auto" */
static void range_text(struct strbuf *out, const struct option *option)
{
    if (option->kind == OPTION_BYTES) {
        option_bytes_text(out, option->least);
        strbuf_str(out, "..");
        option_bytes_text(out, option->most);
        strbuf_str(out, *option->words ? "|" : "");
    } else if (option->kind == OPTION_NUMBER) {
        strbuf_printf(out, "%lu..%lu", (unsigned long)option->least, (unsigned long)option->most);
    } else if (option->kind == OPTION_PATH) {
        strbuf_str(out, "%p %e %%");
    }
    for (const char *p = option->words; *p; p++) {
        strbuf_char(out, *p == ' ' ? (option->kind == OPTION_LIST ? ',' : '|') : *p);
    }
}

static int wider(int width, const char *text)
{
    return strlen(text) > (size_t)width ? (int)strlen(text) : width;
}

void listing_table(FILE *out)
{
    int name = 4, standard = 7;
    for (size_t i = 0; i < option_count; i++) {
        name = wider(name, option_table[i].name);
        standard = wider(standard, option_table[i].standard);
    }
    fprintf(out, "%-*s %-7s %-*s %-18s %s\n", name, "name", "type", standard, "default", "range",
            "meaning");
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        char room[64];
        struct strbuf range;
        strbuf_init(&range, room, sizeof room);
        range_text(&range, option);
        fprintf(out, "%-*s %-7s %-*s %-18s %s\n", name, option->name, kind_name(option->kind),
                standard, *option->standard ? option->standard : "-", room, words[i].meaning);
    }
}

void listing_brief(FILE *out)
{
    for (size_t i = 0; i < option_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "--%s=", option_table[i].name);
        fprintf(out, "  %-16s %s\n", name, words[i].meaning);
    }
}

void listing_names(FILE *out)
{
    for (size_t i = 0; i < option_count; i++) {
        bool path = option_table[i].kind == OPTION_PATH || option_table[i].kind == OPTION_FILES;
        fprintf(out, "%s= %s\n", option_table[i].name, path ? "FILE" : option_table[i].words);
    }
}

/* Text in a manual page: a backslash is written \e, a minus that is meant to be copied \-, and no
 * line starts with a control character. */
static void manual_text(FILE *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\\') {
            fputs("\\e", out);
        } else if (*p == '-') {
            fputs("\\-", out);
        } else {
            fputc(*p, out);
        }
    }
    fputc('\n', out);
}

static void manual_presets(FILE *out)
{
    fputs(".SH PRESETS\n", out);
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        bool first = i == 0 || strcmp(presets[i].mode, presets[i - 1].mode) != 0;
        if (first) {
            fprintf(out, ".TP\n.B mode=%s\n", presets[i].mode);
        }
        fprintf(out, "%s=%s\n", presets[i].name, presets[i].value);
    }
}

static void manual_option(FILE *out, const struct option *option, const char *details)
{
    char room[128];
    struct strbuf allowed;
    strbuf_init(&allowed, room, sizeof room);
    option_allowed(&allowed, option);
    fprintf(out, ".TP\n.BR %s = \"\\fIvalue\\fR\"\n", option->name);
    manual_text(out, details);
    fputs("Takes ", out);
    manual_text(out, room);
    if (*option->standard) {
        fprintf(out, "(default \\fB%s\\fR).\n", option->standard);
    } else {
        fputs("(default: none).\n", out);
    }
}

static const char manual_head[] =
    ".TH COALMINE\\-OPTIONS 7 \"\" \"Coalmine " COALMINE_VERSION "\" \"Miscellaneous\"\n"
    ".SH NAME\n"
    "coalmine\\-options \\- options of the Coalmine allocator\n"
    ".SH DESCRIPTION\n"
    "An option is spelled the same in three places: on the command line of\n"
    ".BR coalmine (1)\n"
    "as \\fB\\-\\-name=value\\fR, in the environment variable\n"
    ".BR COALMINE_OPTIONS ,\n"
    "and in the string that a program returns from its own\n"
    ".BR \"const char *coalmine_default_options(void)\" .\n"
    "The command line wins over the environment, the environment over the program.\n"
    ".PP\n"
    "In the latter two, options are separated by colons or white space, and a value that\n"
    "holds one is quoted: \\fBquarantine=64M:log='/tmp/a b.txt'\\fR. Single and double\n"
    "quotes work alike; there is no escape character.\n"
    ".PP\n"
    "A mistake is told in one line on standard error. The command then exits with 2; a\n"
    "program that was started with the library preloaded goes on with the default.\n"
    ".SH OPTIONS\n";

void listing_manual(FILE *out)
{
    fputs(manual_head, out);
    for (size_t i = 0; i < option_count; i++) {
        manual_option(out, &option_table[i], words[i].details);
    }
    manual_presets(out);
    fputs(".SH SEE ALSO\n.BR coalmine (1)\n", out);
}
