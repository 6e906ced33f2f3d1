// An object ends at its guard as near as its alignment allows: any compiler may count on 16.
#include <new>

struct even {
    char bytes[40016];
};
struct alignas(64) strict {
    char bytes[40000]; // 64 more of padding
};

static volatile char sink;

int main()
{
    even *object = new even; /* @even */
    volatile char *p = object->bytes;
    sink = p[40016]; /* @read */
    delete object;
    strict *other = new strict; /* @strict */
    p = other->bytes;
    sink = p[sizeof(strict)]; /* @read_other */
    delete other;
    return 0;
}
