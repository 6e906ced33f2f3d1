#include "os/stop_signal.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "os/io.h"
#include "os/status.h"

enum {
    HIGHEST = 63, /* SIGRTMAX is 64, and Valgrind's own */
    LOWEST = 34,  /* 32 and 33 are the C library's */
    MASK_BYTES = 8,
};

/* A signal action as the kernel takes it: not that of libc. */
struct action {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

#if defined(__x86_64__)
/* The return from a handler is ours to give here. Debuggers and unwinders know it by these
 * bytes. */
enum { WITH_RESTORER = 0x04000000 };
void stop_signal_return(void) __attribute__((visibility("hidden")));
__asm__(".pushsection .text\n"
        ".hidden stop_signal_return\n"
        ".globl stop_signal_return\n"
        ".type stop_signal_return, @function\n"
        "stop_signal_return:\n"
        "    movq $15, %rax\n" /* rt_sigreturn */
        "    syscall\n"
        ".size stop_signal_return, . - stop_signal_return\n"
        ".popsection\n");
#else
enum { WITH_RESTORER = 0 };
#define stop_signal_return NULL
#endif

static bool change(int signal, const struct action *to, struct action *was)
{
    return syscall(SYS_rt_sigaction, signal, to, was, MASK_BYTES) == 0;
}

static bool is_usable(int signal, void *handler)
{
    struct action now;
    return change(signal, NULL, &now) && (now.handler == (void *)SIG_DFL || now.handler == handler);
}

static bool is_traced(void)
{
    uint64_t tracer;
    return os_status_number("/proc/self/status", "TracerPid:", 10, &tracer) && tracer != 0;
}

int stop_signal_take(void (*handler)(int, siginfo_t *, void *))
{
    int saved = errno;
    struct action ours = {
        .handler = (void *)handler,
        .flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | WITH_RESTORER,
        .restorer = (void *)stop_signal_return,
        .mask = UINT64_MAX,
    };
    if (is_traced() && is_usable(SIGURG, ours.handler) && change(SIGURG, &ours, NULL)) {
        errno = saved;
        return SIGURG;
    }
    int signal = HIGHEST;
    while (signal >= LOWEST && !(is_usable(signal, ours.handler) && change(signal, &ours, NULL))) {
        signal--;
    }
    errno = saved;
    return signal >= LOWEST ? signal : 0;
}

void stop_signal_give_back(int signal)
{
    int saved = errno;
    struct action standard = {.handler = (void *)SIG_DFL};
    (void)change(signal, &standard, NULL);
    errno = saved;
}

bool stop_signal_send(int signal, int tid)
{
    int saved = errno;
    bool sent = syscall(SYS_tgkill, os_pid(), tid, signal) == 0;
    errno = saved;
    return sent;
}

bool stop_signal_is_blocked(int signal, int tid)
{
    char path[64];
    struct strbuf buf;
    strbuf_init(&buf, path, sizeof path);
    strbuf_printf(&buf, "/proc/self/task/%d/status", tid);
    uint64_t mask;
    return os_status_number(path, "SigBlk:", 16, &mask) && (mask >> (signal - 1) & 1);
}

/* Field `n` after the name, counted from 0, of a line as proc_pid_stat(5) gives it. */
static const char *stat_field(const char *line, unsigned n)
{
    const char *p = strrchr(line, ')'); /* names may hold anything, spaces and brackets too */
    for (p = p ? p + 1 : ""; *p == ' ' && n > 0; n--) {
        p++;
        p += strcspn(p, " ");
    }
    return *p == ' ' ? p + 1 : p;
}

enum stop_signal_outlook stop_signal_outlook(int tid)
{
    char text[512];
    struct strbuf buf;
    strbuf_init(&buf, text, sizeof text);
    strbuf_printf(&buf, "/proc/self/task/%d/stat", tid);
    int fd = os_open_read(text);
    if (fd < 0) {
        return fd == -ENOENT || fd == -ESRCH ? OUTLOOK_NONE : OUTLOOK_WAITING;
    }
    ssize_t got = os_read(fd, text, sizeof text - 1);
    os_close(fd);
    text[got > 0 ? got : 0] = '\0';
    enum { STATE, FLAGS = 6, PF_IO_WORKER = 0x10 };
    unsigned long flags = 0;
    for (const char *p = stat_field(text, FLAGS); *p >= '0' && *p <= '9'; p++) {
        flags = flags * 10 + (unsigned long)(*p - '0');
    }
    char state = *stat_field(text, STATE);
    if (state == '\0' || state == 'Z' || state == 'X' || (flags & PF_IO_WORKER)) {
        return OUTLOOK_NONE;
    }
    return state == 'R' ? OUTLOOK_RUNNING : OUTLOOK_WAITING;
}
