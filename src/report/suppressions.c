#include "report/suppressions.h"

#include <errno.h>
#include <string.h>

#include "os/io.h"
#include "os/own.h"
#include "report/suppression_match.h"
#include "report/suppression_text.h"
#include "report/words.h"

enum {
    FILE_BYTES_MOST = 4 * 1024 * 1024, /* what is longer is no file of suppressions */
    FIRST_ROOM = 16 * 1024,
    COMPLAINT_MOST = 512,
    TITLE_MOST = 384, /* leaves room for the reason */
};

static struct suppression *first;
static struct suppression **end = &first;

static void take(void *context, struct suppression *entry)
{
    (void)context;
    *end = entry;
    end = &entry->next;
}

struct listener {
    options_complain *complain;
    void *context;
};

static void pass_on(void *context, const char *line)
{
    const struct listener *listener = context;
    listener->complain(listener->context, line);
}

static void complain_file(const struct listener *listener, const char *path, const char *why)
{
    char room[COMPLAINT_MOST];
    struct strbuf line;
    strbuf_init(&line, room, sizeof room);
    strbuf_str(&line, "suppressions: cannot read ");
    words_safe(&line, path);
    line.length = line.length < TITLE_MOST ? line.length : TITLE_MOST;
    strbuf_printf(&line, ": %s", why);
    listener->complain(listener->context, room);
}

static const char *reason(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return "no such file";
    case EACCES:
    case EPERM:
        return "permission denied";
    case EISDIR:
        return "it is a directory";
    case ENOMEM:
        return "no memory";
    case EFBIG:
        return "it is too long";
    default:
        return "read error";
    }
}

struct content {
    char *text;
    size_t length, room; /* of own_alloc */
};

static bool grow(struct content *content)
{
    struct content wider = {.length = content->length, .room = content->room * 2};
    wider.room = wider.room ? wider.room : FIRST_ROOM;
    wider.text = wider.room <= FILE_BYTES_MOST ? own_alloc(wider.room) : NULL;
    if (!wider.text) {
        return false;
    }
    memcpy(wider.text, content->text ? content->text : "", content->length);
    own_free(content->text, content->room);
    *content = wider;
    return true;
}

/* 0, or the errno of what went wrong. Leaves one byte of room behind the content. */
static int read_all(int fd, struct content *content)
{
    for (;;) {
        if (content->length + 1 >= content->room && !grow(content)) {
            return content->room >= FILE_BYTES_MOST ? EFBIG : ENOMEM;
        }
        ssize_t got =
            os_read(fd, content->text + content->length, content->room - content->length - 1);
        if (got <= 0) {
            return got < 0 ? EISDIR : 0; /* what can be opened and not read is a directory */
        }
        content->length += (size_t)got;
    }
}

static void read_file(const char *path, const struct listener *listener)
{
    int fd = os_open_read(path);
    if (fd < 0) {
        complain_file(listener, path, reason(-fd));
        return;
    }
    struct content content = {0};
    int error = read_all(fd, &content);
    os_close(fd);
    if (error != 0) {
        complain_file(listener, path, reason(error));
        own_free(content.text, content.room);
        return;
    }
    suppression_text_read(content.text, content.length,
                          &(struct suppression_source){.file = path,
                                                       .title = path,
                                                       .take = take,
                                                       .complain = pass_on,
                                                       .context = (void *)listener});
}

void suppressions_read_files(const char *list, options_complain *complain, void *context)
{
    const struct listener listener = {complain, context};
    for (const char *p = list; *p; p += *p == ',') {
        size_t length = strcspn(p, ",");
        char *path = own_alloc(length + 1); /* entries keep it */
        if (path && length > 0) {
            memcpy(path, p, length);
            path[length] = '\0';
            read_file(path, &listener);
        }
        p += length;
    }
}

void suppressions_read_text(const char *text, const char *title, options_complain *complain,
                            void *context)
{
    const struct listener listener = {complain, context};
    size_t length = text ? strlen(text) : 0;
    char *copy = length > 0 ? own_alloc(length + 1) : NULL;
    if (!copy) {
        return;
    }
    memcpy(copy, text, length + 1);
    suppression_text_read(
        copy, length,
        &(struct suppression_source){
            .title = title, .take = take, .complain = pass_on, .context = (void *)&listener});
}

const struct suppression *suppressions_first(void)
{
    return first;
}

static void count(struct suppression_tally *tally, const struct leak_group *group)
{
    tally->groups++;
    tally->blocks += group->blocks + group->indirect_blocks;
    tally->bytes += group->bytes + group->indirect_bytes;
}

struct suppression *suppressions_match_leak(const struct told_leak *leak)
{
    struct suppression *best = NULL;
    for (struct suppression *entry = first; entry; entry = entry->next) {
        bool better = !best || !entry->has_budget;
        if (better && suppression_matches_leak(entry, leak)) {
            best = entry;
            if (!entry->has_budget) {
                break;
            }
        }
    }
    if (best) {
        count(&best->found, &leak->group);
    }
    return best;
}

bool suppressions_hide_leak(struct suppression *match, const struct told_leak *leak)
{
    if (match->found.bytes > match->most_bytes || match->found.blocks > match->most_blocks) {
        return false;
    }
    count(&match->hidden, &leak->group);
    return true;
}

struct suppression *suppressions_match_error(const struct told_error *error)
{
    for (struct suppression *entry = first; entry; entry = entry->next) {
        if (suppression_matches_error(entry, error)) {
            return entry;
        }
    }
    return NULL;
}

void suppressions_forget(void)
{
    for (struct suppression *entry = first; entry; entry = entry->next) {
        entry->found = entry->hidden = (struct suppression_tally){0};
    }
}

void suppressions_forget_leaks(void)
{
    for (struct suppression *entry = first; entry; entry = entry->next) {
        entry->found = (struct suppression_tally){.errors = entry->found.errors};
        entry->hidden = (struct suppression_tally){.errors = entry->hidden.errors};
    }
}

struct suppression_tally suppressions_hidden(const struct suppression *first_entry)
{
    struct suppression_tally sum = {0};
    for (const struct suppression *entry = first_entry; entry; entry = entry->next) {
        sum.groups += entry->hidden.groups;
        sum.blocks += entry->hidden.blocks;
        sum.bytes += entry->hidden.bytes;
        sum.errors += entry->hidden.errors;
    }
    return sum;
}
