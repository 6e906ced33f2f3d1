/* delete of a global object. */
static int global = 5;

int main()
{
    int *p = &global;
    delete p; /* @bad */
    return global == 5 ? 0 : 1;
}
