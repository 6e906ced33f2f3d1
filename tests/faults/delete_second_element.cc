/* delete[] of the second element. */
int main()
{
    int *p = new int[4]; /* @alloc */
    delete[](p + 1);     /* @bad */
    delete[] p;
    return 0;
}
