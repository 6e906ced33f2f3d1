"""A C program with one mistake in each of its functions: every kind of access that a guard can see,
at blocks of many sizes from every allocating function."""

import collections

PAGE = 4096
SIZES = (1, 2, 3, 5, 7, 8, 9, 12, 15, 16, 17, 23, 24, 31, 32, 33, 48, 63, 64, 65, 100, 128, 255, 256, 257, 500,
         512, 1000, 1024, 1025, 2047, 2048, 3001, 4095, 4096, 4097, 6000, 8191, 8192, 8193, 12345, 16384,
         20000, 24576, 32768, 32769, 40000, 49999, 65535, 65536)
ALIGNED = ((32, 33), (64, 1), (64, 64), (64, 1000), (128, 129), (256, 100), (512, 513), (1024, 5000), (4096, 1),
           (4096, 4096), (4096, 10000), (8192, 100), (16384, 20000))

# How a block is made and let go. {size} and {alignment} are put in.
WAYS = {
    "malloc": ("malloc({size})", "free(q)"),
    "calloc": ("calloc(1, {size})", "free(q)"),
    "realloc": ("realloc(malloc(1), {size})", "free(q)"),
    "new": ("new char[{size}]", "delete[] q"),
    "memalign": ("aligned_alloc({alignment}, {size})", "free(q)"),
}



class Case(collections.namedtuple("Case", "name kind access offset size free_line alloc_line access_line")):
    def is_far(self):
        """In the same guard, but perhaps nearer to a block of another thread behind it."""
        return self.offset <= -PAGE or self.offset >= self.size + PAGE - 1



def mistakes(side, size, alignment):
    """(kind, access, offset) of what is done wrong with one block: next to it, a page away from it,
    and in it when it is freed. Of a size that is no multiple of its alignment there are bytes
    between the end and the guard."""
    unit = min(alignment, PAGE)
    end = (size + unit - 1) // unit * unit
    outside = (end, end + PAGE - 1) if side == "after" else (-1, -PAGE)
    kind = "heap-buffer-overflow" if side == "after" else "heap-buffer-underflow"
    for offset in outside:
        for access in ("read", "write"):
            yield kind, access, offset
    for offset in (0, size - 1):
        for access in ("read", "write"):
            yield "heap-use-after-free", access, offset


class Program:
    """Its text, and what must be told of it."""

    def __init__(self, side):
        self.lines = []
        self.cases = []
        self.out("#include <pthread.h>", "#include <signal.h>", "#include <stdlib.h>", "#include <string.h>",
                 "#include <sys/wait.h>", "#include <unistd.h>", "static volatile char sink;")
        for size in SIZES:
            way = ("malloc", "calloc", "realloc", "new")[len(self.cases) // 8 % 4]
            self.block(side, way, size, 1)
        for alignment, size in ALIGNED:
            self.block(side, "memalign", size, alignment)
        self.runner()

    def out(self, *lines):
        self.lines += lines
        return len(self.lines)

    def block(self, side, way, size, alignment):
        make, release = (text.format(size=size, alignment=alignment) for text in WAYS[way])
        for kind, access, offset in mistakes(side, size, alignment):
            name = f"case_{len(self.cases)}"
            statement = f"p[{offset}] = 1;" if access == "write" else f"sink = p[{offset}];"
            self.out("", f"static void {name}(void)", "{")
            alloc_line = self.out(f"    char *volatile q = (char *){make};")
            self.out("    volatile char *p = q;")
            free_line = None
            if kind == "heap-use-after-free":
                free_line = self.out(f"    {release};")
                access_line = self.out(f"    {statement}")
            else:
                access_line = self.out(f"    {statement}")
                self.out(f"    {release};")
            self.out("}")
            self.cases.append(Case(name, kind, access, offset, size, free_line, alloc_line, access_line))

    def runner(self):
        self.out("", "static const struct {", "    void (*run)(void);", "    int far;", "} cases[] = {",
                 *(f"    {{{case.name}, {int(case.is_far())}}}," for case in self.cases), "};")
        self.out(RUNNER)

    def text(self):
        return "\n".join(self.lines) + "\n"


RUNNER = """
enum { CASES = sizeof cases / sizeof *cases };
static volatile int next;

static void handler(int number)
{
    (void)number;
    cases[next].run();
}

static void in_handler(int on_stack)
{
    static char stack[65536];
    stack_t alternate = {};
    alternate.ss_sp = stack;
    alternate.ss_size = sizeof stack;
    sigaltstack(&alternate, NULL);
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = on_stack ? SA_ONSTACK : 0;
    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    for (next = 0; next < CASES; next++) {
        raise(SIGUSR1);
    }
}

static void *run_all(void *unused)
{
    for (int i = 0; i < CASES; i++) {
        cases[i].run();
    }
    return unused;
}

static void *run_part(void *part)
{
    for (int i = part ? 1 : 0; i < CASES; i += 2) {
        if (!cases[i].far) {
            cases[i].run();
        }
    }
    return NULL;
}

static void in_threads(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, run_part, NULL);
    pthread_create(&threads[1], NULL, run_part, &threads);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

static void in_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        run_all(NULL);
        exit(0);
    }
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    const char *where = argc > 1 ? argv[1] : "";
    if (strcmp(where, "threads") == 0) {
        in_threads();
    } else if (strcmp(where, "handler") == 0) {
        in_handler(0);
    } else if (strcmp(where, "stack") == 0) {
        in_handler(1);
    } else if (strcmp(where, "child") == 0) {
        in_child();
    } else {
        run_all(NULL);
    }
    return 0;
}
"""
