#pragma once

#include "actors/system/deadline.hpp"
#include "actors/system/messages.hpp"
#include "storage/result.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Journeys: what goes through several actors, written as one function.
///
///     task<result<signed_up>> accounts_state::start_sign_up(sign_up m) {
///       auto made = co_await ask(hasher_, timeout, make_password_hash{m.password});
///       if (!made)
///         co_return std::move(made.error());
///       …
///
/// docs/journeys.md tells how they are owned and what to beware of.
namespace tinybook {

class journeys;

/// A journey, as its owner lists it. Lives in the outermost frame.
struct journey {
  journeys* owner;
  std::string_view kind; ///< For the gauges: a literal.
  deadline began;
  journey** known_as; ///< Emptied when it ends; nullptr = nobody asks.
  std::coroutine_handle<> frame{};
  journey* previous = nullptr;
  journey* next = nullptr;
};

namespace detail {

/// In every frame: whom it continues when it ends, and, from the frame that awaits it,
/// the journey that it belongs to and the moment by which its steps are to be over.
struct frame_promise {
  journey* of = nullptr;
  deadline due = no_deadline;
  std::coroutine_handle<> parent{};
  std::exception_ptr thrown{};
};

struct continue_parent {
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) noexcept {
    return ended.promise().parent;
  }
  void await_resume() const noexcept {}
};

} // namespace detail

/// A step of a journey: begins when it is awaited, and is destroyed with what awaits it.
/// Its function takes arguments by value, for what a reference names may be gone behind
/// the first suspension (clang-tidy holds that).
template <class T>
class [[nodiscard]] task {
 public:
  struct promise_type : detail::frame_promise {
    std::optional<T> value;

    task get_return_object() {
      return task{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    detail::continue_parent final_suspend() noexcept { return {}; }
    template <class U>
    void return_value(U&& given) {
      value.emplace(std::forward<U>(given));
    }
    void unhandled_exception() { thrown = std::current_exception(); }
  };

  task(task&& other) noexcept
      : frame_(std::exchange(other.frame_, {})), regardless_(other.regardless_) {}
  task(const task&) = delete;
  task& operator=(const task&) = delete;
  task& operator=(task&&) = delete;
  ~task() {
    if (frame_)
      frame_.destroy();
  }

  struct awaiter {
    std::coroutine_handle<promise_type> frame;
    bool regardless;

    [[nodiscard]] bool await_ready() const { return false; }
    template <class Parent>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Parent> parent) {
      frame.promise().of = parent.promise().of;
      if (!regardless)
        frame.promise().due = parent.promise().due;
      frame.promise().parent = parent;
      return frame;
    }
    T await_resume() {
      if (frame.promise().thrown)
        std::rethrow_exception(frame.promise().thrown);
      return std::move(*frame.promise().value);
    }
  };

  /// Its value; what it threw goes on in the frame that awaits it.
  awaiter operator co_await() && { return {frame_, regardless_}; }

  /// Its steps have no deadline but their own.
  task&& regardless_of_deadline() && {
    regardless_ = true;
    return std::move(*this);
  }

 private:
  explicit task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
  bool regardless_ = false;
};

/// What a suspended frame waits for, an answer or a moment. Lives in that frame.
class waiter {
 public:
  waiter(const waiter&) = delete;
  waiter& operator=(const waiter&) = delete;

 protected:
  waiter() = default;
  /// Nobody waits any more.
  ~waiter();

  /// Keeps `what` until the answer comes, also when nobody waits for it any more.
  void hold(std::shared_ptr<const void> what) { held_ = std::move(what); }

  /// The frame that waits goes on afterwards.
  virtual void answered(caf::mailbox_element& answer) = 0;
  virtual void ran_out() = 0;

 private:
  friend class journeys;
  using by_deadline = std::multimap<deadline, waiter*>;

  detail::frame_promise* of_ = nullptr; ///< The frame that waits, while it does.
  std::coroutine_handle<> frame_{};
  std::shared_ptr<const void> held_;
  std::uint32_t slot_ = 0;
  by_deadline::iterator place_{};
};

/// The journeys of one owner: an actor, or a poller of the HTTP server. All of this runs
/// on the owner's thread. Who waits for which answer stands in a table: the id of a
/// request names a place there and how often that was used before, so that an answer
/// which comes late, or after its journey has ended, finds nobody and is counted.
class journeys {
 public:
  journeys() = default;
  journeys(const journeys&) = delete;
  journeys& operator=(const journeys&) = delete;

  /// Runs `body` until it waits for the first time. `reply` gets its value at the end, or
  /// `errc::internal` where it throws; it is destroyed uncalled where the journey is
  /// ended before. While the journey is under way it stands in `known_as`. What an
  /// actor's journey throws until then is thrown here.
  template <class T, class Reply>
  void start(std::string_view kind, deadline due, task<result<T>> body, Reply reply,
             journey** known_as = nullptr) {
    drive(this, kind, due, known_as, std::move(body), std::move(reply));
    rethrow();
  }

  /// Whether `answer` is to a request of a journey. If that still waits it goes on, and
  /// what it throws is thrown here.
  bool take(caf::mailbox_element& answer);

  /// Fails the waits whose time has come. Throws as `take` does, the rest being left for
  /// the next call.
  void run_out();
  /// The first of them only; false where there is none.
  bool run_out_one();

  /// When `run_out` has something to do; `no_deadline` = never.
  [[nodiscard]] deadline next_deadline() const {
    return waits_.empty() ? no_deadline : waits_.begin()->first;
  }

  /// Lets a frame go on that waits for another journey of its owner, by an awaitable that
  /// kept `of` and `frame`; it may be gone afterwards. What it throws is thrown here.
  static void resume(const detail::frame_promise& of, std::coroutine_handle<> frame);

  /// Ends one of them, with everything in it.
  static void end(journey& one) { one.frame.destroy(); }

  /// Ends all of them.
  void clear();

  [[nodiscard]] std::size_t count() const { return count_; }
  /// Answers that found nobody waiting.
  [[nodiscard]] std::uint64_t late_answers() const { return late_; }

  /// How many there are of each kind, and for how many seconds the oldest is under way.
  void add_gauges(actor_status& to) const;

 protected:
  ~journeys() { clear(); }

  // What differs between an actor and a poller.
  [[nodiscard]] virtual deadline now() const = 0;
  /// Whom answers are sent to; their owner passes them to `take`.
  [[nodiscard]] virtual caf::strong_actor_ptr requester() = 0;
  [[nodiscard]] virtual caf::execution_unit* unit() = 0;
  /// Called when `next_deadline` has become earlier.
  virtual void deadline_set() = 0;
  /// From now on all is done on behalf of a journey with this deadline.
  virtual void goes_on(deadline due) = 0;
  /// What a journey that threw is answered with. `throw_later` makes the owner throw it.
  [[nodiscard]] virtual failure thrown(std::exception_ptr what) = 0;
  void throw_later(std::exception_ptr what) { thrown_ = std::move(what); }

 private:
  friend class waiter;
  friend class asking_base;
  friend class pause;
  struct driver;

  struct place {
    waiter* who = nullptr;
    std::shared_ptr<const void> held{}; ///< Nobody waits, but it is owed.
    std::uint32_t uses = 0;
  };

  template <class T, class Reply>
  static driver drive(journeys* owner, std::string_view kind, deadline due,
                      journey** known_as, task<result<T>> body, Reply reply);

  void link(journey& one);
  void unlink(journey& one);
  void rethrow();

  /// Until `until` at the latest.
  void wait(waiter& who, detail::frame_promise& of, std::coroutine_handle<> frame,
            deadline until);
  [[nodiscard]] caf::message_id request_id_of(const waiter& who) const;
  void forget(waiter& who);
  void free_place(std::uint32_t at);
  void resume(waiter& who);

  std::vector<place> places_;
  std::vector<std::uint32_t> free_;
  waiter::by_deadline waits_;
  journey* first_ = nullptr;
  std::size_t count_ = 0;
  std::uint64_t late_ = 0;
  std::exception_ptr thrown_{};
};

/// The outermost frame: listed by its owner, and gone when it ends.
struct journeys::driver {
  struct promise_type : detail::frame_promise, journey {
    template <class... More>
    promise_type(journeys* by, std::string_view called, deadline until, journey** as,
                 More&...)
        : journey{by, called, by->now(), as} {
      of = this;
      detail::frame_promise::due = until;
      frame = std::coroutine_handle<promise_type>::from_promise(*this);
      by->link(*this);
    }
    promise_type(const promise_type&) = delete;
    promise_type& operator=(const promise_type&) = delete;
    ~promise_type() { owner->unlink(*this); }

    driver get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { owner->thrown_ = std::current_exception(); }
  };
};

template <class T, class Reply>
journeys::driver journeys::drive(journeys* owner, std::string_view /*kind*/,
                                 deadline /*due*/, journey** /*known_as*/,
                                 task<result<T>> body, Reply reply) {
  // Arguments outlive the journey, which the frames within refer to.
  auto outermost = std::move(body);
  result<T> value{errc::internal};
  try {
    value = co_await std::move(outermost);
  } catch (...) {
    value = owner->thrown(std::current_exception());
  }
  reply(std::move(value));
}

/// A wait for a while. Gives `deadline_exceeded` at once where the journey is to be over
/// sooner.
class [[nodiscard]] pause final : waiter {
 public:
  explicit pause(std::chrono::milliseconds length) : length_(length) {}

  [[nodiscard]] bool await_ready() const { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    return begin(frame.promise(), frame);
  }
  [[nodiscard]] result<done> await_resume() const {
    return in_time_ ? result<done>{done{}} : result<done>{errc::deadline_exceeded};
  }

 private:
  [[nodiscard]] bool begin(detail::frame_promise& of, std::coroutine_handle<> frame);
  void answered(caf::mailbox_element& /*answer*/) override {}
  void ran_out() override {}

  std::chrono::milliseconds length_;
  bool in_time_ = true;
};

namespace detail {

/// Frames side by side; the one that ends last continues the parent.
class group_of_frames {
 public:
  group_of_frames(const group_of_frames&) = delete;
  group_of_frames& operator=(const group_of_frames&) = delete;

 protected:
  struct child {
    struct promise_type : frame_promise {
      group_of_frames* group = nullptr;

      child get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_always initial_suspend() noexcept { return {}; }
      auto final_suspend() noexcept {
        struct last {
          [[nodiscard]] bool await_ready() const noexcept { return false; }
          std::coroutine_handle<>
          await_suspend(std::coroutine_handle<promise_type> ended) noexcept {
            auto& joined = *ended.promise().group;
            return --joined.running_ == 0 ? joined.parent_ : std::noop_coroutine();
          }
          void await_resume() const noexcept {}
        };
        return last{};
      }
      void return_void() {}
      void unhandled_exception() { thrown = std::current_exception(); }
    };
    std::coroutine_handle<promise_type> frame{};
  };

  group_of_frames() = default;
  ~group_of_frames() {
    for (auto& one : children_)
      one.frame.destroy();
  }

  /// A frame that puts what `from` gives into `to`.
  template <class T>
  void add(task<T> from, std::optional<T>& to) {
    children_.push_back(put(std::move(from), &to));
  }
  /// Whether the parent has to wait.
  template <class Promise>
  [[nodiscard]] bool run(std::coroutine_handle<Promise> parent) {
    parent_ = parent;
    running_ = children_.size() + 1; // With us: no child continues the parent from here.
    for (auto& one : children_) {
      one.frame.promise().of = parent.promise().of;
      one.frame.promise().due = parent.promise().due;
      one.frame.promise().group = this;
      one.frame.resume();
    }
    return --running_ != 0;
  }
  void rethrow() const {
    for (const auto& one : children_)
      if (one.frame.promise().thrown)
        std::rethrow_exception(one.frame.promise().thrown);
  }

 private:
  template <class T>
  static child put(task<T> from, std::optional<T>* to) {
    to->emplace(co_await std::move(from));
  }

  std::vector<child> children_;
  std::coroutine_handle<> parent_{};
  std::size_t running_ = 0;
};

template <class A, class B>
class [[nodiscard]] both_of final : group_of_frames {
 public:
  both_of(task<A> a, task<B> b) {
    add(std::move(a), a_);
    add(std::move(b), b_);
  }

  [[nodiscard]] bool await_ready() const { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> parent) {
    return run(parent);
  }
  std::pair<A, B> await_resume() {
    rethrow();
    return {std::move(*a_), std::move(*b_)};
  }

 private:
  std::optional<A> a_;
  std::optional<B> b_;
};

template <class T>
class [[nodiscard]] all_of final : group_of_frames {
 public:
  explicit all_of(std::vector<task<T>> tasks) : values_(tasks.size()) {
    for (std::size_t i = 0; i < tasks.size(); ++i)
      add(std::move(tasks[i]), values_[i]);
  }

  [[nodiscard]] bool await_ready() const { return values_.empty(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> parent) {
    return run(parent);
  }
  std::vector<T> await_resume() {
    rethrow();
    std::vector<T> out;
    out.reserve(values_.size());
    for (auto& value : values_)
      out.push_back(std::move(*value));
    return out;
  }

 private:
  std::vector<std::optional<T>> values_;
};

} // namespace detail

/// Both at once, and what each gives.
template <class A, class B>
detail::both_of<A, B> both(task<A> a, task<B> b) {
  return {std::move(a), std::move(b)};
}

/// All at once, and what each gives, in their order.
template <class T>
detail::all_of<T> when_all(std::vector<task<T>> tasks) {
  return detail::all_of<T>{std::move(tasks)};
}

/// What has to be done even if nobody waits for the answer any more, such as to tell what
/// is committed: `co_await regardless_of_deadline(step(…))`.
template <class T>
task<T>&& regardless_of_deadline(task<T>&& step) {
  return std::move(step).regardless_of_deadline();
}

} // namespace tinybook
