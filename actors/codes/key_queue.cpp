#include "actors/codes/key_queue.hpp"

#include <utility>

namespace tinybook {

bool key_queue::run(const code_key& key, operation op) {
  auto it = lanes_.find(key);
  if (it == lanes_.end()) {
    op();
    return true;
  }
  if (waiting_ >= capacity_)
    return false;
  ++waiting_;
  it->second.waiting.push_back(std::move(op));
  return true;
}

void key_queue::hold(const code_key& key) {
  lanes_[key].held = true;
}

void key_queue::release(const code_key& key) {
  auto it = lanes_.find(key);
  if (it == lanes_.end())
    return;
  // References into the map stay valid while operations add lanes of other keys.
  auto& at = it->second;
  at.held = false;
  if (at.draining)
    return;
  at.draining = true;
  while (!at.held && !at.waiting.empty()) {
    auto next = std::move(at.waiting.front());
    at.waiting.pop_front();
    --waiting_;
    next();
  }
  at.draining = false;
  if (!at.held)
    lanes_.erase(key);
}

bool key_queue::held(const code_key& key) const {
  auto it = lanes_.find(key);
  return it != lanes_.end() && it->second.held;
}

} // namespace tinybook
