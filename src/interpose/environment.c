#include "interpose/environment.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "os/io.h"
#include "os/own.h"
#include "os/pages.h"

enum { PRELOAD, SETTINGS, HELPER, PLACE, VARIABLES };
enum { PLACE_BYTES = 64 };

static const char *const names[VARIABLES] = {
    [PRELOAD] = "LD_PRELOAD",
    [SETTINGS] = "COALMINE_OPTIONS",
    [HELPER] = "COALMINE_HELPER",
    [PLACE] = "COALMINE_PROCESS", /* PID:N, the Nth program of that process comes next */
};

static char *kept[VARIABLES]; /* whole entries, NAME=VALUE; NULL: there was none. Of the preloads
                                 only ours. Of the place, that of the next program. */
static struct environment_place here = {.image = 1};
static int here_pid;
static bool follows;

static const char *value_in(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=' ? entry + length + 1 : NULL;
}

static const char *find(char *const *environment, const char *name)
{
    for (; environment && *environment; environment++) {
        const char *value = value_in(*environment, name);
        if (value) {
            return value;
        }
    }
    return NULL;
}

static char *make_entry(const char *name, const char *value, size_t length)
{
    size_t bytes = strlen(name) + 1 + length + 1;
    char *entry = own_alloc(bytes);
    if (entry) {
        struct strbuf out;
        strbuf_init(&out, entry, bytes);
        strbuf_printf(&out, "%s=%.*s", name, (int)length, value);
    }
    return entry;
}

/* Our own piece of a list of preloads, which are parted by colons or blanks. NULL: not in it. */
static const char *our_piece(const char *list, size_t *length)
{
    for (const char *p = list; p && *p; p += strspn(p, ": ")) {
        size_t piece = strcspn(p, ": ");
        const char *slash = memrchr(p, '/', piece);
        const char *name = slash ? slash + 1 : p;
        if (strncmp(name, "libcoalmine.so", 14) == 0) {
            *length = piece;
            return p;
        }
        p += piece;
    }
    return NULL;
}

static unsigned number(const char **p)
{
    unsigned value = 0;
    for (; **p >= '0' && **p <= '9'; (*p)++) {
        value = value * 10 + (unsigned)(**p - '0');
    }
    return value;
}

/* "PID:N" or "PID:N:f"; of another process: that one started this. */
static void read_place(const char *text)
{
    if (!text) {
        return;
    }
    bool same = (int)number(&text) == os_pid() && *text == ':';
    here.forked = !same;
    if (same) {
        text++;
        unsigned image = number(&text);
        here.image = image > 0 ? image : 1;
        here.forked = strcmp(text, ":f") == 0;
    }
}

/* Of the program that this process, maybe a forked child, becomes next. */
static void write_place(char text[PLACE_BYTES])
{
    bool is_child = os_pid() != here_pid;
    struct strbuf out;
    strbuf_init(&out, text, PLACE_BYTES);
    strbuf_printf(&out, "%s=%d:%u%s", names[PLACE], os_pid(), is_child ? 2 : here.image + 1,
                  is_child || here.forked ? ":f" : "");
}

struct environment_place environment_read(char *const *environment, bool secure)
{
    if (secure) {
        return here;
    }
    for (int i = SETTINGS; i <= HELPER; i++) {
        const char *value = find(environment, names[i]);
        kept[i] = value ? make_entry(names[i], value, strlen(value)) : NULL;
    }
    size_t length;
    const char *ours = our_piece(find(environment, names[PRELOAD]), &length);
    kept[PRELOAD] = ours ? make_entry(names[PRELOAD], ours, length) : NULL;
    here_pid = os_pid();
    read_place(find(environment, names[PLACE]));
    kept[PLACE] = own_alloc(PLACE_BYTES);
    if (kept[PLACE]) {
        write_place(kept[PLACE]);
    }
    return here;
}

/* A list of preloads without our piece, into `out`. */
static void without_ours(const char *list, char *out)
{
    size_t at = 0, length;
    for (const char *ours; (ours = our_piece(list, &length)); list = ours + length) {
        memcpy(out + at, list, (size_t)(ours - list));
        at += (size_t)(ours - list);
    }
    size_t rest = strlen(list);
    memmove(out + at, list, rest + 1);
    at += rest;
    while (at > 0 && strchr(": ", out[at - 1])) {
        out[--at] = '\0';
    }
    memmove(out, out + strspn(out, ": "), at - strspn(out, ": ") + 1);
}

static void hide(void)
{
    const char *preloads = getenv(names[PRELOAD]);
    size_t length;
    if (our_piece(preloads, &length)) {
        char others[strlen(preloads) + 1];
        without_ours(preloads, others);
        if (others[0]) {
            setenv(names[PRELOAD], others, 1);
        } else {
            unsetenv(names[PRELOAD]);
        }
    }
    unsetenv(names[SETTINGS]);
    unsetenv(names[HELPER]);
    unsetenv(names[PLACE]);
}

/* In pages that the leak scan looks at: setenv() may put the program's blocks there. Without
 * setenv() of ours, which would take blocks of the program's heap. */
static void put(char *entry)
{
    size_t count = 0;
    for (char **p = environ; p && *p; p++) {
        if (value_in(*p, names[PLACE])) {
            *p = entry;
            return;
        }
        count++;
    }
    char **longer = os_pages_map(((count + 2) * sizeof *longer + OS_PAGE - 1) & ~(OS_PAGE - 1));
    if (longer && environ) {
        memcpy(longer, environ, count * sizeof *longer);
        longer[count] = entry;
        environ = longer;
    }
}

void environment_settle(const struct options *options)
{
    follows = options->children;
    if (!follows) {
        hide();
    } else if (kept[PLACE] && kept[PRELOAD]) {
        put(kept[PLACE]);
    }
}

struct environment_room environment_measure(char *const *given)
{
    struct environment_room room = {.entries = VARIABLES + 1, .text_bytes = PLACE_BYTES};
    for (char *const *p = given; p && *p; p++) {
        room.entries++;
    }
    const char *preloads = find(given, names[PRELOAD]);
    room.text_bytes += preloads ? strlen(preloads) : 0;
    room.text_bytes += kept[PRELOAD] ? strlen(kept[PRELOAD]) + 2 : 0;
    return room;
}

static bool lacks(char *const *given, int variable)
{
    const char *value = find(given, names[variable]);
    size_t length;
    return kept[variable] && (variable == PRELOAD ? !our_piece(value, &length) : !value);
}

/* Ours first, then what was preloaded besides. */
static char *preload_entry(const char *others, char *text)
{
    if (!others || !others[0]) {
        return kept[PRELOAD];
    }
    char *end = stpcpy(text, kept[PRELOAD]);
    *end++ = ':';
    stpcpy(end, others);
    return text;
}

char *const *environment_complete(char *const *given, bool next_image, char **entries, char *text)
{
    bool lack[VARIABLES], any = next_image && kept[PLACE];
    for (int i = 0; i < VARIABLES; i++) {
        lack[i] = lacks(given, i);
        any |= lack[i];
    }
    if (!follows || !kept[PRELOAD] || !any) {
        return given;
    }
    lack[PLACE] |= next_image && kept[PLACE];
    size_t at = 0;
    for (char *const *p = given; p && *p; p++) {
        bool replaced = (lack[PRELOAD] && value_in(*p, names[PRELOAD])) ||
                        (lack[PLACE] && value_in(*p, names[PLACE]));
        if (!replaced) {
            entries[at++] = *p;
        }
    }
    if (lack[PRELOAD]) {
        entries[at++] = preload_entry(find(given, names[PRELOAD]), text + PLACE_BYTES);
    }
    for (int i = SETTINGS; i <= HELPER; i++) {
        if (lack[i]) {
            entries[at++] = kept[i];
        }
    }
    if (lack[PLACE]) {
        if (next_image) {
            write_place(text);
        }
        entries[at++] = next_image ? text : kept[PLACE];
    }
    entries[at] = NULL;
    return entries;
}
