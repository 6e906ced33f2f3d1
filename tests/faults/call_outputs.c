/* System calls and functions that fill a structure. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    int *ends = malloc(sizeof *ends); /* @ends */
    pipe(ends); /* @first */
    free(ends);
    struct pollfd *one = calloc(1, sizeof *one); /* @one */
    one->fd = -1;
    poll(one, 2, 0); /* @second */
    free(one);
    struct timeval *now = malloc(8); /* @now */
    gettimeofday(now, NULL); /* @third */
    free(now);
    time_t epoch = 0;
    struct tm *broken = malloc(sizeof *broken); /* @broken */
    free(broken); /* @free */
    gmtime_r(&epoch, broken); /* @fourth */
    char *text = malloc(4); /* @text */
    struct tm day = {.tm_year = 100, .tm_mday = 1};
    strftime(text, 5, "%y", &day);
    strftime(text, 5, "%Y", &day); /* @fifth */
    free(text);
    return 0;
}
