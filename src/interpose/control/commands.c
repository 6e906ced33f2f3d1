#include "interpose/control/commands.h"

#include <stddef.h>
#include <string.h>

#include "alloc/allocate.h"
#include "base/control_protocol.h"
#include "inspect/snapshot.h"
#include "os/private_files.h"
#include "report/overhear.h"

/* What is found is told as ever, and to who asked as well. */
static void check(struct control_call *call)
{
    bool borrowed = os_private_files_borrow_standard_error();
    overhear_start(call->form == NOW_TEXT ? call->out : NULL);
    size_t found = block_check_all(DETECTED_API, NULL);
    overhear_start(NULL);
    if (borrowed) {
        os_private_files_return_standard_error();
    }
    call->status = now_errors(call->out, call->form, found);
}

static void snapshot(struct control_call *call)
{
    struct snapshot taken;
    if (!snapshot_take(&taken)) {
        strbuf_str(call->out, "no memory for a snapshot\n");
        call->status = CONTROL_STATUS_FAILED;
        call->failed = true;
        return;
    }
    now_snapshot(call->out, &taken);
    snapshot_free(&taken);
}

static void stats(struct control_call *call)
{
    now_stats(call->out, call->form);
}

static const struct control_command commands[] = {
    {.name = "check", .run = check},
    {.name = "leaks", .run = control_leaks},
    {.name = "mark", .run = control_mark},
    {.name = "new-leaks", .run = control_new_leaks},
    {.name = "snapshot", .run = snapshot},
    {.name = "stats", .run = stats},
    {.name = "why", .takes_argument = true, .run = control_why},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

const struct control_command *control_command_find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

void control_command_list(struct strbuf *out)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        strbuf_printf(out, "%s%s", i > 0 ? ", " : "", commands[i].name);
    }
}
