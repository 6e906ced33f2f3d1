/* operator new with a negative size throws, and says so. */
#include <cstddef>
#include <new>

int main()
{
    volatile long length = -1;
    try {
        void *p = ::operator new[](static_cast<std::size_t>(length)); /* @bad */
        ::operator delete[](p);
    } catch (const std::bad_alloc &) {
        return 0;
    }
    return 1;
}
