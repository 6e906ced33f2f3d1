/* What can be asked over the control socket. Run by the control thread alone, with no lock held. */
#ifndef INTERPOSE_CONTROL_COMMANDS_H
#define INTERPOSE_CONTROL_COMMANDS_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/strbuf.h"
#include "report/now.h"

struct control_call {
    enum now_form form;
    const char *argument; /* "" if none was given */
    struct strbuf *out;
    int status;  /* for the asking command to exit with */
    bool failed; /* not carried out: `out` says why */
};

struct control_command {
    const char *name;
    bool takes_argument;
    void (*run)(struct control_call *call);
};

/* NULL if there is none of that name. */
MUST_USE const struct control_command *control_command_find(const char *name);

/* "check, leaks, …" */
void control_command_list(struct strbuf *out);

/* Those about leaks, in control_leaks.c. */
void control_leaks(struct control_call *call);
void control_new_leaks(struct control_call *call);
void control_mark(struct control_call *call);
void control_why(struct control_call *call);

#endif
