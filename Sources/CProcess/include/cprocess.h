// What a process is told at its start, and what it tells those that it starts.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <spawn.h>
#include <stddef.h>

/// The words of the command line as the system handed them over, the program's name first; ends with a null pointer.
///
/// Swift's own list is read from /proc, which need not be there.
char *const *cprocess_arguments(void);

// Two calls of the C library that its headers hide from Swift.

/// Makes a pipe whose ends no other program inherits; 0, or -1 with `errno`.
int cprocess_pipe(int ends[2]);

/// Lets a program that is to be started inherit no descriptor from this one on; 0 or the number of an error.
int cprocess_close_from(posix_spawn_file_actions_t *actions, int first);

/// Whether so many threads can be had at the same time: 0, or the number of the error that the system gave.
int cprocess_try_threads(int count);

/// Whether so much memory can be had in one piece: 0, or the number of the error that the system gave.
int cprocess_try_memory(size_t bytes);

/// From now on a trap for want of memory writes a line on standard error and ends the process with a status.
///
/// Any other trap goes on as it would have.
void cprocess_tell_exhaustion(const char *message, int status);

#endif
