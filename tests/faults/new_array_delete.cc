/* new[], then delete. */
int main()
{
    int *p = new int[3]; /* @alloc */
    delete p;            /* @bad */
    return 0;
}
