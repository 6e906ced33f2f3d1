/* What new[] returns is behind the count that delete[] will want. */
#include "forget.h"

struct element {
    long value[3];
    ~element()
    {
        value[0] = 0;
    }
};

static element *volatile first;

int main()
{
    first = new element[5];
    forget();
    return 0;
}
