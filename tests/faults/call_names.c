/* Names of files in blocks that were freed, and without an end; a stream's buffer that is said to
 * be larger than it is. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    char *name = malloc(10), *open_end = malloc(4), *room = malloc(100); /* @alloc */
    strcpy(name, "/dev/null");
    memcpy(open_end, "/dev", 4);
    printf("%d ", open(name, O_RDONLY) >= 0);
    printf("%d ", access(open_end, R_OK)); /* @access */
    FILE *file = fopen(name, "r");
    setvbuf(file, room, _IOFBF, 512); /* @buffer */
    fclose(file);
    free(name);                          /* @free */
    printf("%d ", open(name, O_RDONLY)); /* @open */
    printf("%d", rename("/none", name)); /* @rename */
    free(open_end);
    free(room);
    return 0;
}
