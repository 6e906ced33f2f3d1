/* Lost by a library that is gone before the program ends. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "forget.h"

__attribute__((noinline)) static void load_and_close(void)
{
    char path[] = "/tmp/coalmine-peer-XXXXXX", command[256];
    if (mkstemp(path) < 0) {
        _exit(1);
    }
    snprintf(command, sizeof command, "cc -g -O0 -fPIC -shared -x c - -o %s", path);
    FILE *compiler = popen(command, "w");
    fputs("#include <stdlib.h>\nvoid lose(void) { volatile char *p = malloc(48); p[0] = 1; }\n",
          compiler);
    if (pclose(compiler) != 0) {
        _exit(1);
    }
    void *library = dlopen(path, RTLD_NOW);
    unlink(path);
    void (*lose)(void) = (void (*)(void))dlsym(library, "lose");
    lose();
    dlclose(library);
}

int main(void)
{
    load_and_close();
    forget();
    return 0;
}
