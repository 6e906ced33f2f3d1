/* Strings as Redis keeps them: length and room before the text, the pointer to the text. */
#include <stdlib.h>
#include <string.h>

static char *volatile held[5];

static char *make(int type, size_t length)
{
    unsigned width = type ? 1u << (type - 1) : 0;
    char *block = calloc(1, 2 * width + 1 + length + 1);
    memcpy(block, &length, width);
    memcpy(block + width, &length, width);
    block[2 * width] = (char)(type ? type : (int)length << 3);
    return block + 2 * width + 1;
}

int main(void)
{
    for (int type = 0; type < 5; type++) {
        held[type] = make(type, 20);
    }
    return 0;
}
