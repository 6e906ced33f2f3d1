/* Allocated with an alignment, released without one. */
#include <new>

int main()
{
    void *p = ::operator new(100, std::align_val_t(64)); /* @alloc */
    ::operator delete(p);                                /* @bad */
    return 0;
}
