#include "tool/saved_stack.h"

#include <stdlib.h>
#include <string.h>

#include "tool/complain.h"
#include "tool/saved_parts.h"
#include "tool/symbol_file.h"

enum { BUILD_ID_MOST = 64 };

struct frames {
    struct frame *frame;
    size_t count, capacity;
};

static struct frame *add(struct frames *frames)
{
    if (frames->count == frames->capacity) {
        frames->capacity = frames->capacity ? 2 * frames->capacity : 16;
        frames->frame =
            have_memory(realloc(frames->frame, frames->capacity * sizeof *frames->frame));
    }
    return &frames->frame[frames->count++];
}

/* "1f2e…" into bytes of its own. */
static void take_build_id(const char *hex, struct frame *out)
{
    size_t length = hex ? strlen(hex) / 2 : 0;
    if (length == 0 || length > BUILD_ID_MOST) {
        return;
    }
    uint8_t *bytes = have_memory(calloc(1, length));
    for (size_t i = 0; i < length; i++) {
        const char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    out->build_id = bytes;
    out->build_id_length = (uint8_t)length;
}

static struct frame read_frame(const json_t *from)
{
    struct frame frame = {
        .function = saved_text(from, "function"),
        .file = saved_text(from, "file"),
        .linkage = saved_text(from, "linkage"),
        .module = saved_text(from, "module"),
        .offset = saved_number(from, "offset"),
        .line = (unsigned)saved_number(from, "line"),
        .inlined = json_is_true(json_object_get(from, "inlined")),
    };
    const char *address = saved_text(from, "address");
    if (!frame.module && address) {
        frame.offset = strtoull(address, NULL, 16);
    }
    take_build_id(saved_text(from, "build_id"), &frame);
    return frame;
}

struct naming {
    struct frames *frames;
    const struct frame *bare;
};

static const char *copy_if_any(const char *text)
{
    return *text ? copy_text(text) : NULL;
}

static void take_name(void *context, const struct symbol_frame *found)
{
    const struct naming *naming = context;
    struct frame *out = add(naming->frames);
    *out = *naming->bare;
    out->function = copy_if_any(found->function);
    out->file = copy_if_any(found->file);
    out->linkage = copy_if_any(found->linkage);
    out->line = found->line > 0 ? (unsigned)found->line : 0;
    out->inlined = found->inlined;
}

/* A frame as it is, or with the names that its module has for it. */
static void add_named(struct frames *frames, const struct frame *bare, const char *build_id)
{
    size_t before = frames->count;
    if (!bare->function && !bare->file && bare->module && bare->module[0] == '/') {
        struct symbol_file *file = symbol_file_open(bare->module, build_id ? build_id : "");
        struct naming naming = {frames, bare};
        if (file) {
            symbol_file_frames(file, bare->offset, take_name, &naming);
        }
    }
    if (frames->count == before) {
        *add(frames) = *bare;
    }
}

bool saved_stack(const json_t *from, struct trace *out)
{
    struct frames frames = {0};
    size_t i;
    json_t *each;
    *out = (struct trace){0};
    if (from && !json_is_array(from)) {
        return false;
    }
    json_array_foreach(from, i, each)
    {
        if (!json_is_object(each)) {
            return false;
        }
        struct frame frame = read_frame(each);
        add_named(&frames, &frame, saved_text(each, "build_id"));
    }
    *out = (struct trace){frames.frame, (uint32_t)frames.count};
    return true;
}
