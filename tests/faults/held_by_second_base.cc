/* The only pointer is one to the second base of the object. */
#include "forget.h"

struct first {
    virtual ~first() {}
    long value;
};

struct second {
    virtual ~second() {}
    long value;
};

struct both : first, second {
    long more[4];
};

static second *volatile kept;

int main()
{
    kept = new both;
    forget();
    return 0;
}
