/* An over-aligned object. */
#include <new>

struct alignas(64) line {
    char bytes[64];
};

int main()
{
    line *p = new line; /* @alloc */
    volatile char *bytes = p->bytes;
    bytes[64] = 0;
    delete p; /* @free */
    return 0;
}
