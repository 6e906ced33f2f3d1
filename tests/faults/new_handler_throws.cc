/* bad_alloc thrown by the handler reaches the caller. */
#include <new>

struct own_failure : std::bad_alloc {
};

static void give_up()
{
    throw own_failure();
}

int main()
{
    volatile long size = 1L << 50;
    std::set_new_handler(give_up);
    try {
        ::operator delete(::operator new(size));
    } catch (const own_failure &) {
        return ::operator new(size, std::nothrow) == nullptr ? 0 : 2;
    }
    return 1;
}
