// What the C library's allocator can be told; nothing where there is no such call.
#ifndef CMALLOC_SHIM_H
#define CMALLOC_SHIM_H

#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

/// Maps pieces of memory from this size on by themselves, so that they go back to the system when they are freed.
///
/// Without it the size grows with the first large piece that is freed, and the rest stays.
///
/// With it, what lies free at the end of an arena is kept up to four times that size: the next page of a list needs it again.
static inline void cmalloc_map_from(int bytes) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, bytes);
  mallopt(M_TRIM_THRESHOLD, 4 * bytes);
#else
  (void)bytes;
#endif
}

#endif
