/* Functions that the library stands in front of, beside the C library's own: each trial is made
 * twice from the same seed, once with the function that a program finds and once with libc's.
 * Results, errno and every byte of the buffers must be the same. */
#ifndef CALLS_IO_SAME_H
#define CALLS_IO_SAME_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

/* One of the two runs of a trial. */
struct run;

typedef void trial_function(struct run *run, void *function);

struct trial {
    const char *name; /* of the function */
    trial_function *make;
};

/* Ends with a name that is NULL. */
extern const struct trial print_trials[], mixed_print_trials[], scan_trials[], stream_trials[],
    file_trials[], socket_trials[], waiting_trials[], other_trials[], multibyte_trials[],
    name_trials[], stream_file_trials[];

/* A random number below `limit`. */
size_t pick(struct run *run, size_t limit);

/* A buffer of that size, in the heap or not, filled with the same bytes in both runs. It is freed
 * after the run, when its contents have been noted. */
void *buffer(struct run *run, size_t bytes);

/* A random string in a block of its own that it fills. */
char *text(struct run *run, size_t most);
wchar_t *wide_text(struct run *run, size_t most);

/* What came out. note() adds errno; addresses are noted as to where they lead in a buffer. */
void note(struct run *run, long long result);
void note_bytes(struct run *run, const void *bytes, size_t count);
void note_place(struct run *run, const void *buffer, const void *result);
void note_file(struct run *run, FILE *file); /* all that is in it, and the place */

/* A temporary file with that content, at its start; closed after the run. */
FILE *file_with(struct run *run, const void *content, size_t bytes);

/* Standard output, in a file for the time of a run. */
FILE *take_output(struct run *run);
void note_output(struct run *run, FILE *file);

/* Standard input is that file, from its start. */
void read_from(FILE *file);

#endif
