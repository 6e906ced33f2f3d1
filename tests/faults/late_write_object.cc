/* A member of a deleted object. */
struct counter {
    long name[3];
    long hits;
};

int main()
{
    counter *volatile p = new counter(); /* @alloc */
    delete p;                            /* @free */
    volatile long *hits = &p->hits;
    *hits = ~*hits;
    return 0;
}
