/* Numbers with nothing behind them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Exactly so many bytes. */
static void *block(size_t size)
{
    return malloc(size); /* @alloc */
}

static volatile size_t n25 = 25, n24 = 24;
static char text[] = "0123456789012345678901234567890123456789";
static volatile size_t used;

int main(void)
{
    char *p;
    p = block(8);
    memset(p, '1', 8), used = strtol(p, NULL, 10); /* @strtol */
    free(p);
    p = block(8);
    memset(p, '7', 8), used = strtoul(p, NULL, 8); /* @strtoul */
    free(p);
    p = block(8);
    memset(p, '1', 8), used = strtoll(p, NULL, 0); /* @strtoll */
    free(p);
    p = block(8);
    memset(p, '1', 8), used = strtoimax(p, NULL, 0); /* @strtoimax */
    free(p);
    p = block(8);
    memset(p, '1', 8), used = strtod(p, NULL); /* @strtod */
    free(p);
    p = block(8);
    memset(p, '1', 8), p[3] = '.', used = strtof(p, NULL); /* @strtof */
    free(p);
    p = block(8);
    memset(p, ' ', 8), used = atoi(p); /* @atoi */
    free(p);
    p = block(8);
    memset(p, '1', 8), used = atol(p); /* @atol */
    free(p);
    p = block(8);
    memset(p, '1', 8), used = atof(p); /* @atof */
    free(p);
    return 0;
}
