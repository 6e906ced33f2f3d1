// stack: C++ exceptions stay with libgcc though libunwind is loaded, and frames are right while one flies.
#include <dlfcn.h>
#include <pthread.h>
#include <unwind.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

extern "C" {
#include "stack/callsite.h"
#include "stack/stack.h"
#include "stack/start.h"
}

namespace {

stack_cache *cache;
int captures;
volatile int sink;

[[noreturn]] void fail(const char *what)
{
    std::fprintf(stderr, "failed: %s\n", what);
    std::exit(1);
}

struct libgcc_trace {
    std::uintptr_t frames[STACK_MOST_FRAMES];
    unsigned count;
};

_Unwind_Reason_Code note(_Unwind_Context *context, void *argument)
{
    auto *trace = static_cast<libgcc_trace *>(argument);
    if (trace->count < STACK_MOST_FRAMES) {
        trace->frames[trace->count++] = _Unwind_GetIP(context);
    }
    return _URC_NO_REASON;
}

// Our frames from the caller on are libgcc's.
__attribute__((noinline)) void compare()
{
    call_site site;
    const auto *frame = static_cast<std::uintptr_t *>(__builtin_frame_address(0));
    site.pc = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
    site.sp = reinterpret_cast<std::uintptr_t>(frame + 2);
    site.fp = frame[0];
    libgcc_trace trace = {};
    _Unwind_Backtrace(note, &trace);
    struct stack_view view = stack_view(stack_capture(cache, &site));
    while (trace.count > 1 && trace.frames[trace.count - 1] == 0) {
        trace.count--; // libgcc tells the end as a frame
    }
    if (view.count != trace.count - 1) {
        fail("as many frames as libgcc finds");
    }
    for (unsigned i = 0; i < view.count; i++) {
        if (view.frames[i] != trace.frames[i + 1]) {
            fail("the frames that libgcc finds");
        }
    }
    captures++;
}

// Runs while the exception passes.
struct on_the_way {
    std::string text = "longer than what fits into the string itself";
    ~on_the_way() { compare(); }
};

__attribute__((noinline)) int thrower(int depth)
{
    on_the_way guard;
    if (depth == 0) {
        compare();
        throw std::runtime_error("thrown");
    }
    sink = thrower(depth - 1);
    return depth;
}

int catcher(int depth)
{
    try {
        sink = thrower(depth);
    } catch (const std::runtime_error &error) {
        compare();
        return std::strcmp(error.what(), "thrown") == 0 ? 1 : 0;
    }
    return 0;
}

void rethrower(int depth)
{
    try {
        sink = thrower(depth);
    } catch (...) {
        compare();
        throw;
    }
}

void check_owner(const char *name)
{
    Dl_info info;
    void *symbol = dlsym(RTLD_DEFAULT, name);
    if (!symbol || !dladdr(symbol, &info) || !std::strstr(info.dli_fname, "libgcc_s")) {
        fail("exceptions are libgcc's");
    }
}

void make_cache()
{
    pthread_attr_t attributes;
    void *low;
    std::size_t bytes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &low, &bytes);
    pthread_attr_destroy(&attributes);
    auto start = reinterpret_cast<std::uintptr_t>(low);
    cache = stack_cache_create(start, start + bytes);
}

} // namespace

int main()
{
    if (!stack_start(STACK_MOST_FRAMES)) {
        fail("libunwind is found");
    }
    make_cache();
    check_owner("_Unwind_RaiseException");
    check_owner("_Unwind_Resume");
    for (int round = 0; round < 3; round++) {
        for (int depth = 0; depth < 20; depth++) {
            if (catcher(depth) != 1) {
                fail("what was thrown is caught");
            }
            try {
                rethrower(depth);
                fail("what was rethrown arrives");
            } catch (const std::exception &) {
                compare();
            }
        }
    }
    std::printf("100%%: Checks: 1, Failures: 0, Errors: 0\n");
    return captures > 1000 ? 0 : 1;
}
