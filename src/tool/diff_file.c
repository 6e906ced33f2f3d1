#include "tool/diff_file.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tool/complain.h"
#include "tool/saved_file.h"

enum { FORM_VERSION = 1 };

/* The first thing that is wrong with the file; NULL while nothing is. */
struct reading {
    struct diff_file *file;
    const char *wrong;
};

static const char *text_of(struct reading *reading, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (value && !json_is_string(value)) {
        reading->wrong = name;
    }
    return json_string_value(value);
}

static uint64_t number_of(struct reading *reading, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (value && (!json_is_integer(value) || json_integer_value(value) < 0)) {
        reading->wrong = name;
        return 0;
    }
    return (uint64_t)json_integer_value(value);
}

/* An array, or NULL where there is none. */
static const json_t *array_of(struct reading *reading, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (value && !json_is_array(value)) {
        reading->wrong = name;
        return NULL;
    }
    return value;
}

static void read_frame(struct reading *reading, const json_t *json, struct diff_frame *out)
{
    if (!json_is_object(json)) {
        reading->wrong = "stack";
        return;
    }
    *out = (struct diff_frame){
        .function = text_of(reading, json, "function"),
        .file = text_of(reading, json, "file"),
        .module = text_of(reading, json, "module"),
        .build_id = text_of(reading, json, "build_id"),
        .offset = number_of(reading, json, "offset"),
        .line = (unsigned)number_of(reading, json, "line"),
        .inlined = json_is_true(json_object_get(json, "inlined")),
    };
    const char *address = text_of(reading, json, "address");
    if (address && !out->module) {
        out->offset = strtoull(address, NULL, 16);
    }
}

static void read_stack(struct reading *reading, const json_t *object, const char *name,
                       struct diff_stack *out)
{
    const json_t *array = array_of(reading, object, name);
    out->json = (json_t *)(uintptr_t)array;
    out->count = json_array_size(array);
    out->frames = have_room(out->count, sizeof *out->frames);
    for (size_t i = 0; i < out->count; i++) {
        read_frame(reading, json_array_get(array, i), &out->frames[i]);
    }
}

static void read_ages(struct reading *reading, const json_t *json, struct diff_entry *out)
{
    const json_t *ages = array_of(reading, json, "ages");
    out->age_count = json_array_size(ages);
    out->ages = out->age_count > 0 ? have_room(out->age_count, sizeof *out->ages) : NULL;
    for (size_t i = 0; i < out->age_count; i++) {
        const json_t *age = json_array_get(ages, i);
        if (!json_is_object(age)) {
            reading->wrong = "ages";
        }
        out->ages[i] = (struct diff_age){
            .generation = number_of(reading, age, "generation"),
            .blocks = number_of(reading, age, "blocks"),
            .bytes = number_of(reading, age, "bytes"),
        };
    }
}

static void read_live(struct reading *reading, const json_t *json, struct diff_entry *out)
{
    out->label = "live";
    out->blocks = number_of(reading, json, "blocks");
    out->bytes = number_of(reading, json, "bytes");
    read_ages(reading, json, out);
    read_stack(reading, json, "stack", &out->stacks[0]);
}

static void read_leak(struct reading *reading, const json_t *json, struct diff_entry *out)
{
    out->label = text_of(reading, json, "leak_kind");
    out->blocks = number_of(reading, json, "blocks") + number_of(reading, json, "indirect_blocks");
    out->bytes = number_of(reading, json, "bytes") + number_of(reading, json, "indirect_bytes");
    read_stack(reading, json, "stack", &out->stacks[0]);
}

static void read_error(struct reading *reading, const json_t *json, struct diff_entry *out)
{
    static const char *const names[DIFF_STACKS] = {"access", "alloc", "free"};
    const json_t *stacks = json_object_get(json, "stacks");
    out->label = text_of(reading, json, "kind");
    out->blocks = number_of(reading, json, "count");
    for (size_t i = 0; i < DIFF_STACKS; i++) {
        read_stack(reading, stacks, names[i], &out->stacks[i]);
    }
}

static void read_entries(struct reading *reading, enum diff_kind kind, const char *name)
{
    static void (*const readers[])(struct reading *, const json_t *, struct diff_entry *) = {
        [DIFF_LIVE] = read_live, [DIFF_LEAK] = read_leak, [DIFF_ERROR] = read_error};
    struct diff_file *file = reading->file;
    const json_t *array = array_of(reading, file->root, name);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *json = json_array_get(array, i);
        struct diff_entry *entry = &file->entries[file->count++];
        entry->kind = kind;
        readers[kind](reading, json, entry);
        if (!json_is_object(json) || !entry->label) {
            reading->wrong = name;
        }
    }
}

/* RFC 3339 in UTC, as reports have it; -1 for anything else. */
static int64_t seconds_of(const char *time)
{
    struct tm parts = {0};
    const char *end = strptime(time, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return end && *end == '\0' ? (int64_t)timegm(&parts) : -1;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void read_facts(struct reading *reading)
{
    struct diff_file *file = reading->file;
    const json_t *root = file->root, *clock = json_object_get(root, "clock_ms");
    file->program = or_empty(text_of(reading, root, "program"));
    file->time = or_empty(text_of(reading, root, "time"));
    file->started = or_empty(text_of(reading, root, "started"));
    file->pid = (int64_t)number_of(reading, root, "pid");
    file->seconds = seconds_of(file->time);
    file->clock_ms = clock ? (int64_t)number_of(reading, root, "clock_ms") : -1;
}

static void read_all(struct reading *reading)
{
    struct diff_file *file = reading->file;
    const json_t *root = file->root;
    if (!json_is_object(root) ||
        json_integer_value(json_object_get(root, "coalmine")) != FORM_VERSION) {
        reading->wrong = "";
        return;
    }
    read_facts(reading);
    file->is_snapshot = json_object_get(root, "live") != NULL;
    if (!file->is_snapshot && !json_object_get(root, "leaks")) {
        reading->wrong = "";
        return;
    }
    file->entries = have_room(json_array_size(json_object_get(root, "live")) +
                                  json_array_size(json_object_get(root, "leaks")) +
                                  json_array_size(json_object_get(root, "errors")),
                              sizeof *file->entries);
    if (file->is_snapshot) {
        read_entries(reading, DIFF_LIVE, "live");
    } else {
        read_entries(reading, DIFF_ERROR, "errors");
        read_entries(reading, DIFF_LEAK, "leaks");
    }
}

bool diff_file_read(struct diff_file *out, const char *path)
{
    *out = (struct diff_file){.path = path, .root = saved_file_load(path)};
    if (!out->root) {
        return false;
    }
    struct reading reading = {.file = out};
    read_all(&reading);
    if (reading.wrong) {
        complain(*reading.wrong ? "%s: malformed: \"%s\" is not what it should be"
                                : "%s: neither a report nor a snapshot of coalmine's%s",
                 path, reading.wrong);
        diff_file_free(out);
        return false;
    }
    return true;
}

void diff_file_free(struct diff_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        for (size_t k = 0; k < DIFF_STACKS; k++) {
            free(file->entries[i].stacks[k].frames);
        }
        free(file->entries[i].ages);
    }
    free(file->entries);
    json_decref(file->root);
    *file = (struct diff_file){0};
}
