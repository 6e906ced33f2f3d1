/* delete, twice. */
int main()
{
    int *p = new int(7); /* @alloc */
    delete p;            /* @first */
    delete p;            /* @second */
    return 0;
}
