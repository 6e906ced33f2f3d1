/* The same in a copy of the process, as threads still run. */
#define THREADS 1
#include "leak_closed_page.c"
