/* An array too large for any memory is refused by bad_alloc, as without us: no finding. */
#include <cstdint>
#include <new>

static bool refused(std::size_t count)
{
    try {
        delete[] new int[count];
    } catch (const std::bad_alloc &) {
        return true;
    }
    return false;
}

int main()
{
    volatile std::size_t most = PTRDIFF_MAX / sizeof(int);
    return refused(most) && refused(most * 2) ? 0 : 1;
}
