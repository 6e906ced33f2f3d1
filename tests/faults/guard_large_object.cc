// An object of odd size ends at its guard exactly; one of stricter alignment as near as that
// allows.
#include <new>

struct odd {
    char bytes[40001];
};
struct alignas(64) strict {
    char bytes[40000]; // 64 more of padding
};

static volatile char sink;

int main()
{
    odd *object = new odd; /* @odd */
    volatile char *p = object->bytes;
    sink = p[40001]; /* @read */
    delete object;
    strict *other = new strict; /* @strict */
    p = other->bytes;
    sink = p[sizeof(strict)]; /* @read_other */
    delete other;
    return 0;
}
