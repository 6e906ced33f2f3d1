/* A sized delete that names another size. */
#include <new>

int main()
{
    void *p = ::operator new(16);                             /* @alloc */
    ::operator delete(p, static_cast<decltype(sizeof 0)>(8)); /* @bad */
    return 0;
}
