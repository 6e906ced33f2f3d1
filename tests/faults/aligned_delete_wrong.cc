/* Released with another alignment than the block was allocated with. */
#include <new>

int main()
{
    void *p = ::operator new(100, std::align_val_t(64)); /* @alloc */
    ::operator delete(p, std::align_val_t(32));          /* @bad */
    return 0;
}
