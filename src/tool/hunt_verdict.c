#include "tool/hunt_verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"
#include "tool/complain.h"
#include "tool/hunt_match.h"

enum { BUGS_TOLD = 20 };

/* Code of headers of the system's is called from what the reader wrote. */
static bool is_of_system(const struct frame *frame)
{
    static const char folder[] = "/usr/include/";
    return strncmp(frame->file, folder, sizeof folder - 1) == 0;
}

static const struct frame *find_named(const struct trace *trace, bool also_system)
{
    for (uint32_t i = 0; i < trace->count; i++) {
        const struct frame *frame = &trace->frames[i];
        if (frame->function && frame->file && (also_system || !is_of_system(frame))) {
            return frame;
        }
    }
    return NULL;
}

void hunt_place(const struct trace *trace, char *out, size_t capacity)
{
    const struct frame *named = find_named(trace, false), *first = trace->frames;
    named = named ? named : find_named(trace, true);
    if (named) {
        snprintf(out, capacity, "%s (%s:%u)", named->function, words_base_name(named->file),
                 named->line);
    } else if (trace->count == 0) {
        snprintf(out, capacity, "code that is not known");
    } else if (first->function) {
        snprintf(out, capacity, "%s", first->function);
    } else {
        snprintf(out, capacity, "%s+0x%lx", first->module ? words_base_name(first->module) : "code",
                 (unsigned long)first->offset);
    }
}

static const struct told_error *culprit(const struct hunt_plan *plan, const struct saved *total,
                                        const struct told_error *error)
{
    return hunt_is_damage(error) ? hunt_plan_culprit(plan, total, error) : NULL;
}

/* The errors in a new order; `of` is who did each of them. */
struct order {
    struct told_error **errors;
    const struct told_error **of;
    bool *is_placed;
    size_t count;
    struct told_error *first, *last;
};

static void place(struct order *order, size_t i)
{
    struct told_error *error = order->errors[i];
    if (order->is_placed[i]) {
        return;
    }
    order->is_placed[i] = true;
    error->next = NULL;
    if (order->last) {
        order->last->next = error;
    } else {
        order->first = error;
    }
    order->last = error;
}

/* Damage by `who`, then that. */
static void place_all_of(struct order *order, const struct told_error *who)
{
    for (size_t i = 0; i < order->count; i++) {
        if (order->of[i] == who) {
            place(order, i);
        }
    }
    for (size_t i = 0; i < order->count; i++) {
        if (order->errors[i] == who) {
            place(order, i);
        }
    }
}

static bool did_damage(const struct order *order, const struct told_error *error)
{
    for (size_t i = 0; i < order->count; i++) {
        if (order->of[i] == error) {
            return true;
        }
    }
    return false;
}

static size_t count_errors(const struct saved *total)
{
    size_t count = 0;
    for (const struct told_error *error = total->run.errors; error; error = error->next) {
        count++;
    }
    return count;
}

void hunt_verdict_order(const struct hunt_plan *plan, struct saved *total)
{
    size_t most = count_errors(total);
    if (most == 0) {
        return;
    }
    struct order order = {
        .errors = have_room(most, sizeof *order.errors),
        .of = have_room(most, sizeof *order.of),
        .is_placed = have_room(most, sizeof *order.is_placed),
    };
    const struct told_error *error = total->run.errors;
    for (; error; error = error->next, order.count++) {
        order.errors[order.count] = (struct told_error *)(uintptr_t)error;
        order.of[order.count] = culprit(plan, total, error);
        order.is_placed[order.count] = false;
    }
    for (size_t i = 0; i < order.count; i++) {
        if (order.of[i]) {
            place_all_of(&order, order.of[i]);
        } else if (!did_damage(&order, order.errors[i])) {
            place(&order, i);
        }
    }
    total->run.errors = order.first;
    total->last_error = order.last;
    free(order.errors);
    free(order.of);
    free(order.is_placed);
}

static bool is_same_frame(const struct frame *one, const struct frame *other)
{
    bool same_module = one->module && other->module ? strcmp(one->module, other->module) == 0
                                                    : one->module == other->module;
    return same_module && one->offset == other->offset;
}

/* Reads and writes of one line, called from the same place: x += 1. */
static bool is_same_line(const struct told_error *one, const struct told_error *other)
{
    const struct trace *a = &one->access, *b = &other->access;
    bool same = one->finding.kind == other->finding.kind && a->count == b->count &&
                a->frames[0].line > 0 && a->frames[0].line == b->frames[0].line;
    for (uint32_t i = 1; same && i < a->count; i++) {
        same = is_same_frame(&a->frames[i], &b->frames[i]);
    }
    return same;
}

/* That one bug is told with another error: with the access, or with what comes before. */
static bool is_told_with(const struct hunt_plan *plan, const struct saved *total,
                         const struct told_error *error)
{
    if (culprit(plan, total, error)) {
        return true;
    }
    for (const struct told_error *before = total->run.errors; before != error;
         before = before->next) {
        bool same =
            hunt_is_damage(error)
                ? hunt_is_damage(before) && !culprit(plan, total, before) &&
                      hunt_match(before, error) >= HUNT_MATCH_BYTES
                : hunt_is_caught(error) && hunt_is_caught(before) && is_same_line(before, error);
        if (same) {
            return true;
        }
    }
    return false;
}

static const struct trace *place_of(const struct told_error *error)
{
    return error->access.count > 0    ? &error->access
           : error->release.count > 0 ? &error->release
                                      : &error->alloc;
}

static char *describe(const struct told_error *error)
{
    const char *kind = word_kind(error->finding.kind);
    char at[HUNT_PLACE_BYTES];
    if (hunt_is_damage(error)) {
        hunt_place(&error->alloc, at, sizeof at);
        return make_text("not caught: %s of a block from %s", kind, at);
    }
    hunt_place(place_of(error), at, sizeof at);
    if (hunt_is_caught(error)) {
        return make_text("caught in %s: %s%s", at, kind, hunt_is_write(error) ? "" : ", a read");
    }
    return make_text("%s in %s", kind, at);
}

static char *append(char *text, const char *separator, char *piece)
{
    char *longer = make_text("%s%s%s", text, separator, piece);
    free(text);
    free(piece);
    return longer;
}

char *hunt_verdict(const struct hunt_plan *plan, const struct saved *total, unsigned runs)
{
    size_t bugs = 0;
    char *list = copy_text("");
    for (const struct told_error *error = total->run.errors; error; error = error->next) {
        if (!is_told_with(plan, total, error) && bugs++ < BUGS_TOLD) {
            list = append(list, "\n  ", describe(error));
        }
    }
    const char *plural = runs == 1 ? "" : "s";
    char *text = bugs == 0   ? make_text("no errors found in %u run%s", runs, plural)
                 : bugs == 1 ? make_text("1 bug, in %u run%s: %s", runs, plural, list + 3)
                             : make_text("%zu bugs, in %u run%s:%s", bugs, runs, plural, list);
    if (bugs > BUGS_TOLD) {
        text = append(text, "", make_text("\n  and %zu more", bugs - BUGS_TOLD));
    }
    free(list);
    return text;
}
