#include "report/text_window.h"

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

static void event(struct strbuf *out, const struct text_style *style,
                  const struct finding_event *event, const struct told_event *told,
                  bool between_guards)
{
    char room[128];
    struct strbuf label;
    strbuf_init(&label, room, sizeof room);
    strbuf_str(&label, "At ");
    moment(&label, event->time_ms);
    strbuf_str(&label, ", ");
    place(&label, event->distance, between_guards);
    if (event->has_size) {
        strbuf_printf(&label, ", %s %zu-byte block was %s", word_article(event->size_bytes),
                      event->size_bytes, event->is_release ? "freed" : "allocated");
    } else {
        strbuf_printf(&label, ", a block was %s", event->is_release ? "freed" : "allocated");
    }
    text_section(out, style, room, &told->thread, &told->stack);
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
        event(out, style, &window->events[i], &error->events[i], window->between_guards);
    }
    if (window->events_left_out > 0) {
        strbuf_printf(out, "  And %u more allocations and releases further off.\n",
                      window->events_left_out);
    }
}
