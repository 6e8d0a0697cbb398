#pragma once

namespace tinybook::http {

/// Lets the heaps of all threads grow and shrink in large steps; called before any thread
/// starts. Each step takes the lock of the process' memory map, which a thread that
/// hashes a password holds at the lowest priority while the kernel zeroes its 64 MiB: on
/// busy cores whoever serves would wait for it for tenths of a second. Costs address
/// space; memory that was needed once stays with the process up to some tens of MiB a
/// thread.
void grow_heaps_in_large_steps();

} // namespace tinybook::http
