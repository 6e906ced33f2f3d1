/* One file with symbols, and the calls that were inlined at an address of it. By libdw: DWARF where
 * the file or its separate debug file has some, else the symbol table. */
#ifndef TOOL_SYMBOL_FILE_H
#define TOOL_SYMBOL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct symbol_file;

/* Opened files are kept to the end of the process. `build_id` in lower-case hex, "" to take any.
 * NULL if there is no such file, or it is another one by its build id, or no ELF file. */
MUST_USE struct symbol_file *symbol_file_open(const char *path, const char *build_id);

struct symbol_frame {
    const char
        *function; /* demangled; "" where unknown, as with all of these; valid during the visit */
    const char *file;
    const char *linkage; /* mangled name; "" if that is no other */
    int line;            /* 0: unknown */
    bool inlined;        /* into the next one visited */
};

/* Visits the frames at an address, innermost first; none if nothing is known of it. Of data, one
 * whose function is the variable, "NAME" or "NAME+BYTES". */
void symbol_file_frames(struct symbol_file *file, uint64_t address,
                        void (*visit)(void *context, const struct symbol_frame *frame),
                        void *context);

#endif
