// What Clang may count on of plain new: it zeroes 24 bytes 16 at a time, by an instruction that
// faults unless the address is a multiple of that. None of this is an error.
#include <cstdint>
#include <cstdio>

struct three {
    double a, b;
    long c;
};
struct five {
    int numbers[5];
};

static volatile uintptr_t low_bits;

template <typename T> __attribute__((noinline)) static void make()
{
    T *object = new T{};
    low_bits |= (uintptr_t)object;
    delete object;
}

int main()
{
    for (int i = 0; i < 8; i++) {
        make<three>();
        make<five>();
    }
    printf("%d\n", (int)(low_bits % 16));
    return 0;
}
