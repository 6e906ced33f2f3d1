/* The same with every block at a guard. */
#include "call_string_ends.c"
