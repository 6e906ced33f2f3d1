#include "report/text_window.h"

#include <stdlib.h>
#include <string.h>

#include "report/trace.h"
#include "report/words.h"

/* "1.250 s" */
static void moment(struct strbuf *out, uint32_t ms)
{
    strbuf_printf(out, "%u.%u%u%u s", ms / 1000, ms / 100 % 10, ms / 10 % 10, ms % 10);
}

static void place(struct strbuf *out, int distance, bool between_guards)
{
    unsigned places = (unsigned)(distance < 0 ? -distance : distance);
    const char *side = distance < 0 ? "before" : "after";
    if (places == 1) {
        strbuf_printf(out, "right %s", side);
    } else {
        strbuf_printf(out, "%u places %s", places, side);
    }
    strbuf_str(out, between_guards ? " it beyond a guard page" : " it");
}

static bool is_same_stack(const struct trace *a, const struct trace *b)
{
    char room[2][1024];
    struct strbuf text[2];
    strbuf_init(&text[0], room[0], sizeof room[0]);
    strbuf_init(&text[1], room[1], sizeof room[1]);
    trace_text(&text[0], a);
    trace_text(&text[1], b);
    return text[0].length == text[1].length && !text[0].cut && !text[1].cut &&
           memcmp(room[0], room[1], text[0].length) == 0;
}

/* The same was done to blocks of one size, from one place in the program. */
static bool is_like(const struct told_error *error, unsigned a, unsigned b)
{
    const struct finding_event *first = &error->finding.window.events[a];
    const struct finding_event *second = &error->finding.window.events[b];
    return first->is_release == second->is_release && first->has_size && second->has_size &&
           first->size_bytes == second->size_bytes &&
           error->events[a].thread.tid == error->events[b].thread.tid &&
           is_same_stack(&error->events[a].stack, &error->events[b].stack);
}

static void one_event(struct strbuf *label, const struct finding_event *event, bool between_guards)
{
    strbuf_str(label, "At ");
    moment(label, event->time_ms);
    strbuf_str(label, ", ");
    place(label, event->distance, between_guards);
    if (event->has_size) {
        strbuf_printf(label, ", %s %zu-byte block was %s", word_article(event->size_bytes),
                      event->size_bytes, event->is_release ? "freed" : "allocated");
    } else {
        strbuf_printf(label, ", a block was %s", event->is_release ? "freed" : "allocated");
    }
}

/* Several of a kind. `nearest` of them is named: the first one to look at. */
static void like_events(struct strbuf *label, const struct finding_event *first,
                        const struct finding_event *last, const struct finding_event *nearest,
                        unsigned count, bool between_guards)
{
    strbuf_str(label, first->time_ms == last->time_ms ? "At " : "From ");
    moment(label, first->time_ms);
    if (first->time_ms != last->time_ms) {
        strbuf_str(label, " to ");
        moment(label, last->time_ms);
    }
    strbuf_printf(label, ", %u blocks of ", count);
    words_bytes(label, first->size_bytes);
    strbuf_printf(label, " beside it were %s, the nearest ",
                  first->is_release ? "freed" : "allocated");
    place(label, nearest->distance, between_guards);
    strbuf_char(label, ',');
}

static bool is_nearer(const struct finding_event *a, const struct finding_event *b)
{
    return abs(a->distance) < abs(b->distance);
}

/* Tells event number `i` together with those that are like it, unless one before it was. */
static void event(struct strbuf *out, const struct text_style *style,
                  const struct told_error *error, unsigned i)
{
    const struct finding_window *window = &error->finding.window;
    const struct finding_event *first = &window->events[i], *last = first, *nearest = first;
    unsigned count = 1;
    for (unsigned before = 0; before < i; before++) {
        if (is_like(error, before, i)) {
            return;
        }
    }
    for (unsigned after = i + 1; after < window->event_count; after++) {
        if (is_like(error, i, after)) {
            last = &window->events[after];
            nearest = is_nearer(last, nearest) ? last : nearest;
            count++;
        }
    }
    char room[192];
    struct strbuf label;
    strbuf_init(&label, room, sizeof room);
    if (count == 1) {
        one_event(&label, first, window->between_guards);
    } else {
        like_events(&label, first, last, nearest, count, window->between_guards);
    }
    text_section(out, style, room, &error->events[i].thread, &error->events[i].stack);
}

void text_window(struct strbuf *out, const struct text_style *style, const struct told_error *error)
{
    static const char *const beginnings[] = {
        [WINDOW_SWEEP] = "in the look before",
        [WINDOW_ALLOCATION] = "when allocated",
        [WINDOW_RELEASE] = "when freed",
    };
    const struct finding_window *window = &error->finding.window;
    if (window->since == WINDOW_UNKNOWN) {
        strbuf_str(out, "  Found by a look at all blocks while the program ran.\n");
        return;
    }
    strbuf_printf(out, "  Found by sweep %u, at ", window->sweep);
    moment(out, window->end_ms);
    strbuf_printf(out, "; it was whole %s, at ", beginnings[window->since]);
    moment(out, window->start_ms);
    strbuf_str(out, ".\n");
    if (window->event_count == 0) {
        strbuf_str(out, "  Nothing beside it was allocated or freed in between.\n");
    }
    for (unsigned i = 0; i < window->event_count; i++) {
        event(out, style, error, i);
    }
    if (window->events_left_out > 0) {
        strbuf_printf(out, "  And %u more allocations and releases further off.\n",
                      window->events_left_out);
    }
}
