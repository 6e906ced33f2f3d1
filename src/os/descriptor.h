/* Descriptors that the library keeps in the program's table. */
#ifndef OS_DESCRIPTOR_H
#define OS_DESCRIPTOR_H

/* A descriptor of the same file, closed on exec, with a number that programs do not come to and
 * scripts do not name; the given one is closed. Below 0: -errno. Keeps errno. */
int os_descriptor_move_up(int fd);

#endif
