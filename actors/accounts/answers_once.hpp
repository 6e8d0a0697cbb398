#pragma once

#include "actors/system/ask.hpp"
#include "storage/support/calendar.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinybook {

/// For what a browser sends twice (a double click): the answer to the first of them is
/// lost with its connection, and what it has done cannot be done again. The second one
/// waits for the first, or gets the same answer for a minute. Failures are not kept. Each
/// process knows its own; a crash forgets all, and the second is told what it finds.
template <class Reply>
class answers_once {
 public:
  static constexpr std::chrono::seconds kept_for{60};
  static constexpr std::size_t most_kept = 1024;

  /// Answers the request that is being handled: by `body`, which is not begun where the
  /// same `key` was taken before. An empty key is never the same.
  caf::result<Reply> take(const any_self& self, std::string_view kind,
                          const std::string& key, wall_time now,
                          task<result<Reply>> body) {
    if (key.empty())
      return begin_journey(self, kind, std::move(body));
    forget(now);
    const auto [at, first] = known_.try_emplace(key);
    if (at->second.answer)
      return *at->second.answer;
    at->second.waiting.emplace_back(self);
    if (first)
      self.running->start(kind, *self.due, std::move(body),
                          [this, key, now](result<Reply> answer) {
                            finish(key, std::move(answer), now);
                          });
    return caf::delegated<Reply>{};
  }

 private:
  struct entry {
    std::optional<Reply> answer;
    std::vector<owed_reply<Reply>> waiting;
  };

  void finish(const std::string& key, result<Reply> answer, wall_time began) {
    auto& kept = known_.at(key);
    auto waiting = std::exchange(kept.waiting, {});
    if (answer) {
      kept.answer = *answer;
      order_.emplace_back(began, key);
    } else {
      known_.erase(key);
    }
    for (auto& one : waiting)
      one(answer);
  }

  void forget(wall_time now) {
    while (!order_.empty()
           && (order_.size() > most_kept || now - order_.front().first >= kept_for)) {
      known_.erase(order_.front().second);
      order_.pop_front();
    }
  }

  std::map<std::string, entry> known_;
  std::deque<std::pair<wall_time, std::string>> order_; ///< Of those with an answer.
};

} // namespace tinybook
