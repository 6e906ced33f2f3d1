/* new, then realloc: the contents survive. */
#include <cstdlib>

int main()
{
    int *p = new int(3);                                /* @alloc */
    int *q = static_cast<int *>(std::realloc(p, 4000)); /* @bad */
    bool kept = q == nullptr || *q == 3;
    std::free(q);
    return kept ? 0 : 1;
}
