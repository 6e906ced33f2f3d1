/* Deleting through a base class without a virtual destructor. */
struct base {
    long a;
};

struct derived : base {
    long b[4];
};

int main()
{
    base *p = new derived(); /* @alloc */
    delete p;                /* @bad */
    return 0;
}
