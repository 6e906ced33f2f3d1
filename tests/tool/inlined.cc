/* A function with two calls inlined into it, in scopes that only C++ has. */
#include <cstdlib>

namespace geo {

template <class T> struct Box {
    T side;
    __attribute__((noinline)) T grow(int by) const;
};

static inline __attribute__((always_inline)) int innermost(int by)
{
    return by * 3 + rand(); /* line 13 */
}

static inline __attribute__((always_inline)) int middle(int by)
{
    return innermost(by) + 1; /* line 18 */
}

template <class T> T Box<T>::grow(int by) const
{
    return middle(by) + side; /* line 23 */
}

} // namespace geo

int main(int argc, char **)
{
    return geo::Box<int>{argc}.grow(argc) == 0;
}
