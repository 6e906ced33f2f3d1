/* Pointers into the middle of a block that are as good as one to its start, since they are what the
 * program was given. The heuristics of Valgrind's memcheck (its manual, 4.2.8), by the layouts that
 * they stand for, and three more, the fourth to the sixth:
 *
 * - text of a std::string of the old ABI: length, capacity and a reference count before it, and the
 *   capacity is what the block has room for (libstdc++, basic_string::_Rep);
 * - a length of 64 bits before the data, and that is the block's size without it;
 * - an array from new[] whose elements have destructors: a count before the first, 8 bytes, or
 *   padded to 16 (Itanium C++ ABI, 2.7), that divides what follows;
 * - text with its length and room packed before it, and the room is what the block has (sds, the
 *   strings of Redis and its clients): thousands of them in a process, none lost;
 * - a node of a tree made by tsearch(3), or of the tree in which setenv(3) keeps its strings: glibc
 *   marks a red node in the lowest bit of its link to the left, so the child there is pointed to
 *   one byte behind its start;
 * - an object of Python's, behind the links of its garbage collector (PyGC_Head): it is the object
 *   that is pointed to, and the links lead elsewhere or nowhere;
 * - an object by a pointer to its second or later base: both it and the block begin with a pointer
 *   to a table of functions, in memory that is not written to.
 */
#ifndef INSPECT_INTERIOR_H
#define INSPECT_INTERIOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "inspect/census.h"
#include "inspect/ranges.h"

enum { INTERIOR_REMEMBERED = 128 };

struct interior_places {
    /* Where tables of functions, and functions, may lie. Settled. */
    struct ranges read_only, executable;
    /* Answers of before, as asking takes a system call: address, or that plus one for yes. */
    uintptr_t remembered[INTERIOR_REMEMBERED];
    uintptr_t remembered_types[INTERIOR_REMEMBERED]; /* the same of Python's types */
};

/* `at` lies inside the block, not at its start. The block's memory is there to be read. */
MUST_USE bool interior_is_explained(struct interior_places *places, const struct resident *block,
                                    uintptr_t at);

#endif
