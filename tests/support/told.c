#include "support/told.h"

#include "support/suite.h"

static const struct frame inner[] = {
    {.function = "copy_name",
     .file = "names.c",
     .line = 14,
     .module = "/opt/app/demo",
     .offset = 0x11d9,
     .inlined = true},
    {.function = "main", .file = "demo.c", .line = 31, .module = "/opt/app/demo", .offset = 0x12a0},
    {.function = "__libc_start_call_main", .module = "/usr/lib/libc.so.6", .offset = 0x27249},
};
static const struct frame bare[] = {{.module = "/usr/lib/libz.so.1", .offset = 0x4a1d},
                                    {.offset = 0x7f0000001234}};

const struct trace named = {inner, 3}, unnamed = {bare, 2};
const struct thread_name main_thread = {7, "demo"}, worker = {9, "worker"};
const struct text_style style = {.pid = 7};

struct told_error error_of(enum finding_kind kind, enum finding_detected detected)
{
    return (struct told_error){
        .finding = {.kind = kind,
                    .detected = detected,
                    .has_block = true,
                    .block = {.address = 0x1000,
                              .size_bytes = 24,
                              .alignment_bytes = 16,
                              .state = BLOCK_LIVE,
                              .via = API_MALLOC},
                    .pointer = 0x1000,
                    .function = API_FREE},
        .alloc = named,
        .alloc_thread = main_thread,
    };
}

void expect(const struct told_error *error, const char *text)
{
    char room[8192];
    struct strbuf out;
    strbuf_init(&out, room, sizeof room);
    text_error(&out, &style, error);
    ck_assert_str_eq(room, text);
}
