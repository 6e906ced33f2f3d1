/* A leak of a library that is gone still has function, file and line, in a check and at the end. */
#include <coalmine/coalmine.h>
#include <dlfcn.h>
#include <unistd.h>

#include "expecting.h"

__attribute__((noinline)) static void use_library(const char *path)
{
    void *library = dlopen(path, RTLD_NOW);
    void (*work)(void) = (void (*)(void))dlsym(library, "work");
    work();
    dlclose(library);
    forget();
}

int main(void)
{
    char path[] = "/tmp/coalmine-gone-XXXXXX", command[256];
    if (mkstemp(path) < 0) {
        return 1;
    }
    snprintf(command, sizeof command, "cc -g -O0 -fPIC -shared -x c - -o %s", path);
    FILE *compiler = popen(command, "w");
    fputs("#include <stdlib.h>\n#line 40 \"gone.c\"\nvoid work(void)\n{\n"
          "    *(char *)malloc(48) = 'x';\n}\n",
          compiler);
    if (pclose(compiler) != 0) {
        return 1;
    }
    uint32_t mark = coalmine_mark();
    use_library(path);
    struct coalmine_leaks leaks;
    EXPECT_NUMBER(coalmine_leak_check(mark, &leaks), 1);
    EXPECT(strstr(leaks.text, "#0 work ") && strstr(leaks.text, "gone.c:42"));
    coalmine_leaks_free(&leaks);
    unlink(path); /* the names are known by now */
    expected();
    return 0;
}
