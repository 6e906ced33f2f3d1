#include "tool/hunt_merge.h"

#include <stdlib.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/hunt_match.h"

static bool is_same_text(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

/* Code without a module is somewhere else in each run. */
static bool is_same_trace(const struct trace *one, const struct trace *other)
{
    bool same = one->count == other->count;
    for (uint32_t i = 0; same && i < one->count; i++) {
        const struct frame *a = &one->frames[i], *b = &other->frames[i];
        same = is_same_text(a->module, b->module) && (!a->module || a->offset == b->offset) &&
               a->inlined == b->inlined;
    }
    return same;
}

static bool is_same_error(const struct told_error *one, const struct told_error *other)
{
    const struct finding *a = &one->finding, *b = &other->finding;
    return a->kind == b->kind && a->access == b->access && a->detected == b->detected &&
           a->function == b->function && is_same_text(a->call, b->call) &&
           is_same_trace(&one->access, &other->access) &&
           is_same_trace(&one->alloc, &other->alloc) &&
           is_same_trace(&one->release, &other->release);
}

static const struct told_error *find(const struct told_error *list, const struct told_error *error)
{
    while (list && !is_same_error(list, error)) {
        list = list->next;
    }
    return list;
}

struct told_error *hunt_merge_find(const struct saved *in, const struct told_error *error)
{
    return (struct told_error *)(uintptr_t)find(in->run.errors, error);
}

static bool is_alike(const struct told_error *one, const struct told_error *other)
{
    if (!hunt_is_damage(one) || !hunt_is_damage(other)) {
        return is_same_error(one, other);
    }
    return is_same_error(one, other) || hunt_match(one, other) >= HUNT_MATCH_BYTES ||
           (one->finding.kind == other->finding.kind && is_same_trace(&one->alloc, &other->alloc) &&
            hunt_match_may_be(one, other));
}

/* Among those up to `last`, which NULL has none. */
static struct told_error *find_alike(const struct told_error *list, const struct told_error *last,
                                     const struct told_error *error)
{
    for (; last && list; list = list == last ? NULL : list->next) {
        if (is_alike(list, error)) {
            return (struct told_error *)(uintptr_t)list;
        }
    }
    return NULL;
}

bool hunt_merge_has_alike(const struct saved *in, const struct told_error *error)
{
    return find_alike(in->run.errors, in->last_error, error) != NULL;
}

static void add_errors(struct saved *total, const struct told_error *from)
{
    const struct told_error *newest = total->last_error;
    for (; from; from = from->next) {
        struct told_error *known = hunt_merge_find(total, from);
        known = known ? known : find_alike(total->run.errors, newest, from);
        if (known) {
            known->count = from->count > known->count ? from->count : known->count;
            if (from->block_number > 0 && hunt_match_may_be(known, from)) {
                known->block_number = from->block_number; /* else it is of another block */
            }
            continue;
        }
        struct told_error *kept = have_memory(malloc(sizeof *kept));
        *kept = *from;
        kept->next = NULL;
        if (total->last_error) {
            total->last_error->next = kept;
        } else {
            total->run.errors = kept;
        }
        total->last_error = kept;
    }
}

static uint64_t greater(uint64_t one, uint64_t other)
{
    return one > other ? one : other;
}

static void add_leak(struct saved *total, const struct told_leak *leak)
{
    for (size_t i = 0; i < total->leaks.count; i++) {
        struct told_leak *known = &total->told_leaks[i];
        if (known->group.kind == leak->group.kind && is_same_trace(&known->stack, &leak->stack)) {
            struct leak_group *most = &known->group;
            most->blocks = greater(most->blocks, leak->group.blocks);
            most->bytes = greater(most->bytes, leak->group.bytes);
            most->indirect_blocks = greater(most->indirect_blocks, leak->group.indirect_blocks);
            most->indirect_bytes = greater(most->indirect_bytes, leak->group.indirect_bytes);
            return;
        }
    }
    size_t count = ++total->leaks.count;
    total->told_leaks =
        have_memory(reallocarray(total->told_leaks, count, sizeof *total->told_leaks));
    total->told_leaks[count - 1] = *leak;
}

/* What could not be checked in one run may have been in another; it is told all the same. */
static void add_incomplete(struct told_run *total, const struct told_run *from)
{
    const char **list = (const char **)(uintptr_t)total->incomplete;
    for (size_t i = 0; i < from->incomplete_count; i++) {
        bool known = false;
        for (size_t old = 0; old < total->incomplete_count && !known; old++) {
            known = strcmp(list[old], from->incomplete[i]) == 0;
        }
        if (!known) {
            list = have_memory(reallocarray(list, total->incomplete_count + 1, sizeof *list));
            list[total->incomplete_count++] = from->incomplete[i];
        }
    }
    total->incomplete = list;
}

void hunt_merge(struct saved *total, const struct saved *run)
{
    const struct told_run before = total->run;
    bool looked_for_leaks = before.leaks || run->run.leaks;
    total->reports = 1;
    total->run = run->run;
    total->run.errors = before.errors;
    total->run.incomplete = before.incomplete;
    total->run.incomplete_count = before.incomplete_count;
    total->options = run->options;
    add_errors(total, run->run.errors);
    for (size_t i = 0; i < run->leaks.count; i++) {
        add_leak(total, &run->told_leaks[i]);
    }
    total->run.leaks = looked_for_leaks ? &total->leaks : NULL;
    total->run.leak_groups = total->told_leaks;
    add_incomplete(&total->run, &run->run);
    saved_recount(total);
    saved_sort(total);
}
