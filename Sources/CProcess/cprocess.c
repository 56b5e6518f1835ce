#define _GNU_SOURCE
#include "cprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

static void *wait_for(void *gate) {
  pthread_mutex_lock(gate);
  pthread_mutex_unlock(gate);
  return 0;
}

int cprocess_try_threads(int count) {
  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
  pthread_t *threads = calloc((size_t)count, sizeof *threads);
  if (!threads) return ENOMEM;
  int failure = 0, made = 0;
  pthread_mutex_lock(&gate);
  while (made < count && !failure) {
    failure = pthread_create(&threads[made], 0, wait_for, &gate);
    if (!failure) made++;
  }
  pthread_mutex_unlock(&gate);
  while (made > 0) pthread_join(threads[--made], 0);
  free(threads);
  return failure;
}

int cprocess_try_memory(size_t bytes) {
  void *piece = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (piece == MAP_FAILED) return errno;
  munmap(piece, bytes);
  return 0;
}

static char *exhaustion;
static int exhaustion_status;
static struct sigaction earlier[NSIG];

// How much memory the process has by now: what grows asks for about as much again.
static size_t held(void) {
  size_t pages = 0;
  char text[32];
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t count = read(file, text, sizeof text);
  close(file);
  for (ssize_t i = 0; i < count && text[i] >= '0' && text[i] <= '9'; i++) {
    pages = pages * 10 + (size_t)(text[i] - '0');
  }
  return pages * 4096;
}

static void trapped(int number) {
  size_t piece = held() / 4;
  if (piece < (64 << 20)) piece = 64 << 20;
  if (cprocess_try_memory(piece) != 0) {
    ssize_t told = write(STDERR_FILENO, exhaustion, strlen(exhaustion));
    (void)told;
    _exit(exhaustion_status);
  }
  // Where it was raised it is raised again, and meets whoever was asked before.
  sigaction(number, &earlier[number], 0);
}

void cprocess_tell_exhaustion(const char *message, int status) {
  exhaustion = strdup(message);
  if (!exhaustion) return;
  exhaustion_status = status;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = trapped;
  sigemptyset(&action.sa_mask);
  int numbers[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    sigaction(numbers[i], &action, &earlier[numbers[i]]);
  }
}
