#include "interpose/control/control.h"

#include <errno.h>
#include <stdint.h>

#include "base/control_protocol.h"
#include "base/strbuf.h"
#include "interpose/control/session.h"
#include "interpose/hidden_thread.h"
#include "interpose/process.h"
#include "os/entropy.h"
#include "os/io.h"
#include "os/local_socket.h"

enum {
    LOOK_MS = 10 * 1000, /* to see whether the end has come, should the knock go unheard */
};

static char name[64];
static size_t name_length;
static int listener;

/* Names of other processes, here or in process id name spaces that share this network, differ. */
static int listen_here(void)
{
    struct strbuf text;
    strbuf_init(&text, name, sizeof name);
    strbuf_printf(&text, CONTROL_NAME "%d.%016lx", os_pid(), (unsigned long)os_entropy());
    name_length = text.length;
    listener = os_local_listen(name, name_length);
    return listener;
}

static void serve_questions(void);

static void knock(void)
{
    os_local_knock(name, name_length);
}

static struct hidden_thread service = {
    .option = "control=on",
    .name = "coalmine",
    .begin = listen_here,
    .work = serve_questions,
    .wake = knock,
};

static void serve_questions(void)
{
    for (;;) {
        int fd = os_local_accept(listener, LOOK_MS);
        if (atomic_load(&service.is_ending) || (fd < 0 && fd != -EAGAIN)) {
            return;
        }
        if (fd >= 0) {
            control_session(fd);
            os_close(fd);
        }
    }
}

uintptr_t control_stack_end(void)
{
    return hidden_thread_stack_end(&service);
}

void control_start(void)
{
    if (process_options.control && !process_start_block().secure) {
        hidden_thread_start(&service);
    }
}

void control_forget(void)
{
    hidden_thread_forget(&service);
}

void control_after_fork(void)
{
    if (process_options.children) {
        hidden_thread_start_again(&service);
    }
}
