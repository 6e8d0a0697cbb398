#include "actors/system/fair_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

struct queued {
  std::string key;
  int number = 0;
  std::chrono::steady_clock::time_point turn{};
};

/// One random step: a job comes, one is taken, or the last is refused.
struct queue_step {
  int what = 0;
  int key = 0;
  int handicap = 0;
};

rc::Gen<queue_step> any_queue_step() {
  return rc::gen::build<queue_step>(
      rc::gen::set(&queue_step::what,
                   rc::gen::weightedElement<int>({{6, 0}, {4, 1}, {1, 2}})),
      rc::gen::set(&queue_step::key, rc::gen::inRange(0, 4)),
      rc::gen::set(&queue_step::handicap, rc::gen::inRange(0, 3)));
}

void showValue(const queue_step& step, std::ostream& os) {
  os << (step.what == 0   ? "push "
         : step.what == 1 ? "pop "
                          : "drop ")
     << step.key << '+' << step.handicap;
}

/// The jobs of `key` that wait, in the order of their turns.
std::vector<queued> line_of(const std::vector<queued>& waiting, const std::string& key) {
  std::vector<queued> line;
  for (const auto& job : waiting)
    if (job.key == key)
      line.push_back(job);
  std::ranges::sort(line, {}, [](const queued& job) {
    return std::pair{job.turn, job.number};
  });
  return line;
}

std::size_t longest_line(const std::vector<queued>& waiting) {
  std::map<std::string, std::size_t> lines;
  for (const auto& job : waiting)
    ++lines[job.key];
  std::size_t longest = 0;
  for (const auto& [key, length] : lines)
    longest = std::max(longest, length);
  return longest;
}

} // namespace

TEST_CASE("no key waits for more than one job of each other key that waits") {
  CHECK(rc::check("on any history", [] {
    fair_queue<queued> queue;
    std::vector<queued> waiting; // All that are in it, as they came.
    // Jobs of other keys that each key has waited for since its own last one, by key.
    std::map<std::string, std::map<std::string, int>> waited_for;
    const auto steps = *rc::gen::scale(
        3.0, rc::gen::container<std::vector<queue_step>>(any_queue_step()));
    int number = 0;
    const auto take_out = [&](const queued& job) {
      std::erase_if(waiting, [&](const queued& w) { return w.number == job.number; });
    };
    for (const auto& step : steps) {
      if (step.what == 0) {
        const auto key = std::to_string(step.key);
        if (line_of(waiting, key).empty())
          waited_for[key].clear();
        const queued job{key, ++number,
                         std::chrono::steady_clock::time_point{}
                             + std::chrono::seconds{number + 2 * step.handicap}};
        queue.push(job.key, job.turn, job);
        waiting.push_back(job);
      } else if (!waiting.empty() && step.what == 1) {
        const auto job = queue.pop();
        RC_ASSERT(line_of(waiting, job.key).front().number == job.number);
        take_out(job);
        waited_for[job.key].clear();
        for (auto& [key, others] : waited_for)
          if (key != job.key && !line_of(waiting, key).empty())
            RC_ASSERT(++others[job.key] <= 1);
      } else if (!waiting.empty()) {
        const auto longest = longest_line(waiting);
        const auto job = queue.drop_last();
        const auto line = line_of(waiting, job.key);
        RC_ASSERT(line.size() == longest);
        RC_ASSERT(line.back().number == job.number);
        take_out(job);
      }
      RC_ASSERT(queue.size() == waiting.size());
      RC_ASSERT(queue.empty() == waiting.empty());
    }
  }));
}

TEST_CASE("of equally long lines the one whose turn is last loses its last job") {
  fair_queue<int> queue;
  queue.push("a", {}, 1);
  queue.push("b", {}, 2);
  CHECK(queue.drop_last() == 2);
  CHECK(queue.keys() == 1);
  queue.push("b", {}, 3);
  queue.push("a", {}, 4);
  CHECK(queue.drop_last() == 4);
  CHECK(queue.pop() == 1);
  CHECK(queue.pop() == 3);
  CHECK(queue.empty());
}

} // namespace tinybook
