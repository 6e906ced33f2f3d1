#include "tool/diff_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"
#include "tool/complain.h"

struct seen_module {
    const char *name;     /* the last part of its path */
    const char *build_id; /* of the first file that has it; "": none */
    bool changed;         /* another file has another */
};

struct keys {
    struct seen_module *modules;
    size_t count, room;
    bool one_process; /* addresses outside of modules mean the same in all files */
};

static struct seen_module *find(const struct keys *keys, const char *name)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (strcmp(keys->modules[i].name, name) == 0) {
            return &keys->modules[i];
        }
    }
    return NULL;
}

static void add(struct keys *keys, const char *name, const char *build_id)
{
    if (keys->count == keys->room) {
        keys->room = keys->room > 0 ? 2 * keys->room : 64;
        keys->modules = realloc(keys->modules, keys->room * sizeof *keys->modules);
        if (!keys->modules) {
            complain("out of memory");
            exit(STATUS_FAILED);
        }
    }
    keys->modules[keys->count++] = (struct seen_module){.name = name, .build_id = build_id};
}

static void note_frame(struct keys *keys, const struct diff_frame *frame)
{
    if (!frame->module) {
        return;
    }
    const char *name = words_base_name(frame->module);
    const char *build_id = frame->build_id ? frame->build_id : "";
    struct seen_module *known = find(keys, name);
    if (!known) {
        add(keys, name, build_id);
    } else if (strcmp(known->build_id, build_id) != 0) {
        known->changed = true;
    }
}

struct keys *keys_start(const struct diff_file *files, size_t count)
{
    struct keys *keys = calloc(1, sizeof *keys);
    if (!keys) {
        complain("out of memory");
        exit(STATUS_FAILED);
    }
    keys->one_process = true;
    for (size_t f = 0; f < count; f++) {
        keys->one_process &=
            files[f].pid == files[0].pid && strcmp(files[f].started, files[0].started) == 0;
        for (size_t i = 0; i < files[f].count; i++) {
            for (size_t k = 0; k < DIFF_STACKS; k++) {
                const struct diff_stack *stack = &files[f].entries[i].stacks[k];
                for (size_t n = 0; n < stack->count; n++) {
                    note_frame(keys, &stack->frames[n]);
                }
            }
        }
    }
    return keys;
}

void keys_end(struct keys *keys)
{
    free(keys->modules);
    free(keys);
}

static void put_frame(FILE *out, const struct keys *keys, const struct diff_frame *frame)
{
    if (!frame->module) {
        fprintf(out, keys->one_process ? "@%lx\n" : "@\n", (unsigned long)frame->offset);
        return;
    }
    const char *name = words_base_name(frame->module);
    const struct seen_module *module = find(keys, name);
    if (module && module->changed && frame->function) {
        fprintf(out, "%s:%s\n", name, frame->function);
    } else if (!frame->inlined) { /* it stands at the same offset as its caller */
        fprintf(out, "%s+%lx\n", name, (unsigned long)frame->offset);
    }
}

char *keys_make(const struct keys *keys, const struct diff_entry *entry)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out) {
        fprintf(out, "%d %s\n", (int)entry->kind, entry->label);
        for (size_t k = 0; k < DIFF_STACKS; k++) {
            for (size_t i = 0; i < entry->stacks[k].count; i++) {
                put_frame(out, keys, &entry->stacks[k].frames[i]);
            }
            fputs("--\n", out);
        }
    }
    if (!out || fclose(out) != 0) {
        complain("out of memory");
        exit(STATUS_FAILED);
    }
    return text;
}
