#include "report/site_file.h"

#include <errno.h>
#include <string.h>

#include "inspect/sites.h"
#include "os/io.h"
#include "os/own.h"
#include "report/output.h"
#include "report/site_text.h"

enum {
    FILE_MOST = 1 << 20,
    PATH_BYTES = 4096 + OPTIONS_PATH_MOST,
    ENTRY_BYTES = 8192, /* 8 frames with paths of 512 bytes, twice */
    NOTED_MOST = SITES_MOST,
};

static const char *pattern = "";

/* Sites added to the file by this process: their hashes. */
static uint64_t noted[NOTED_MOST];
static size_t noted_count;

void site_file_start(const char *name)
{
    pattern = name;
}

static int open_path(bool to_write)
{
    char path[PATH_BYTES];
    struct strbuf out;
    strbuf_init(&out, path, sizeof path);
    (void)output_expand(&out, pattern);
    return out.cut ? -ENAMETOOLONG : to_write ? os_open_write(path, false) : os_open_read(path);
}

struct reading {
    options_complain *complain;
    void *context;
    unsigned line;
};

static void refuse(const struct reading *reading, const char *why)
{
    char room[256];
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    strbuf_printf(&out, "sites=%.*s", 120, pattern);
    if (reading->line > 0) {
        strbuf_printf(&out, ", line %u", reading->line);
    }
    strbuf_printf(&out, ": %s", why);
    reading->complain(reading->context, room);
}

/* Complains of the first line that makes no sense only: a wrong file has many. */
static void take_lines(const char *text, size_t length, struct reading *reading)
{
    bool refused = false;
    for (size_t at = 0; at < length;) {
        const char *start = text + at, *end = memchr(start, '\n', length - at);
        size_t bytes = end ? (size_t)(end - start) : length - at;
        struct site_line line;
        const char *why = NULL;
        reading->line++;
        at += bytes + 1;
        if (site_line_is_comment(start, bytes)) {
            continue;
        }
        if (site_line_read(start, bytes, &line, &why) && !sites_add(&line)) {
            why = "more sites than there is room for";
        }
        if (why && !refused) {
            refuse(reading, why);
            refused = true;
        }
    }
}

void site_file_read(options_complain *complain, void *context)
{
    struct reading reading = {complain, context, 0};
    int fd = pattern[0] ? open_path(false) : -ENOENT;
    if (fd < 0) {
        if (fd != -ENOENT) {
            refuse(&reading, "it cannot be read");
        }
        return;
    }
    char *text = own_alloc(FILE_MOST);
    size_t length = 0;
    for (ssize_t got; text && length < FILE_MOST; length += (size_t)got) {
        got = os_read(fd, text + length, FILE_MOST - length);
        if (got <= 0) {
            break;
        }
    }
    os_close(fd);
    if (text) {
        take_lines(text, length, &reading);
        own_free(text, FILE_MOST);
    }
}

/* True for one that was not noted before. */
static bool is_new(const struct site_line *site)
{
    uint64_t hash = site->count;
    for (unsigned i = 0; i < site->count; i++) {
        hash = (hash * 31 + site->frames[i].module) * 31 + site->frames[i].offset;
    }
    for (size_t i = 0; i < noted_count; i++) {
        if (noted[i] == hash) {
            return false;
        }
    }
    if (noted_count < NOTED_MOST) {
        noted[noted_count++] = hash;
    }
    return true;
}

static void note(const struct told_error *error, const struct trace *trace, uint32_t stack)
{
    static char room[ENTRY_BYTES]; /* under LOCK_REPORT */
    struct site_line site;
    if (sites_is_known(stack) || !site_of_trace(trace, &site) || !is_new(&site)) {
        return;
    }
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    site_suggest(error, &site);
    site_text(&out, error, trace, &site);
    int fd = out.cut ? -1 : open_path(true);
    if (fd >= 0) {
        os_write_all(fd, room, out.length);
        os_close(fd);
    }
}

void site_file_note(const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    if (!pattern[0] || finding->kind > FINDING_USE_AFTER_FREE || !finding->has_block) {
        return;
    }
    note(error, &error->alloc, finding->block.alloc_stack);
    if (finding->has_neighbour) {
        note(error, &error->neighbour_alloc, finding->neighbour.alloc_stack);
    }
}
