#include "http/app/heap.hpp"

#include <malloc.h>

namespace tinybook::http {

void grow_heaps_in_large_steps() {
  constexpr int mib = 1 << 20;
  // NOLINTBEGIN(concurrency-mt-unsafe): there are no other threads yet.
  // A heap begins this large, and is cut back to it when twice as much is free.
  ::mallopt(M_TOP_PAD, 16 * mib);
  ::mallopt(M_TRIM_THRESHOLD, 32 * mib);
  // Bodies and lists come from the heap, too, in place of a mapping of their own each.
  ::mallopt(M_MMAP_THRESHOLD, 4 * mib);
  // NOLINTEND(concurrency-mt-unsafe)
}

} // namespace tinybook::http
