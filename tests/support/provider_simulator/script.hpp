#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::test {

using std::chrono::milliseconds;

/// What a simulated provider does with a request that is well-formed and genuine.
enum class behaviour {
  ok,           ///< Takes the message.
  fail,         ///< Answers `status` (default 503); does not take it.
  throttle,     ///< 429, or the dialect's own code, with Retry-After if one is set.
  limit_number, ///< Too many for this number, with Retry-After if one is set.
  not_here,     ///< Says that it cannot send to the number's region.
  reject,       ///< Says that the number can never work.
  error,        ///< Answers the dialect's error `code`.
  hang,         ///< Never answers and does not take it.
  drip,         ///< Takes it and answers one byte of the header a `pace` (default 1 s).
  drop,         ///< Takes it and closes the connection without an answer.
  slow,         ///< Takes it after `latency` (default 1 s).
  garbage,      ///< Takes it and answers 200 with a body that says nothing.
};

/// Which receipt follows an accepted message.
enum class receipt_kind {
  none,
  genuine,  ///< It arrived.
  negative, ///< It did not arrive.
  forged,   ///< Says that it did not arrive, with a wrong secret or signature.
  replayed, ///< That it did not arrive, twice.
};

struct conduct {
  behaviour what = behaviour::ok;
  int status = 503;
  std::string code;
  milliseconds retry_after{0};       ///< Told in whole seconds.
  milliseconds latency{0};           ///< Before whatever it does.
  milliseconds period{0};            ///< Flapping: as told and `ok` take turns.
  double share = 1;                  ///< Of the requests; the others are `ok`.
  std::vector<std::string> prefixes; ///< Numbers concerned; empty = all.
  receipt_kind receipt = receipt_kind::none;
  milliseconds receipt_after{0};
  milliseconds answer_after{0}; ///< Delays the answer: the receipt may come first.
  milliseconds pace{std::chrono::seconds{1}};

  /// Whether it applies to `phone` (E.164), `into` the phase, with `dice` from [0, 1).
  [[nodiscard]] bool applies(std::string_view phone, milliseconds into,
                             double dice) const;
};

/// Timed phases: `0s ok; 10s fail status=500; 20s throttle retry-after=2s; 40s ok`.
/// A phase is its beginning, its behaviour, and words of the form `key=value`: status,
/// code, retry-after, latency, period, share, for (prefixes with commas between),
/// receipt, receipt-after, answer-after and pace. Times are written as `800ms`, `10s`,
/// `2m`.
class provider_script {
 public:
  /// Throws std::invalid_argument with what is wrong and what is allowed.
  explicit provider_script(std::string_view text);

  struct moment {
    const conduct* now;
    milliseconds into; ///< Since the phase began.
  };
  /// Before the first phase it is `ok`.
  [[nodiscard]] moment at(milliseconds elapsed) const;

 private:
  struct phase {
    milliseconds from{0};
    conduct does;
  };
  std::vector<phase> phases_;
};

[[nodiscard]] std::string_view to_string(behaviour what);

} // namespace tinybook::test
