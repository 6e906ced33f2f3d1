/* A program that lives by its own SIGSEGV handler: it opens the page and goes on, changes
 * registers, leaves by siglongjmp, on its own stack for signals and without one. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { PAGES = 64, TURNS = 500 };

static char *pages;
static size_t page_bytes;
static volatile int dirty, skipped, jumped, on_alternate;
static sigjmp_buf place;
static char *alternate;

static int is_on_alternate(void)
{
    char here;
    return (uintptr_t)&here - (uintptr_t)alternate < SIGSTKSZ;
}

/* A collector's write barrier. */
static void open_page(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    uintptr_t page = (uintptr_t)info->si_addr & ~(page_bytes - 1);
    if (info->si_code != SEGV_ACCERR || page - (uintptr_t)pages >= PAGES * page_bytes) {
        abort();
    }
    mprotect((void *)page, page_bytes, PROT_READ | PROT_WRITE);
    on_alternate = is_on_alternate();
    dirty++;
}

static void write_all(void)
{
    mprotect(pages, PAGES * page_bytes, PROT_READ);
    for (int i = 0; i < PAGES; i++) {
        errno = 77;
        pages[(size_t)i * page_bytes + 5]++;
        if (errno != 77) {
            puts("errno was changed");
        }
    }
}

static void skip(int number, siginfo_t *info, void *given)
{
    (void)number, (void)info;
#if defined(__x86_64__)
    ucontext_t *context = given;
    context->uc_mcontext.gregs[REG_RIP] = context->uc_mcontext.gregs[REG_RBX];
#endif
    skipped++;
}

static void touch_nothing(void)
{
#if defined(__x86_64__)
    __asm__ volatile("lea 1f(%%rip), %%rbx\n\tmovb $1, 0\n1:" ::: "rbx", "memory");
#else
    skipped++;
#endif
}

static void jump(int number)
{
    (void)number;
    on_alternate = is_on_alternate();
    jumped++;
    siglongjmp(place, 1);
}

static void jump_often(void)
{
    for (volatile int i = 0; i < TURNS; i++) {
        if (sigsetjmp(place, 1) == 0) {
            *(volatile int *)(uintptr_t)(16 + i) = 1;
        }
    }
}

static void set(void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction to = {.sa_sigaction = handler, .sa_flags = flags};
    sigaction(SIGSEGV, &to, NULL);
}

int main(void)
{
    page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    pages = mmap(NULL, PAGES * page_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    alternate = malloc(SIGSTKSZ);
    sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = SIGSTKSZ}, NULL);
    set(open_page, SA_SIGINFO);
    write_all();
    printf("%d %d ", dirty, on_alternate);
    set(open_page, SA_SIGINFO | SA_ONSTACK | SA_NODEFER);
    write_all();
    printf("%d %d ", dirty, on_alternate);
    set(skip, SA_SIGINFO);
    touch_nothing();
    signal(SIGSEGV, jump);
    jump_often();
    printf("%d %d %d ", skipped, jumped, on_alternate);
    set((void (*)(int, siginfo_t *, void *))jump, SA_ONSTACK);
    jump_often();
    printf("%d %d\n", jumped, on_alternate);
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    free(alternate);
    return 0;
}
