#include "interpose/cxx_runtime.h"

#include <dlfcn.h>
#include <stdint.h>

#include "base/compiler.h"
#include "os/panic.h"

/* Weak: bound when the program is linked with the C++ runtime. One that is loaded later, by a
 * plugin of a C program, is found by name. */
typedef void new_handler(void);
extern new_handler *_ZSt15get_new_handlerv(void) __attribute__((weak));
extern void _ZSt17__throw_bad_allocv(void) __attribute__((weak, noreturn));

static void *in_late_runtime(const char *name)
{
    void *runtime = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);
    return runtime ? dlsym(runtime, name) : NULL;
}

void *cxx_symbol(const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);
    return symbol ? symbol : in_late_runtime(name);
}

static new_handler *current_handler(void)
{
    new_handler *(*get)(void) = _ZSt15get_new_handlerv;
    if (!get) {
        void *found = in_late_runtime("_ZSt15get_new_handlerv");
        get = (new_handler * (*)(void))(uintptr_t)found;
    }
    return get ? get() : NULL;
}

bool cxx_has_new_handler(void)
{
    return current_handler() != NULL;
}

bool cxx_call_new_handler(void)
{
    new_handler *handler = current_handler();
    if (handler) {
        handler();
    }
    return handler != NULL;
}

void cxx_throw_bad_alloc(void)
{
    if (_ZSt17__throw_bad_allocv) {
        _ZSt17__throw_bad_allocv();
    }
    void *found = in_late_runtime("_ZSt17__throw_bad_allocv");
    if (found) {
        ((void (*)(void))(uintptr_t)found)();
    }
    PANIC("operator new is out of memory, and there is no C++ runtime to throw std::bad_alloc");
}
