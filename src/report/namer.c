#include "report/namer.h"

#include <string.h>

#include "base/strbuf.h"
#include "inspect/address.h"
#include "os/helper.h"
#include "os/own.h"
#include "os/paths.h"

enum {
    ALL_ANSWERS_MS = 20 * 1000, /* of one session, so that a stuck helper never stops the program */
    PATH_MOST = 4096,
    CHUNK_BYTES = 32 * 1024, /* questions sent before their answers are waited for */
    QUESTION_MOST = 3 * PATH_MOST + 128,
    ANSWER_LINE_MOST = 16 * 1024, /* a longer one, a name of some template, is cut */
    FAILURES_MOST = 3,            /* a helper that ends early may have met one bad file */
};

/* What the helper finds of the program's environment: enough to find debug information. */
static const char *const wanted_variables[] = {
    "PATH=", "HOME=", "TMPDIR=", "XDG_CACHE_HOME=", "DEBUGINFOD_", "LD_LIBRARY_PATH=",
};
enum { ENVIRONMENT_MOST = 16 };

static char *environment_copy[ENVIRONMENT_MOST + 1];
static const char *given_helper; /* COALMINE_HELPER */
static const char *failure;
static unsigned failures; /* at FAILURES_MOST no helper is asked any more */

/* One session. */
static struct {
    const struct namer_dialog *dialog;
    uint32_t open; /* questions of this chunk without an answer yet */
    size_t line_length;
    char line[ANSWER_LINE_MOST]; /* the answer line that is coming in */
    char chunk[CHUNK_BYTES];
    char path[PATH_MOST];
} session;

static char *keep(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = own_alloc(bytes);
    if (copy) {
        memcpy(copy, text, bytes);
    }
    return copy;
}

static bool is_wanted(const char *variable)
{
    for (size_t i = 0; i < sizeof wanted_variables / sizeof *wanted_variables; i++) {
        if (strncmp(variable, wanted_variables[i], strlen(wanted_variables[i])) == 0) {
            return true;
        }
    }
    return false;
}

void namer_start(char *const *environment)
{
    static const char helper_is[] = "COALMINE_HELPER=";
    size_t count = 0;
    for (; environment && *environment; environment++) {
        if (strncmp(*environment, helper_is, sizeof helper_is - 1) == 0) {
            given_helper = keep(*environment + sizeof helper_is - 1);
        } else if (count < ENVIRONMENT_MOST && is_wanted(*environment)) {
            environment_copy[count] = keep(*environment);
            count += environment_copy[count] != NULL;
        }
    }
}

const char *namer_failure(void)
{
    return failure;
}

static bool is_there(const char *directory, size_t length, const char *rest)
{
    struct strbuf path;
    strbuf_init(&path, session.path, sizeof session.path);
    strbuf_bytes(&path, directory, length);
    strbuf_str(&path, rest);
    return !path.cut && os_path_is_executable(session.path);
}

/* Leaves the path in session.path. */
static bool find_helper(void)
{
    if (given_helper && is_there(given_helper, strlen(given_helper), "")) {
        return true;
    }
    if (is_there(COALMINE_BINDIR, sizeof COALMINE_BINDIR - 1, "/coalmine")) {
        return true;
    }
    static const char *const beside[] = {"/coalmine", "/../coalmine", "/../bin/coalmine",
                                         "/../../bin/coalmine"};
    static char self[PATH_MOST];
    uintptr_t bias;
    struct strbuf path;
    strbuf_init(&path, self, sizeof self);
    const char *slash =
        address_find_file((uintptr_t)find_helper, &path, &bias) ? strrchr(self, '/') : NULL;
    for (size_t i = 0; slash && i < sizeof beside / sizeof *beside; i++) {
        if (is_there(self, (size_t)(slash - self), beside[i])) {
            return true;
        }
    }
    return false;
}

static void put_question(struct strbuf *out, const struct namer_question *question)
{
    const struct module *module = question->module;
    strbuf_printf(out, "%u ", question->number);
    for (const char *p = module->path; *p; p++) {
        bool plain = (unsigned char)*p > ' ' && *p != '%' && *p != 0x7f;
        strbuf_printf(out, plain ? "%c" : "%%%02x", plain ? *p : (unsigned char)*p);
    }
    strbuf_printf(out, " %lx ", (unsigned long)question->offset);
    for (unsigned i = 0; i < module->build_id_length; i++) {
        strbuf_printf(out, "%02x", module->build_id[i]);
    }
    strbuf_str(out, module->build_id_length > 0 ? "\n" : "-\n");
}

static unsigned parse_number(const char **text)
{
    unsigned long value = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        value = value < 100000000 ? value * 10 + (unsigned)(**text - '0') : value;
    }
    return (unsigned)value;
}

/* Cuts `*rest` at the next tab; what was before it. */
static const char *cut_field(char **rest)
{
    char *field = *rest;
    *rest = strchrnul(field, '\t');
    if (**rest) {
        *(*rest)++ = '\0';
    }
    return field;
}

static void take_line(char *text)
{
    const char *after = text;
    unsigned number = parse_number(&after);
    if (after == text || *after != ' ') {
        return;
    }
    char *rest = text + (after - text) + 1;
    if (strcmp(rest, ".") == 0) {
        session.open -= session.open > 0;
        session.dialog->end(session.dialog->context, number);
        return;
    }
    struct namer_line line = {.function = cut_field(&rest)};
    line.file = cut_field(&rest);
    const char *digits = cut_field(&rest);
    line.number = parse_number(&digits);
    line.inlined = *cut_field(&rest) == '1';
    line.linkage = cut_field(&rest);
    session.dialog->line(session.dialog->context, number, &line);
}

/* True when every question of the chunk is answered. */
static bool take_answers(void *context, const char *data, size_t length)
{
    (void)context;
    for (size_t i = 0; i < length; i++) {
        if (data[i] == '\n') {
            session.line[session.line_length] = '\0';
            session.line_length = 0;
            take_line(session.line);
        } else if (session.line_length < sizeof session.line - 1) {
            session.line[session.line_length++] = data[i];
        }
    }
    return session.open == 0;
}

/* Fills the chunk with questions; how many bytes. */
static size_t gather(void)
{
    struct strbuf chunk;
    strbuf_init(&chunk, session.chunk, sizeof session.chunk);
    session.open = 0;
    struct namer_question question;
    while (chunk.capacity - chunk.length > QUESTION_MOST &&
           session.dialog->next(session.dialog->context, &question)) {
        put_question(&chunk, &question);
        session.open++;
    }
    return chunk.length;
}

static bool fail(const char *why, unsigned weight)
{
    failure = why;
    failures += weight;
    return false;
}

static bool ask_all(const struct os_helper *helper)
{
    uint64_t deadline = os_helper_now_ms() + ALL_ANSWERS_MS;
    session.line_length = 0;
    for (size_t length = gather(); length > 0; length = gather()) {
        if (!os_helper_ask(helper, session.chunk, length, deadline, take_answers, NULL)) {
            return os_helper_now_ms() < deadline
                       ? fail("the helper program could not be run or ended early", 1)
                       : fail("the helper program did not answer in time", FAILURES_MOST);
        }
    }
    return true;
}

bool namer_ask(const struct namer_dialog *dialog)
{
    if (failures >= FAILURES_MOST) {
        return false;
    }
    if (!find_helper()) {
        return fail("the helper program was not found", FAILURES_MOST);
    }
    static char name[] = "coalmine", command[] = "symbolize";
    static char *const arguments[] = {name, command, NULL};
    struct os_helper helper;
    if (!os_helper_start(session.path, arguments, environment_copy, &helper)) {
        return fail("no process could be made for the helper program", 1);
    }
    session.dialog = dialog;
    bool done = ask_all(&helper);
    os_helper_end(&helper, !done);
    return done;
}
