#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <rapidcheck.h>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::test {

/// One random operation on a code cache, from few values so that operations interact.
struct code_step {
  enum class what : std::uint8_t { send, replace, enter, ask_wanted, withdraw, pass };
  what op = what::send;
  std::size_t phone = 0;
  std::string code;
  std::string client;
  std::int64_t back = 0; ///< Which code id, counted back from the newest.
  std::chrono::milliseconds time{0};
};

inline rc::Gen<code_step> any_code_step() {
  using namespace std::chrono_literals;
  using what = code_step::what;
  return rc::gen::build<code_step>(
      rc::gen::set(&code_step::op, rc::gen::weightedElement<what>({{4, what::send},
                                                                   {2, what::replace},
                                                                   {10, what::enter},
                                                                   {2, what::ask_wanted},
                                                                   {1, what::withdraw},
                                                                   {6, what::pass}})),
      rc::gen::set(&code_step::phone,
                   rc::gen::weightedElement<std::size_t>({{6, 0U}, {1, 1U}, {1, 2U}})),
      rc::gen::set(&code_step::code, rc::gen::elementOf(std::vector<std::string>{
                                         "1", "2", "3", "4", "5", "6"})),
      rc::gen::set(&code_step::client,
                   rc::gen::elementOf(std::vector<std::string>{"", "a", "b"})),
      rc::gen::set(&code_step::back, rc::gen::inRange<std::int64_t>(0, 4)),
      rc::gen::set(&code_step::time,
                   rc::gen::elementOf(std::vector<std::chrono::milliseconds>{
                       1ms, 20s, 59s, 60s, 60s, 60s, 61s, 300s, 600s, 11h, 24h})));
}

inline rc::Gen<std::vector<code_step>> code_steps() {
  return rc::gen::scale(6.0, rc::gen::container<std::vector<code_step>>(any_code_step()));
}

inline void showValue(const code_step& step, std::ostream& os) {
  constexpr std::array<std::string_view, 6> names{"send",   "replace",  "enter",
                                                  "wanted", "withdraw", "pass"};
  os << names.at(static_cast<std::size_t>(step.op)) << " phone " << step.phone << " code "
     << step.code << " client '" << step.client << "' back " << step.back << " "
     << step.time.count() << "ms";
}

} // namespace tinybook::test
