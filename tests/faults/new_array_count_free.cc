// new[] of a class with a destructor keeps the number of objects in front of them: plain delete and
// free get the address behind it.
#include <cstdlib>

struct guarded_name {
    char letters[20];
    ~guarded_name() { letters[0] = 0; }
};

int main()
{
    guarded_name *volatile first = new guarded_name[5]; /* @alloc */
    delete first; /* @delete */
    guarded_name *volatile second = new guarded_name[5]; /* @other */
    free(second); /* @free */
    delete[] first;
    delete[] second;
    return 0;
}
