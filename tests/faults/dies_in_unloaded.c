/* A call into a library that was unloaded, and that never appeared in a stack: it is named. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int (*load(void **library))(void)
{
    char path[] = "/tmp/coalmine-gone-XXXXXX", command[256];
    if (mkstemp(path) < 0) {
        _exit(1);
    }
    snprintf(command, sizeof command, "cc -fPIC -shared -x c - -o %s", path);
    FILE *compiler = popen(command, "w");
    fputs("int answer(void) { return 42; }\n", compiler);
    if (pclose(compiler) != 0) {
        _exit(1);
    }
    *library = dlopen(path, RTLD_NOW);
    unlink(path);
    return (int (*)(void))dlsym(*library, "answer");
}

int main(void)
{
    void *library;
    int (*answer)(void) = load(&library);
    if (answer() != 42) {
        return 1;
    }
    dlclose(library);
    return answer() + 1; /* @call */
}
