#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/journey.hpp"
#include "storage/sms_outbox.hpp"

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace tinybook {

/// Writes the outcomes of rows in batches as large as what is there: one that is given
/// while no batch is under way goes at once, those that come meanwhile go together as
/// soon as its answer is there. Nothing waits for more to come.
///
/// A batch is written as a whole or not at all, and the store does not tell which of its
/// rows is at fault. So what is written again goes alone, beside the batches: it keeps no
/// other row from being written, and waits for none.
///
/// A crash loses what has gathered and what is not committed; so does the end of a
/// journey what it has given and what has not gone yet.
class outcome_writer {
 public:
  /// Hears of each batch whether the store did it; null = it did.
  using listener = std::function<void(const failure*)>;

  /// Each batch is answered within `at_most`.
  outcome_writer(any_self self, store_address<sms_outbox_actor> store,
                 std::chrono::milliseconds at_most, listener told)
      : self_(std::move(self)),
        store_(std::move(store)),
        at_most_(at_most),
        told_(std::move(told)) {}
  outcome_writer(const outcome_writer&) = delete;
  outcome_writer& operator=(const outcome_writer&) = delete;

  /// A row's wait for its answer, in the frame of its journey.
  class [[nodiscard]] writing {
   public:
    writing(outcome_writer& by, storage::message_outcome what, const std::int64_t& token,
            bool again)
        : by_(by), what_(std::move(what)), token_(token), again_(again) {}
    writing(const writing&) = delete;
    writing& operator=(const writing&) = delete;
    ~writing();

    [[nodiscard]] bool await_ready() const { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
      by_.take(*this);
      of_ = &frame.promise();
      frame_ = frame;
      return !answer_; // A store that cannot be asked has failed already.
    }
    result<storage::lease_kept> await_resume() { return std::move(*answer_); }

   private:
    friend class outcome_writer;

    void answered(result<storage::lease_kept> answer);

    outcome_writer& by_;
    storage::message_outcome what_;
    const std::int64_t& token_;
    bool again_;
    std::optional<result<storage::lease_kept>> answer_;
    const detail::frame_promise* of_ = nullptr;
    std::coroutine_handle<> frame_{}; ///< Once it is suspended.
  };

  /// In a journey: writes `what`, one at a time for each row. It goes with what `token`
  /// is then, for the row may be claimed anew while it waits. `again`: its last write
  /// failed.
  writing write(storage::message_outcome what, const std::int64_t& token, bool again) {
    return {*this, std::move(what), token, again};
  }

 private:
  void take(writing& one);
  void go_on();
  task<result<done>> write_batch(std::vector<message_id> rows, bool alone);

  any_self self_;
  store_address<sms_outbox_actor> store_;
  std::chrono::milliseconds at_most_;
  listener told_;
  std::map<message_id, writing*> waiting_;
  std::vector<message_id> gathered_; ///< Those that no batch has yet, as they came.
  bool under_way_ = false;
};

} // namespace tinybook
