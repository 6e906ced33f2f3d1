/* stack: captures beside threads that are in the loader, load, unload and fork. */
#include "stack/stack.h"

#include <check.h>
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <unwind.h>

#include "os/lock.h"
#include "os/own.h"
#include "stack/modules.h"
#include "support/plugin.h"
#include "support/stack_probe.h"
#include "support/suite.h"

enum { RUN_MS = 1500 };

static atomic_bool stop;
static atomic_int failures, loads, iterations, captures;
static _Thread_local volatile int sink;

static const char calls_back[] = "int run(int (*probe)(void *), void *with, int depth);\n"
                                 "int run(int (*probe)(void *), void *with, int depth)\n"
                                 "{ volatile int result = depth ? run(probe, with, depth - 1) : "
                                 "probe(with); return result + N; }\n";

typedef int run_function(int (*probe)(void *), void *with, int depth);

/* Frames are compared with libgcc's, which takes no lock either; libunwind itself may wait for the
 * loader while the loader's callback waits for it. */
static struct {
    __typeof__(_Unwind_Backtrace) *backtrace;
    __typeof__(_Unwind_GetIP) *get_ip;
} libgcc;

static void load_libgcc(void)
{
    void *library = dlopen("libgcc_s.so.1", RTLD_NOW);
    ck_assert_ptr_nonnull(library);
    libgcc.backtrace = (__typeof__(libgcc.backtrace))(uintptr_t)dlsym(library, "_Unwind_Backtrace");
    libgcc.get_ip = (__typeof__(libgcc.get_ip))(uintptr_t)dlsym(library, "_Unwind_GetIP");
}

static void prepare(void)
{
    load_libgcc();
    char source[512];
    for (int n = 0; n < 2; n++) {
        snprintf(source, sizeof source, "#define N %d\n%s", n, calls_back);
        plugin_build(n ? "b" : "a", source);
    }
}

static run_function *load(const char *name, void **library)
{
    char path[128];
    plugin_path(name, path);
    *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    ck_assert_ptr_nonnull(*library);
    stack_after_module_load();
    return (run_function *)(uintptr_t)dlsym(*library, "run");
}

static void unload(void *library)
{
    ck_assert_int_eq(dlclose(library), 0);
    stack_after_module_unload();
}

struct reference {
    void *frames[PROBE_FRAMES];
    int count;
};

static _Unwind_Reason_Code note(struct _Unwind_Context *context, void *argument)
{
    struct reference *reference = argument;
    void *pc = (void *)libgcc.get_ip(context);
    if (reference->count < PROBE_FRAMES && pc) {
        reference->frames[reference->count++] = pc;
    }
    return _URC_NO_REASON;
}

static NOINLINE int probe(void *with)
{
    struct reference reference = {.count = 0};
    struct call_site site = CALL_SITE();
    uint32_t id = stack_capture(with, &site);
    libgcc.backtrace(note, &reference);
    bool same = probe_is_same(id, reference.frames + 1, reference.count - 1);
    failures += !same;
    captures++;
    return same;
}

static int visit(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)info, (void)size;
    sink = probe(context); /* under the loader's lock */
    return 0;
}

static void *iterate(void *unused)
{
    struct stack_cache *cache = probe_cache();
    while (!stop) {
        dl_iterate_phdr(visit, cache);
        iterations++;
    }
    stack_cache_destroy(cache);
    return unused;
}

static void *load_and_unload(void *unused)
{
    struct stack_cache *cache = probe_cache();
    for (int i = 0; !stop; i++) {
        void *library;
        run_function *run = load(i % 2 ? "a" : "b", &library);
        sink = run(probe, cache, i % 7);
        unload(library);
        loads++;
    }
    stack_cache_destroy(cache);
    return unused;
}

static NOINLINE int wander(struct stack_cache *cache, int depth, unsigned *seed)
{
    for (int i = 0; i < 2; i++) {
        if (depth > 0 && rand_r(seed) % 3) {
            sink = wander(cache, depth - 1, seed);
        } else {
            sink = probe(cache);
        }
    }
    return depth;
}

static void *capture(void *number)
{
    struct stack_cache *cache = probe_cache();
    unsigned seed = (unsigned)(uintptr_t)number;
    while (!stop) {
        wander(cache, 10, &seed);
    }
    stack_cache_destroy(cache);
    return NULL;
}

static void wait_ms(long ms)
{
    struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&wait, NULL);
}

START_TEST(test_captures_go_on_beside_the_loader)
{
    void *(*const work[])(void *) = {iterate, load_and_unload, capture, capture};
    pthread_t threads[4];
    prepare();
    ck_assert(stack_start(STACK_MOST_FRAMES));
    for (uintptr_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work[i], (void *)(i + 1)), 0);
    }
    wait_ms(RUN_MS);
    stop = true;
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_gt(loads, 10);
    ck_assert_int_gt(iterations, 10);
    ck_assert_int_eq(failures, 0);
}
END_TEST

static uint32_t kept;

static int keep(void *with)
{
    kept = probe_capture(with);
    sink = 1;
    return 0;
}

/* The child learns new program counters: it must find no lock taken, of ours or of libunwind. It
 * cannot ask libunwind itself, nor load anything: another thread may have been in the loader. */
static int capture_in_child(run_function *run, struct stack_cache *cache)
{
    alarm(10);
    sink = run(keep, cache, 3);
    struct stack_view view = stack_view(kept);
    for (uint32_t i = 1; i < 5; i++) {
        if (view.frames[i] - (uintptr_t)run > 200) {
            return 1;
        }
    }
    return 0;
}

static void fork_once(struct stack_cache *cache, run_function *run)
{
    os_lock_all();
    pid_t child = fork();
    os_unlock_all();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        _exit(capture_in_child(run, cache));
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}

START_TEST(test_children_forked_amid_captures_capture)
{
    pthread_t threads[3];
    prepare();
    stack_register_locks();
    own_register_lock();
    struct stack_cache *cache = probe_start();
    for (uintptr_t i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, capture, (void *)(i + 1)), 0);
    }
    ck_assert_int_eq(pthread_create(&threads[2], NULL, iterate, NULL), 0);
    void *library;
    run_function *run = load("b", &library);
    for (int i = 0; i < 60; i++) {
        fork_once(cache, run);
    }
    stop = true;
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_eq(failures, 0);
}
END_TEST

static const char *module_of_frame(uint32_t id, uint32_t frame)
{
    struct stack_view view = stack_view(id);
    const struct module *module = module_find(stack_lookup_address(view.frames[frame]), view.epoch);
    ck_assert_ptr_nonnull(module);
    return strrchr(module->path, '/');
}

START_TEST(test_what_comes_in_an_unloaded_modules_place_is_told_apart)
{
    prepare();
    struct stack_cache *cache = probe_start();
    uint32_t ids[2];
    uintptr_t places[2];
    for (int n = 0; n < 2; n++) {
        void *library;
        run_function *run = load(n ? "b" : "a", &library);
        for (int i = 0; i < 3; i++) {
            sink = run(keep, cache, 2);
            sink = run(probe, cache, 2);
        }
        ids[n] = kept;
        places[n] = (uintptr_t)run;
        unload(library);
    }
    ck_assert_uint_eq(places[0], places[1]); /* else this test tests nothing */
    ck_assert_uint_ne(ids[0], ids[1]);
    ck_assert_str_eq(module_of_frame(ids[0], 1), "/a.so");
    ck_assert_str_eq(module_of_frame(ids[1], 1), "/b.so");
    ck_assert_int_eq(failures, 0);
}
END_TEST

START_TEST(test_unloading_leaves_the_ids_of_other_stacks_alone)
{
    prepare();
    struct stack_cache *cache = probe_start();
    uint32_t ids[3];
    for (int i = 0; i < 3; i++) {
        __asm__ volatile("" : "+r"(i)); /* one call site: not unrolled */
        ids[i] = probe_capture(cache);
        void *library;
        run_function *run = load("a", &library);
        sink = run(probe, cache, 2);
        unload(library);
    }
    ck_assert_uint_ne(ids[0], STACK_NONE);
    ck_assert_uint_eq(ids[0], ids[1]);
    ck_assert_uint_eq(ids[1], ids[2]);
    ck_assert_uint_gt(module_epoch(), 3);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_captures_go_on_beside_the_loader);
    tcase_add_test(tests, test_children_forked_amid_captures_capture);
    tcase_add_test(tests, test_what_comes_in_an_unloaded_modules_place_is_told_apart);
    tcase_add_test(tests, test_unloading_leaves_the_ids_of_other_stacks_alone);
}

int main(void)
{
    plugin_start();
    return suite_run("stack_loader", add);
}
