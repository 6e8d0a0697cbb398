#pragma once

#include "storage/code_state.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <unordered_map>

namespace tinybook {

/// Runs one operation at a time for each key. An operation that cannot finish at once
/// holds its key; operations that come meanwhile wait, in order, until the key is
/// released. At most `capacity` wait in all.
class key_queue {
 public:
  using operation = std::function<void()>;

  explicit key_queue(std::size_t capacity) : capacity_(capacity) {}

  /// Runs `op` now, or when the key is free; false if too many wait already.
  [[nodiscard]] bool run(const code_key& key, operation op);

  /// Called by the running operation: the key stays taken until `release`.
  void hold(const code_key& key);

  /// Frees the key and runs the waiting operations, until one holds the key again.
  void release(const code_key& key);

  [[nodiscard]] bool held(const code_key& key) const;
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  struct lane {
    bool held = false;
    bool draining = false; ///< `release` is running further up the stack.
    std::deque<operation> waiting;
  };

  std::size_t capacity_;
  std::size_t waiting_ = 0;
  std::unordered_map<code_key, lane, code_key_hash> lanes_;
};

} // namespace tinybook
