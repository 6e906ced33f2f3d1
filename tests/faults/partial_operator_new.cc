/* Only the two basic operators are replaced; the others must still fit them. */
#include <cstdlib>
#include <new>

void *operator new(std::size_t size)
{
    void *p = std::malloc(size + 1);
    if (p == nullptr) {
        throw std::bad_alloc();
    }
    return p;
}

void operator delete(void *p) noexcept
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
    delete[] new int[10];
    delete[] new thing[4];
    ::operator delete(::operator new(40), static_cast<std::size_t>(40));
    ::operator delete[](::operator new[](40), static_cast<std::size_t>(40));
    ::operator delete(::operator new(40, std::nothrow), std::nothrow);
    ::operator delete[](::operator new[](40, std::nothrow), std::nothrow);
    return 0;
}
