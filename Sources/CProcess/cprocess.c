#define _GNU_SOURCE
#include "cprocess.h"

#include <fcntl.h>
#include <unistd.h>

static char *none[] = {0};
static char **arguments = none;

// The C library hands argc and argv to constructors as it does to main.
__attribute__((constructor)) static void keep(int count, char **words) {
  if (count > 0 && words) arguments = words;
}

char *const *cprocess_arguments(void) { return arguments; }

int cprocess_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cprocess_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
