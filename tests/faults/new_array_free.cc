/* new[], then free. */
#include <cstdlib>

int main()
{
    int *p = new int[3]; /* @alloc */
    std::free(p);        /* @bad */
    return 0;
}
