/* Asks for the control socket by itself, and says how many threads it has and whether the kernel
 * marked it as privileged. */
#include <dirent.h>
#include <stdio.h>
#include <sys/auxv.h>

const char *coalmine_default_options(void)
{
    return "control=on";
}

int main(void)
{
    int threads = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *entry; tasks && (entry = readdir(tasks));) {
        threads += entry->d_name[0] != '.';
    }
    printf("%s %d\n", getauxval(AT_SECURE) ? "secure" : "plain", threads);
    return 0;
}
