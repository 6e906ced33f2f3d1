/* Too large a request: nothrow answers NULL, plain throws; neither is a finding. */
#include <new>

int main()
{
    volatile long size = 1L << 50;
    if (::operator new(size, std::nothrow) != nullptr) {
        return 1;
    }
    if (::operator new[](size, std::align_val_t(4096), std::nothrow) != nullptr) {
        return 2;
    }
    try {
        ::operator delete(::operator new(size));
    } catch (const std::bad_alloc &) {
        return 0;
    }
    return 3;
}
