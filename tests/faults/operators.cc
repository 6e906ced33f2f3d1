/* Every form of new with its delete. */
#include <cstdint>
#include <new>

using size = decltype(sizeof 0);

int main()
{
    const std::align_val_t line = std::align_val_t(64);
    ::operator delete(::operator new(40));
    ::operator delete(::operator new(40), size(40));
    ::operator delete(::operator new(40, std::nothrow), std::nothrow);
    ::operator delete[](::operator new[](40));
    ::operator delete[](::operator new[](40), size(40));
    ::operator delete[](::operator new[](40, std::nothrow), std::nothrow);
    ::operator delete(::operator new(40, line), line);
    ::operator delete(::operator new(40, line), size(40), line);
    ::operator delete(::operator new(40, line, std::nothrow), line, std::nothrow);
    ::operator delete[](::operator new[](40, line), line);
    ::operator delete[](::operator new[](40, line), size(40), line);
    void *p = ::operator new[](40, line, std::nothrow);
    bool aligned = reinterpret_cast<std::uintptr_t>(p) % 64 == 0;
    ::operator delete[](p, line, std::nothrow);
    ::operator delete(nullptr);
    void *empty = ::operator new(0);
    bool there = empty != nullptr;
    ::operator delete(empty, size(0));
    return aligned && there ? 0 : 1;
}
