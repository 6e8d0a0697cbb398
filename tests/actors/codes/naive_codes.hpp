#pragma once

#include "actors/codes/code_rules.hpp"
#include "tests/support/default_configs.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tinybook::test {

/// A naive model of the rules, from the whole history of one phone and purpose: nothing
/// is counted down or dropped, every answer is computed from all that happened.
class naive_codes {
 public:
  bool send(wall_time now, std::int64_t id, const std::string& code,
            const std::string& asker) {
    if (sent_ && now - *sent_ < rules_.cooldown)
      return false;
    codes_.push_back({id, code, asker, now, false});
    sent_ = now;
    return true;
  }

  bool replace(wall_time now, std::int64_t lost, std::int64_t id,
               const std::string& code) {
    for (auto i : live_at(now))
      if (auto& one = codes_[i]; one.id == lost) {
        one.before = {one.id, one.code};
        one.id = id;
        one.code = code;
        return true;
      }
    return false;
  }

  verify_outcome enter(wall_time now, const std::string& code,
                       const std::string& client) {
    if (live_to(client, now).empty())
      return verify_outcome::no_live_code;
    std::vector<std::size_t> own;
    std::vector<std::size_t> open;
    for (auto i : live_to(client, now))
      if (!client.empty() && codes_[i].asker == client && wrong_by(i, true) < 3)
        own.push_back(i);
    for (auto i : live_to(client, now)) {
      bool mine = !client.empty() && codes_[i].asker == client;
      bool as_other = !mine && used_in_day(now) < 10 && wrong_by(i, false) < 3;
      if (std::ranges::count(own, i) > 0 || (!mine && !own.empty()) || as_other)
        open.push_back(i);
    }
    if (open.empty())
      return verify_outcome::too_many_tries;
    if (std::ranges::any_of(open, [&](auto i) { return codes_[i].code == code; })) {
      for (auto& one : codes_)
        one.gone = true;
      return verify_outcome::accepted;
    }
    wrong_.push_back({now, !own.empty(), own.empty() ? open : own});
    return verify_outcome::wrong;
  }

  bool wanted(wall_time now, std::int64_t id) const {
    return std::ranges::any_of(live_at(now), [&](auto i) { return codes_[i].id == id; });
  }

  void withdraw(std::int64_t id) {
    auto usable = not_gone();
    for (auto i : usable)
      if (auto& one = codes_[i]; one.id == id && one.before) {
        std::tie(one.id, one.code) = *std::exchange(one.before, std::nullopt);
      } else if (one.id == id) {
        one.gone = true;
        if (i == usable.back())
          sent_.reset();
      }
  }

 private:
  struct sent_code {
    std::int64_t id;
    std::string code;
    std::string asker;
    wall_time at;
    bool gone;
    /// Id and code of what it replaced.
    std::optional<std::pair<std::int64_t, std::string>> before{};
  };
  struct wrong_try {
    wall_time at;
    bool by_asker;
    std::vector<std::size_t> charged;
  };

  code_rules rules_ = default_codes();
  std::vector<sent_code> codes_;
  std::vector<wrong_try> wrong_;
  std::optional<wall_time> sent_;

  [[nodiscard]] std::vector<std::size_t> not_gone() const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < codes_.size(); ++i)
      if (!codes_[i].gone)
        found.push_back(i);
    return found;
  }

  /// Those that anybody may enter.
  [[nodiscard]] std::vector<std::size_t> live_at(wall_time now) const {
    auto usable = not_gone();
    if (usable.size() > 2)
      usable.erase(usable.begin(), usable.end() - 2);
    std::erase_if(usable, [&](auto i) { return now >= codes_[i].at + rules_.valid; });
    return usable;
  }

  /// Those that `client` may enter: its newest one, too.
  [[nodiscard]] std::vector<std::size_t> live_to(const std::string& client,
                                                 wall_time now) const {
    auto found = live_at(now);
    for (auto i : not_gone() | std::views::reverse)
      if (!client.empty() && codes_[i].asker == client) {
        if (now < codes_[i].at + rules_.valid && std::ranges::count(found, i) == 0)
          found.insert(found.begin(), i);
        break;
      }
    return found;
  }

  [[nodiscard]] int wrong_by(std::size_t code, bool asker) const {
    int sum = 0;
    for (const auto& one : wrong_)
      if (one.by_asker == asker && std::ranges::count(one.charged, code) > 0)
        ++sum;
    return sum;
  }

  [[nodiscard]] int used_in_day(wall_time now) const {
    int used = 0;
    std::optional<wall_time> since;
    for (const auto& one : wrong_) {
      if (one.by_asker)
        continue;
      if (!since || one.at >= *since + rules_.day) {
        since = one.at;
        used = 0;
      }
      ++used;
    }
    return since && now < *since + rules_.day ? used : 0;
  }
};

} // namespace tinybook::test
