/* new[] and delete[]. */
int main()
{
    char *p = new char[10]; /* @alloc */
    volatile char *bytes = p;
    bytes[10] = 0;
    delete[] p; /* @free */
    return 0;
}
