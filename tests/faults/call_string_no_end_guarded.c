/* The same of blocks that end where a guard begins, or near it. */
#define TURNS 2 /* writing behind the block is another fault there */
#include "call_string_no_end.c"
