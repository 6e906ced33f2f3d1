#include <jansson.h>

#include "tool/diff_text.h"

static json_t *file_json(const struct diff_file *file)
{
    return json_pack("{s:s, s:s, s:s, s:I}", "path", file->path, "program", file->program, "time",
                     file->time, "pid", (json_int_t)file->pid);
}

static json_t *numbers_json(const uint64_t *numbers, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++) {
        if (json_array_append_new(array, json_integer((json_int_t)numbers[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

/* An error's stacks under their names, as in a report; else the one STACK. */
static json_t *stacks_json(const struct diff_entry *entry)
{
    static const char *const names[DIFF_STACKS] = {"access", "alloc", "free"};
    if (entry->kind != DIFF_ERROR) {
        return entry->stacks[0].json ? json_incref(entry->stacks[0].json) : json_array();
    }
    json_t *stacks = json_object();
    for (size_t k = 0; stacks && k < DIFF_STACKS; k++) {
        json_t *one = entry->stacks[k].json;
        if (json_object_set_new(stacks, names[k], one ? json_incref(one) : json_array()) != 0) {
            json_decref(stacks);
            stacks = NULL;
        }
    }
    return stacks;
}

static json_t *series_json(const struct series *series, size_t files)
{
    static const char *const changes[] = {"appeared", "grew", "shrank", "went-away", "none"};
    static const char *const kinds[] = {
        [DIFF_LIVE] = "live", [DIFF_LEAK] = "leak", [DIFF_ERROR] = "error"};
    const struct diff_entry *entry = series->latest;
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:b, s:f, s:o}", "change",
                  changes[series->change], "of", kinds[entry->kind], "kind", entry->label, "bytes",
                  numbers_json(series->bytes, files), "blocks", numbers_json(series->blocks, files),
                  "bytes_gained", (json_int_t)series_bytes_gained(series, files), "blocks_gained",
                  (json_int_t)series_blocks_gained(series, files), "steady",
                  (int)(series->is_steady && files > 2), "bytes_per_interval", series->per_interval,
                  entry->kind == DIFF_ERROR ? "stacks" : "stack", stacks_json(entry));
    if (json && series->per_second != 0 &&
        json_object_set_new(json, "bytes_per_second", json_real(series->per_second)) != 0) {
        json_decref(json);
        json = NULL;
    }
    return json;
}

bool diff_json(FILE *out, const struct series_list *list, const struct diff_file *files)
{
    json_t *paths = json_array(), *changes = json_array();
    bool done = paths && changes;
    for (size_t i = 0; done && i < list->files; i++) {
        done = json_array_append_new(paths, file_json(&files[i])) == 0;
    }
    for (size_t i = 0; done && i < list->count; i++) {
        const struct series *series = &list->series[i];
        done = (series->change == CHANGE_NONE && !series->is_steady) ||
               json_array_append_new(changes, series_json(series, list->files)) == 0;
    }
    json_t *root = json_pack("{s:i, s:i, s:o, s:o}", "coalmine", 1, "diff", 1, "files", paths,
                             "changes", changes);
    done = done && root && json_dumpf(root, out, JSON_COMPACT) == 0 && fputc('\n', out) != EOF;
    json_decref(root);
    return done;
}
