#include "tool/saved.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"
#include "tool/complain.h"
#include "tool/saved_file.h"
#include "tool/saved_parts.h"

/* Findings that were seen before, by what makes them equal. */
struct known {
    char *key;
    void *entry;
};

static int compare_known(const void *a, const void *b)
{
    return strcmp(((const struct known *)a)->key, ((const struct known *)b)->key);
}

/* Where the entry with these members of `from` is kept; NULL in it if it is new. */
static void **find_known(struct saved *saved, const json_t *from, const char *const *members)
{
    json_t *parts = json_array();
    for (; *members; members++) {
        json_t *part = json_object_get(from, *members);
        json_array_append(parts, part ? part : json_null());
    }
    struct known *known = have_memory(calloc(1, sizeof *known));
    known->key = have_memory(json_dumps(parts, JSON_SORT_KEYS | JSON_COMPACT));
    json_decref(parts);
    struct known **kept = have_memory(tsearch(known, &saved->known, compare_known));
    if (*kept != known) {
        free(known->key);
        free(known);
    }
    return &(*kept)->entry;
}

static void count_error(struct saved *saved, const struct told_error *error)
{
    saved->run.error_count += error->count;
    saved->run.kind_counts[error->finding.kind] += error->count;
}

static bool add_errors(struct saved *saved, const json_t *errors, const char *path)
{
    static const char *const members[] = {"kind", "access", "detected", "function", "stacks", NULL};
    size_t i;
    json_t *each;
    json_array_foreach(errors, i, each)
    {
        struct told_error error;
        if (!saved_error(each, &error)) {
            complain("%s: error %zu is none that this version knows", path, i + 1);
            return false;
        }
        count_error(saved, &error);
        void **known = find_known(saved, each, members);
        if (*known) {
            ((struct told_error *)*known)->count += error.count;
            continue;
        }
        struct told_error *kept = have_memory(malloc(sizeof *kept));
        *kept = error;
        *known = kept;
        if (saved->last_error) {
            saved->last_error->next = kept;
        } else {
            saved->run.errors = kept;
        }
        saved->last_error = kept;
    }
    return true;
}

static void count_leak(struct saved *saved, const struct leak_group *group)
{
    saved->leaks.of[group->kind].blocks += group->blocks;
    saved->leaks.of[group->kind].bytes += group->bytes;
    saved->leaks.of[LEAK_INDIRECT].blocks += group->indirect_blocks;
    saved->leaks.of[LEAK_INDIRECT].bytes += group->indirect_bytes;
    saved->leaks.blocks += group->blocks;
    saved->leaks.bytes += group->bytes;
    saved->leaks.indirect_blocks += group->indirect_blocks;
    saved->leaks.indirect_bytes += group->indirect_bytes;
}

/* The array may move: what is kept of a leak is its number, from 1. */
static void keep_leak(struct saved *saved, const struct told_leak *leak, void **known)
{
    uintptr_t number = (uintptr_t)*known;
    if (number > 0) {
        struct leak_group *sum = &saved->told_leaks[number - 1].group;
        sum->blocks += leak->group.blocks;
        sum->bytes += leak->group.bytes;
        sum->indirect_blocks += leak->group.indirect_blocks;
        sum->indirect_bytes += leak->group.indirect_bytes;
        return;
    }
    size_t count = ++saved->leaks.count;
    saved->told_leaks =
        have_memory(reallocarray(saved->told_leaks, count, sizeof *saved->told_leaks));
    saved->told_leaks[count - 1] = *leak;
    *known = (void *)(uintptr_t)count;
}

static bool add_leaks(struct saved *saved, const json_t *leaks, const char *path)
{
    static const char *const members[] = {"leak_kind", "stack", NULL};
    size_t i;
    json_t *each;
    json_array_foreach(leaks, i, each)
    {
        struct told_leak leak;
        if (!saved_leak(each, &leak)) {
            complain("%s: leak %zu is none that this version knows", path, i + 1);
            return false;
        }
        count_leak(saved, &leak.group);
        keep_leak(saved, &leak, find_known(saved, each, members));
    }
    saved->run.leak_groups = saved->told_leaks;
    return true;
}

static void add_left_out(struct saved *saved, const json_t *from)
{
    for (int kind = 0; kind < LEAK_KINDS; kind++) {
        const json_t *total = json_object_get(from, word_leak_kind((enum leak_kind)kind));
        saved->run.left_out[kind].blocks += saved_number(total, "blocks");
        saved->run.left_out[kind].bytes += saved_number(total, "bytes");
    }
}

/* Where the next one is to be put, behind the last. */
static const struct suppression **suppressions_end(struct saved *saved)
{
    const struct suppression **end = &saved->run.suppressions;
    while (*end) {
        end = (const struct suppression **)(uintptr_t) & (*end)->next;
    }
    return end;
}

static void add_suppressions(struct saved *saved, const json_t *list, bool used)
{
    static const char *const members[] = {"name", "file", "line", NULL};
    size_t i;
    json_t *each;
    json_array_foreach(list, i, each)
    {
        struct suppression entry;
        if (!saved_suppression(each, &entry)) {
            continue;
        }
        void **known = find_known(saved, each, members);
        struct suppression *kept = *known;
        if (!kept) {
            kept = have_memory(malloc(sizeof *kept));
            *kept = entry;
            kept->hidden = (struct suppression_tally){0};
            *suppressions_end(saved) = kept;
            *known = kept;
        }
        kept->found.groups += used;
        kept->hidden.groups += entry.hidden.groups;
        kept->hidden.blocks += entry.hidden.blocks;
        kept->hidden.bytes += entry.hidden.bytes;
        kept->hidden.errors += entry.hidden.errors;
    }
}

static void add_heap(struct heap_stats *sum, const json_t *heap)
{
    uint64_t peak = saved_number(heap, "peak_bytes");
    sum->live_blocks += saved_number(heap, "live_blocks");
    sum->live_bytes += saved_number(heap, "live_bytes");
    sum->peak_bytes = peak > sum->peak_bytes ? peak : sum->peak_bytes;
    sum->allocations += saved_number(heap, "allocations");
    sum->frees += saved_number(heap, "frees");
    sum->quarantine_bytes += saved_number(heap, "quarantine_bytes");
    sum->arena_bytes += saved_number(heap, "arena_bytes");
    sum->guarded += saved_number(heap, "guarded_blocks");
    sum->guarded_by_mprotect += saved_number(heap, "guarded_by_mprotect");
    sum->unguarded += saved_number(heap, "unguarded_blocks");
}

static void add_incomplete(struct told_run *run, const json_t *lines)
{
    size_t i;
    json_t *each;
    json_array_foreach(lines, i, each)
    {
        const char *line = json_string_value(each);
        bool known = !line;
        for (size_t old = 0; old < run->incomplete_count && !known; old++) {
            known = strcmp(run->incomplete[old], line) == 0;
        }
        if (!known) {
            const char **list = (const char **)(uintptr_t)run->incomplete;
            list = have_memory(reallocarray(list, run->incomplete_count + 1, sizeof *list));
            list[run->incomplete_count++] = line;
            run->incomplete = list;
        }
    }
}

/* What only one report has: of the first. */
static void take_header(struct saved *saved, const json_t *document)
{
    const json_t *argv = json_object_get(document, "argv");
    const char **arguments = have_memory(calloc(json_array_size(argv) + 1, sizeof *arguments));
    size_t count = 0, i;
    json_t *each;
    json_array_foreach(argv, i, each)
    {
        if (json_is_string(each)) {
            arguments[count++] = json_string_value(each);
        }
    }
    const char *program = saved_text(document, "program"), *time = saved_text(document, "time");
    saved->run.program = program ? program : "";
    saved->run.time = time ? time : "";
    saved->run.pid = (int)saved_number(document, "pid");
    saved->run.argv = arguments;
    options_defaults(&saved->options);
    const char *name;
    json_object_foreach(json_object_get(document, "options"), name, each)
    {
        char *assignment =
            make_text("%s=%s", name, json_is_string(each) ? json_string_value(each) : "");
        if (!options_set_one(&saved->options, assignment, NULL, NULL)) {
            complain("%s: an option that this version does not know", assignment);
        }
        free(assignment);
    }
}

static int compare_leaks(const void *a, const void *b)
{
    const struct leak_group *one = &((const struct told_leak *)a)->group;
    const struct leak_group *other = &((const struct told_leak *)b)->group;
    uint64_t bytes = one->bytes + one->indirect_bytes;
    uint64_t others = other->bytes + other->indirect_bytes;
    return (bytes < others) - (bytes > others);
}

void saved_sort(struct saved *saved)
{
    if (saved->leaks.count > 0) {
        qsort(saved->told_leaks, saved->leaks.count, sizeof *saved->told_leaks, compare_leaks);
    }
}

void saved_recount(struct saved *saved)
{
    saved->run.error_count = 0;
    memset(saved->run.kind_counts, 0, sizeof saved->run.kind_counts);
    for (const struct told_error *error = saved->run.errors; error; error = error->next) {
        count_error(saved, error);
    }
    saved->leaks = (struct leak_report){.count = saved->leaks.count};
    for (size_t i = 0; i < saved->leaks.count; i++) {
        count_leak(saved, &saved->told_leaks[i].group);
    }
}

static void add_death(struct saved *saved, const json_t *from)
{
    if (from && !saved->run.death && saved_death(from, &saved->death)) {
        saved->run.death = &saved->death;
    }
}

bool saved_add(struct saved *saved, const char *path)
{
    const json_t *document = saved_file_load(path);
    if (!document) {
        return false;
    }
    if (saved->reports++ == 0) {
        take_header(saved, document);
    }
    const char *looked = saved_text(json_object_get(document, "options"), "leaks");
    if (!looked || strcmp(looked, "off") != 0) {
        saved->run.leaks = &saved->leaks;
    }
    add_left_out(saved, json_object_get(document, "left_out"));
    add_suppressions(saved, json_object_get(document, "suppressed"), true);
    add_suppressions(saved, json_object_get(document, "unused_suppressions"), false);
    add_heap(&saved->run.heap, json_object_get(document, "heap"));
    add_incomplete(&saved->run, json_object_get(document, "incomplete"));
    add_death(saved, json_object_get(document, "signal"));
    const json_t *summary = json_object_get(document, "summary");
    int status = (int)saved_number(summary, "exitcode");
    saved->run.exit_status = saved->run.exit_status ? saved->run.exit_status : status;
    return add_errors(saved, json_object_get(document, "errors"), path) &&
           add_leaks(saved, json_object_get(document, "leaks"), path);
}
