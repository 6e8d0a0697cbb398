#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace tinybook {

/// Jobs that wait, in a line for each `key`. The lines take turns, one job each, so no
/// key waits for more than one job of each other key before its own next one, however
/// many those have. Within a line jobs go by their `turn`, equal ones as they came.
/// Without a bound of its own: `size` and `drop_last` are for one.
template <class Job>
class fair_queue {
 public:
  using moment = std::chrono::steady_clock::time_point;

  void push(const std::string& key, moment turn, Job job) {
    auto& line = lines_[key];
    if (line.empty())
      turns_.push_back(key);
    line.emplace(turn, std::move(job));
    ++size_;
  }

  /// The next job. There must be one.
  [[nodiscard]] Job pop() {
    const auto at = lines_.find(turns_.front());
    turns_.pop_front();
    auto next = at->second.extract(at->second.begin());
    --size_;
    if (at->second.empty())
      lines_.erase(at);
    else
      turns_.push_back(at->first);
    return std::move(next.mapped());
  }

  /// Takes the last job out of the longest line, of several out of the one whose turn is
  /// last: who asks for the most is the one to be refused. There must be one. O(lines).
  [[nodiscard]] Job drop_last() {
    auto longest = std::prev(turns_.end());
    for (auto at = longest; at != turns_.begin();)
      if (--at; lines_.at(*at).size() > lines_.at(*longest).size())
        longest = at;
    const auto line = lines_.find(*longest);
    auto last = line->second.extract(std::prev(line->second.end()));
    --size_;
    if (line->second.empty()) {
      lines_.erase(line);
      turns_.erase(longest);
    }
    return std::move(last.mapped());
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// Keys that have a job here.
  [[nodiscard]] std::size_t keys() const { return lines_.size(); }

 private:
  std::map<std::string, std::multimap<moment, Job>> lines_; ///< None of them empty.
  std::deque<std::string> turns_; ///< Each key of `lines_` once, the next one first.
  std::size_t size_ = 0;
};

} // namespace tinybook
