/* One member of the errors of a JSON report. */
#include "report/document.h"
#include "report/words.h"

void document_block(struct json *json, const char *name, const struct block_info *block)
{
    json_open_at(json, name, '{');
    json_name(json, "address");
    json_address(json, block->address);
    json_unsigned_at(json, "size", block->size_bytes);
    json_text_at(json, "state", word_state(block->state));
    json_text_at(json, "via", api_name(block->via));
    if (block->alignment_bytes > 16) {
        json_unsigned_at(json, "alignment", block->alignment_bytes);
    }
    json_close(json, '}');
}

/* What the call in error was given. */
static void given(struct json *json, const struct finding *finding)
{
    if (finding->pointer != 0) {
        json_name(json, "address");
        json_address(json, finding->pointer);
    }
    if (finding->has_given_count) {
        json_unsigned_at(json, "given_count", finding->given_count);
    }
    if (finding->has_given_size) {
        json_unsigned_at(json, "given_size", finding->given_size);
    }
    if (finding->has_given_alignment) {
        json_unsigned_at(json, "given_alignment", finding->given_alignment);
    }
}

static void damage(struct json *json, const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    char text[FINDING_DAMAGE_MOST + 1];
    for (size_t i = 0; i < finding->damage_length; i++) {
        uint8_t byte = finding->damage[i];
        text[i] = byte >= ' ' && byte < 0x7f ? (char)byte : '.';
    }
    text[finding->damage_length] = '\0';
    json_open_at(json, "damage", '{');
    json_name(json, "offset");
    json_signed(json, finding->offset);
    json_name(json, "hex");
    json_hex_bytes(json, finding->damage, finding->damage_length);
    json_text_at(json, "text", text);
    if (error->guess[0]) {
        json_text_at(json, "guess", error->guess);
    }
    json_close(json, '}');
}

static void event(struct json *json, const struct finding_event *event,
                  const struct told_event *told)
{
    json_open(json, '{');
    json_text_at(json, "event", event->is_release ? "release" : "allocation");
    json_unsigned_at(json, "time_ms", event->time_ms);
    json_name(json, "distance");
    json_signed(json, event->distance);
    json_name(json, "address");
    json_address(json, event->address);
    if (event->has_size) {
        json_unsigned_at(json, "size", event->size_bytes);
    }
    document_stack_at(json, "stack", &told->stack);
    document_thread(json, "thread", &told->thread);
    json_close(json, '}');
}

/* When the damage was done, and what else was done beside the block then. */
static void window(struct json *json, const struct told_error *error)
{
    const struct finding_window *window = &error->finding.window;
    json_open_at(json, "window", '{');
    json_text_at(json, "since", word_window(window->since));
    json_unsigned_at(json, "start_ms", window->start_ms);
    json_unsigned_at(json, "end_ms", window->end_ms);
    json_unsigned_at(json, "sweep", window->sweep);
    if (window->between_guards) {
        json_name(json, "between_guards");
        json_bool(json, true);
    }
    json_close(json, '}');
    json_open_at(json, "events", '[');
    for (unsigned i = 0; i < window->event_count; i++) {
        event(json, &window->events[i], &error->events[i]);
    }
    json_close(json, ']');
    json_unsigned_at(json, "events_left_out", window->events_left_out);
}

static void facts(struct json *json, const struct told_error *error)
{
    const struct finding *finding = &error->finding;
    json_text_at(json, "kind", word_kind(finding->kind));
    json_text_at(json, "access", word_access(finding->access));
    json_text_at(json, "detected", word_detected(finding->detected));
    if (finding->detected == DETECTED_CALL || finding->detected == DETECTED_FREE ||
        finding->detected == DETECTED_REALLOC || finding->call) {
        json_text_at(json, "function", finding->call ? finding->call : api_name(finding->function));
    }
    json_unsigned_at(json, "count", error->count);
    if (finding->bad_bytes > 0) {
        json_unsigned_at(json, "bytes", finding->bad_bytes);
    }
    if (finding->has_offset) {
        json_name(json, "offset");
        json_signed(json, finding->offset);
    }
    if (finding->offset_spread > 0) {
        json_unsigned_at(json, "offset_spread", finding->offset_spread);
    }
    if (finding->has_stopped) {
        json_name(json, "stopped_offset");
        json_signed(json, finding->stopped_offset);
    }
    if (finding->watched) {
        json_name(json, "watched");
        json_bool(json, true);
    }
    if (error->block_number > 0) {
        json_unsigned_at(json, "site_block", error->block_number);
    }
    given(json, finding);
    if (error->place[0]) {
        json_text_at(json, "place", error->place);
    }
    if (finding->has_block) {
        document_block(json, "block", &finding->block);
    }
    if (finding->has_neighbour) {
        document_block(json, "neighbour", &finding->neighbour);
    }
}

static void one_error(struct json *json, const struct told_error *error)
{
    json_open(json, '{');
    facts(json, error);
    json_open_at(json, "stacks", '{');
    document_stack_at(json, "access", &error->access);
    document_stack_at(json, "alloc", &error->alloc);
    document_stack_at(json, "free", &error->release);
    if (error->finding.has_neighbour) {
        document_stack_at(json, "neighbour_alloc", &error->neighbour_alloc);
    }
    json_close(json, '}');
    json_open_at(json, "threads", '{');
    document_thread(json, "access", &error->access_thread);
    document_thread(json, "alloc", &error->alloc_thread);
    document_thread(json, "free", &error->free_thread);
    json_close(json, '}');
    if (error->finding.damage_length > 0) {
        damage(json, error);
    }
    if (error->finding.window.since != WINDOW_UNKNOWN) {
        window(json, error);
    }
    json_close(json, '}');
}

void document_error(struct strbuf *out, const struct told_error *error, bool is_first)
{
    struct json json = {.out = out, .comma = !is_first};
    one_error(&json, error);
}
