#include "tool/saved_parts.h"

#include <stdlib.h>
#include <string.h>

#include "report/words.h"
#include "tool/saved_stack.h"

uint64_t saved_number(const json_t *object, const char *name)
{
    json_int_t value = json_integer_value(json_object_get(object, name));
    return value > 0 ? (uint64_t)value : 0;
}

const char *saved_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static uint64_t address_of(const json_t *object, const char *name)
{
    const char *text = saved_text(object, name);
    return text ? strtoull(text, NULL, 16) : 0;
}

static const char *kind_word(int value)
{
    return word_kind((enum finding_kind)value);
}

static const char *access_word(int value)
{
    return word_access((enum finding_access)value);
}

static const char *detected_word(int value)
{
    return word_detected((enum finding_detected)value);
}

static const char *window_word(int value)
{
    return value == WINDOW_UNKNOWN ? "" : word_window((enum window_since)value);
}

static const char *leak_kind_word(int value)
{
    return word_leak_kind((enum leak_kind)value);
}

/* The value whose word it is; -1: none. Behind the last word comes "unknown". */
static int value_of(const char *(*word)(int value), const char *text)
{
    for (int value = 0; text && (value == 0 || strcmp(word(value), "unknown") != 0); value++) {
        if (strcmp(word(value), text) == 0) {
            return value;
        }
    }
    return -1;
}

static enum api api_of(const char *name)
{
    for (int api = 0; name && api < API_COUNT; api++) {
        if (strcmp(api_name((enum api)api), name) == 0) {
            return (enum api)api;
        }
    }
    return API_COUNT;
}

static void read_block(const json_t *from, bool *known, struct block_info *out)
{
    *known = json_is_object(from);
    const char *state = saved_text(from, "state");
    uint64_t alignment = saved_number(from, "alignment");
    *out = (struct block_info){
        .address = address_of(from, "address"),
        .size_bytes = saved_number(from, "size"),
        .alignment_bytes = alignment ? alignment : 16,
        .state = state && strcmp(state, "freed") == 0 ? BLOCK_FREED : BLOCK_LIVE,
        .via = api_of(saved_text(from, "via")),
    };
}

static void read_damage(const json_t *from, struct finding *out)
{
    const char *hex = saved_text(from, "hex");
    for (; hex && hex[0] && hex[1] && out->damage_length < FINDING_DAMAGE_MOST; hex += 2) {
        const char digits[] = {hex[0], hex[1], '\0'};
        out->damage[out->damage_length++] = (uint8_t)strtoul(digits, NULL, 16);
    }
}

static bool read_size(const json_t *from, const char *name, size_t *out)
{
    const char *large = saved_text(from, name); /* see saved.c */
    *out = large ? strtoull(large, NULL, 10) : saved_number(from, name);
    return json_object_get(from, name) != NULL;
}

static bool read_finding(const json_t *from, struct finding *out)
{
    int kind = value_of(kind_word, saved_text(from, "kind"));
    int access = value_of(access_word, saved_text(from, "access"));
    int detected = value_of(detected_word, saved_text(from, "detected"));
    if (kind < 0 || access < 0 || detected < 0) {
        return false;
    }
    *out = (struct finding){
        .kind = (enum finding_kind)kind,
        .access = (enum finding_access)access,
        .detected = (enum finding_detected)detected,
        .pointer = address_of(from, "address"),
        .function = api_of(saved_text(from, "function")),
        .has_offset = json_object_get(from, "offset") != NULL,
        .offset = (ptrdiff_t)json_integer_value(json_object_get(from, "offset")),
        .offset_spread = saved_number(from, "offset_spread"),
        .bad_bytes = saved_number(from, "bytes"),
        .has_stopped = json_object_get(from, "stopped_offset") != NULL,
        .stopped_offset = (ptrdiff_t)json_integer_value(json_object_get(from, "stopped_offset")),
        .watched = json_is_true(json_object_get(from, "watched")),
    };
    out->call = out->function == API_COUNT ? saved_text(from, "function") : NULL;
    out->has_given_size = read_size(from, "given_size", &out->given_size);
    out->has_given_count = read_size(from, "given_count", &out->given_count);
    out->has_given_alignment = read_size(from, "given_alignment", &out->given_alignment);
    read_block(json_object_get(from, "block"), &out->has_block, &out->block);
    read_block(json_object_get(from, "neighbour"), &out->has_neighbour, &out->neighbour);
    read_damage(json_object_get(from, "damage"), out);
    return true;
}

static void read_thread(const json_t *threads, const char *name, struct thread_name *out)
{
    const json_t *from = json_object_get(threads, name);
    const char *given = saved_text(from, "name");
    out->tid = (int)saved_number(from, "tid");
    strncpy(out->name, given ? given : "", sizeof out->name - 1);
}

static void read_phrase(const char *text, char out[ERROR_PHRASE_MOST])
{
    strncpy(out, text ? text : "", ERROR_PHRASE_MOST - 1);
}

static bool read_stacks(const json_t *from, struct trace *access, struct trace *alloc,
                        struct trace *release)
{
    return saved_stack(json_object_get(from, "access"), access) &&
           saved_stack(json_object_get(from, "alloc"), alloc) &&
           saved_stack(json_object_get(from, "free"), release);
}

static enum window_since since_of(const char *text)
{
    int since = value_of(window_word, text);
    return since > 0 ? (enum window_since)since : WINDOW_UNKNOWN;
}

static bool read_events(const json_t *list, struct told_error *out)
{
    struct finding_window *window = &out->finding.window;
    size_t i;
    json_t *each;
    json_array_foreach(list, i, each)
    {
        if (i == FINDING_EVENTS_MOST) {
            return false;
        }
        const char *event = saved_text(each, "event");
        window->events[window->event_count++] = (struct finding_event){
            .is_release = event && strcmp(event, "release") == 0,
            .has_size = json_object_get(each, "size") != NULL,
            .distance = (int)json_integer_value(json_object_get(each, "distance")),
            .time_ms = (uint32_t)saved_number(each, "time_ms"),
            .address = address_of(each, "address"),
            .size_bytes = saved_number(each, "size"),
        };
        read_thread(each, "thread", &out->events[i].thread);
        if (!saved_stack(json_object_get(each, "stack"), &out->events[i].stack)) {
            return false;
        }
    }
    return true;
}

static bool read_window(const json_t *error, struct told_error *out)
{
    const json_t *from = json_object_get(error, "window");
    out->finding.window = (struct finding_window){
        .since = since_of(saved_text(from, "since")),
        .sweep = (uint32_t)saved_number(from, "sweep"),
        .start_ms = (uint32_t)saved_number(from, "start_ms"),
        .end_ms = (uint32_t)saved_number(from, "end_ms"),
        .between_guards = json_is_true(json_object_get(from, "between_guards")),
        .events_left_out = (unsigned)saved_number(error, "events_left_out"),
    };
    return read_events(json_object_get(error, "events"), out);
}

bool saved_error(const json_t *from, struct told_error *out)
{
    *out = (struct told_error){.count = saved_number(from, "count"),
                               .block_number = saved_number(from, "site_block")};
    const json_t *stacks = json_object_get(from, "stacks");
    const json_t *threads = json_object_get(from, "threads");
    if (!read_finding(from, &out->finding) || out->count == 0) {
        return false;
    }
    read_thread(threads, "access", &out->access_thread);
    read_thread(threads, "alloc", &out->alloc_thread);
    read_thread(threads, "free", &out->free_thread);
    read_phrase(saved_text(from, "place"), out->place);
    read_phrase(saved_text(json_object_get(from, "damage"), "guess"), out->guess);
    return read_window(from, out) &&
           read_stacks(stacks, &out->access, &out->alloc, &out->release) &&
           saved_stack(json_object_get(stacks, "neighbour_alloc"), &out->neighbour_alloc);
}

static void read_fault(const json_t *from, struct os_fault *out)
{
    static const struct {
        const char *word;
        enum os_fault_access access;
    } known[] = {{"read", OS_FAULT_READ}, {"write", OS_FAULT_WRITE}, {"execute", OS_FAULT_EXECUTE}};
    const char *access = saved_text(from, "access");
    for (size_t i = 0; access && i < sizeof known / sizeof *known; i++) {
        if (strcmp(access, known[i].word) == 0) {
            out->access = known[i].access;
        }
    }
    out->address = address_of(from, "address");
    out->has_address = json_object_get(from, "address") != NULL;
    out->is_non_canonical = !access && saved_text(from, "place");
}

bool saved_death(const json_t *from, struct told_death *out)
{
    const json_t *threads = json_object_get(from, "threads");
    *out = (struct told_death){.death = {.number = (int)saved_number(from, "number")}};
    struct death *death = &out->death;
    death->sender_pid = (int)saved_number(from, "sender_pid");
    read_fault(from, &death->fault);
    death->is_fault =
        death->sender_pid == 0 && (death->fault.has_address || saved_text(from, "place"));
    out->sender.tid = death->sender_pid;
    read_block(json_object_get(from, "block"), &out->has_block, &out->block);
    read_thread(threads, "access", &out->access_thread);
    read_thread(threads, "alloc", &out->alloc_thread);
    read_thread(threads, "free", &out->free_thread);
    read_phrase(saved_text(from, "place"), out->place);
    read_phrase(saved_text(from, "hint"), out->hint);
    return read_stacks(json_object_get(from, "stacks"), &out->access, &out->alloc, &out->release);
}

static uint64_t limit(const json_t *object, const char *name)
{
    return json_object_get(object, name) ? saved_number(object, name) : UINT64_MAX;
}

bool saved_suppression(const json_t *from, struct suppression *out)
{
    *out = (struct suppression){
        .name = saved_text(from, "name"),
        .file = saved_text(from, "file"),
        .line = (unsigned)saved_number(from, "line"),
        .most_bytes = limit(from, "most_bytes"),
        .most_blocks = limit(from, "most_blocks"),
        .hidden = {.groups = saved_number(from, "groups"),
                   .blocks = saved_number(from, "blocks"),
                   .bytes = saved_number(from, "bytes"),
                   .errors = saved_number(from, "errors")},
    };
    return out->name != NULL;
}

bool saved_leak(const json_t *from, struct told_leak *out)
{
    int kind = value_of(leak_kind_word, saved_text(from, "leak_kind"));
    const json_t *budget = json_object_get(from, "over_budget");
    *out = (struct told_leak){
        .group = {.kind = (enum leak_kind)kind,
                  .blocks = saved_number(from, "blocks"),
                  .bytes = saved_number(from, "bytes"),
                  .indirect_blocks = saved_number(from, "indirect_blocks"),
                  .indirect_bytes = saved_number(from, "indirect_bytes"),
                  .example = address_of(from, "example")},
        .via = api_of(saved_text(from, "via")),
    };
    if (budget) {
        out->match = calloc(1, sizeof *out->match);
        if (!out->match || !saved_suppression(budget, out->match)) {
            return false;
        }
    }
    return kind >= 0 && saved_stack(json_object_get(from, "stack"), &out->stack);
}
