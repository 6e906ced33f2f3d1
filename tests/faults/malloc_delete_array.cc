/* malloc, then delete[]. */
#include <cstdlib>

int main()
{
    int *p = static_cast<int *>(std::malloc(24)); /* @alloc */
    delete[] p;                                   /* @bad */
    return 0;
}
