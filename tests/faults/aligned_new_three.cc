/* operator new with an alignment of 3. */
#include <new>

int main()
{
    void *p = ::operator new(100, std::align_val_t(3), std::nothrow); /* @bad */
    ::operator delete(p, std::align_val_t(3));
    return 0;
}
