/* A program with operators of its own, on top of malloc: no mismatch. */
#include <cstdlib>
#include <new>

void *operator new(std::size_t size)
{
    void *p = std::malloc(size);
    if (p == nullptr) {
        throw std::bad_alloc();
    }
    return p;
}

void *operator new[](std::size_t size)
{
    return operator new(size);
}

void operator delete(void *p) noexcept
{
    std::free(p);
}

void operator delete[](void *p) noexcept
{
    std::free(p);
}

void operator delete(void *p, std::size_t) noexcept
{
    std::free(p);
}

void operator delete[](void *p, std::size_t) noexcept
{
    std::free(p);
}

struct thing {
    ~thing()
    {
    }
    long values[3];
};

int main()
{
    delete new int(1);
    delete[] new thing[4];
    delete new thing;
    return 0;
}
