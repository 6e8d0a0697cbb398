#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace tinybook::http {

/// What other threads hand to one that sleeps in a poll: any number of senders, one
/// receiver. A sender wakes the receiver only where it sleeps.
template <class Item>
class inbox {
 public:
  /// Whether the receiver sleeps and is to be woken; with the first item only. What comes
  /// after `close` is dropped.
  [[nodiscard]] bool put(Item item) {
    std::lock_guard lock(mutex_);
    if (closed_)
      return false;
    items_.push_back(std::move(item));
    return std::exchange(asleep_, false);
  }

  /// The receiver is about to sleep; false where it must not, for something is there.
  [[nodiscard]] bool fall_asleep() {
    std::lock_guard lock(mutex_);
    asleep_ = items_.empty();
    return asleep_;
  }

  /// Moves what is there into `to`, which must be empty, in the order of its arrival.
  void take(std::vector<Item>& to) {
    std::lock_guard lock(mutex_);
    asleep_ = false;
    items_.swap(to);
  }

  /// Before the receiver ends.
  void close() {
    std::vector<Item> dropped; // Destroyed without the lock: it may send.
    std::lock_guard lock(mutex_);
    closed_ = true;
    items_.swap(dropped);
  }

 private:
  std::mutex mutex_;
  std::vector<Item> items_;
  bool asleep_ = false;
  bool closed_ = false;
};

} // namespace tinybook::http
