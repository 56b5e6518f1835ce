// What a process is told at its start, and what it tells those that it starts.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <spawn.h>

/// The words of the command line as the system handed them over, the program's name first; ends with a null pointer.
///
/// Swift's own list is read from /proc, which need not be there.
char *const *cprocess_arguments(void);

// Two calls of the C library that its headers hide from Swift.

/// Makes a pipe whose ends no other program inherits; 0, or -1 with `errno`.
int cprocess_pipe(int ends[2]);

/// Lets a program that is to be started inherit no descriptor from this one on; 0 or the number of an error.
int cprocess_close_from(posix_spawn_file_actions_t *actions, int first);

#endif
