/* Names of files and of the machine, written to blocks that are too small; names that were freed. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    chdir("/usr/lib");
    char *p = malloc(6); /* @alloc */
    printf("%d ", getcwd(p, PATH_MAX) == p); /* @first */
    printf("%d ", realpath("/usr/lib", p) == p); /* @second */
    printf("%zd ", readlink("/proc/self/cwd", p, 8)); /* @third */
    printf("%zd ", readlink("/proc/self/root", p, 100));
    struct stat *about = malloc(sizeof *about - 1); /* @about */
    printf("%d ", stat("/", about)); /* @fourth */
    free(about);
    strcpy(p, "/");
    free(p); /* @free */
    struct stat whole;
    lstat(p, &whole); /* @fifth */
    return 0;
}
