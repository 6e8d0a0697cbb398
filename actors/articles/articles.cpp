#include "actors/articles/articles.hpp"

#include "actors/codes/rate_permits.hpp"
#include "actors/system/ask.hpp"
#include "storage/account_store.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tinybook {

auto articles_state::make_behavior() -> actor_type::behavior_type {
  sweep_.arm(config_.sweep_period);
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { shut_down_after_flush(); },
      [this](const timer_fired& t) {
        if (flush_.fired(t))
          flush();
        else if (sweep_.fired(t))
          start_journey(self_, "sweep", remove_old_answers());
      },
      [this](save_article& asked) {
        return begin_journey(self_, "save", save(std::move(asked)));
      },
      [this](const withdraw_own_article& a) {
        return pass("withdraw", storage::withdraw_article{a.id, a.author, clock_()});
      },
      [this](const delete_own_article& a) {
        return pass("delete", storage::delete_article{a.id, a.author, clock_()});
      },
      [this](const set_like& a) { return begin_journey(self_, "like", like(a)); },
      [this](const add_to_collection& a) {
        return begin_journey(self_, "collect", collect(a));
      },
      [this](const article_read& read) { count(read); },
      [this](const moderate_article& a) {
        return a.take_down
                   ? pass("take down", storage::take_article_down{a.id, clock_(), a.from})
                   : pass("put back", storage::put_article_back{a.id, clock_(), a.from});
      },
  };
}

template <class Command>
caf::result<typename Command::reply> articles_state::pass(std::string_view kind,
                                                          Command command) {
  return begin_journey(self_, kind,
                       ask_as_task(store_, config_.request_timeout, std::move(command)));
}

/// One of the saves of an author that are under way.
class articles_state::save_place {
 public:
  save_place(std::unordered_map<user_id, unsigned>& all, user_id author)
      : all_(all), author_(author) {
    ++all_[author_];
  }
  save_place(const save_place&) = delete;
  save_place& operator=(const save_place&) = delete;
  ~save_place() {
    if (--all_[author_] == 0)
      all_.erase(author_);
  }

 private:
  std::unordered_map<user_id, unsigned>& all_;
  user_id author_;
};

/// The permits go back where nothing was written for certain, and where nothing had to
/// be. Not of an author who has as much as may be: the bounds are looked at in the
/// database.
task<result<storage::saved_article>> articles_state::save(save_article asked) {
  if (const auto busy = saving_.find(asked.author);
      busy != saving_.end() && busy->second >= config_.saves_at_once)
    co_return failure{limit_rule::saves_at_once, retry_soon};
  const save_place place(saving_, asked.author);
  const auto author = std::to_string(asked.author);
  std::vector<rate_rule> rules{
      {"save.hour|" + author, config_.saves_hour, limit_rule::saves_hour},
      {"save.day|" + author, config_.saves_day, limit_rule::saves_day}};
  auto permits =
      co_await acquire_permits(limiter_, config_.request_timeout, std::move(rules));
  if (!permits) {
    ++limited_saves_;
    co_return std::move(permits.error());
  }
  auto saved = co_await clean_and_write(std::move(asked));
  const auto ended = code_of(saved);
  const bool counts =
      saved ? !saved->repeated
            : ended == errc::quota_reached || ended == errc::deadline_exceeded;
  if (!counts)
    release_permits(limiter_, std::move(permits->keys));
  co_return saved;
}

task<result<storage::saved_article>> articles_state::clean_and_write(save_article asked) {
  auto clean = co_await ask(cleaner_, config_.request_timeout,
                            clean_article{std::exchange(asked.content, {})});
  if (!clean && clean.error().code != errc::invalid_field)
    co_return std::move(clean.error());
  if (clean && asked.needs_content && clean->blank)
    clean = failure{field_error{"content", field_rule::required}};
  field_report fields;
  auto title = fields.take(check_title("title", asked.title));
  auto text = fields.take(std::move(clean));
  if (!fields.ok())
    co_return fields.error();
  storage::article_text article{asked.id, asked.author, std::move(title),
                                std::move(text.content), std::move(text.abstract)};
  if (asked.publish)
    co_return co_await ask(store_, config_.request_timeout,
                           storage::publish_article{std::move(article), clock_(),
                                                    asked.repeat, config_.bounds});
  co_return co_await ask(
      store_, config_.request_timeout,
      storage::save_draft{std::move(article), clock_(), asked.repeat, config_.bounds});
}

/// The permit does not go back: it bounds tries, too.
task<result<done>> articles_state::count_like(std::string_view what, user_id user) {
  std::vector<rate_rule> rules{{std::string{what} + '|' + std::to_string(user),
                                config_.likes_minute, limit_rule::likes_minute}};
  if (auto permits =
          co_await acquire_permits(limiter_, config_.request_timeout, std::move(rules));
      !permits) {
    ++limited_likes_;
    co_return std::move(permits.error());
  }
  co_return done{};
}

task<result<done>> articles_state::collect(add_to_collection asked) {
  if (auto counted = co_await count_like("collect.minute", asked.user); !counted)
    co_return std::move(counted.error());
  co_return co_await ask(
      store_, config_.request_timeout,
      storage::collect_article{asked.id, asked.user, asked.collection, clock_()});
}

task<result<storage::like_outcome>> articles_state::like(set_like asked) {
  if (auto counted = co_await count_like("like.minute", asked.user); !counted)
    co_return std::move(counted.error());
  co_return co_await ask(store_, config_.request_timeout,
                         storage::like_article{asked.id, asked.user, asked.like, clock_(),
                                               config_.utc_offset});
}

void articles_state::count(const article_read& read) {
  ++reads_[read.id];
  if (!flush_.armed())
    flush_.arm(config_.read_flush_period);
}

void articles_state::flush() {
  if (reads_.empty())
    return;
  storage::add_reads batch;
  batch.reads.reserve(reads_.size());
  for (auto [id, count] : std::exchange(reads_, {}))
    batch.reads.push_back({id, count});
  start_journey(self_, "write reads", write(std::move(batch)));
}

/// Reads are statistics: a batch that could not be written is counted, not repeated.
task<result<done>> articles_state::write(storage::add_reads batch) {
  const auto size = batch.reads.size();
  const auto written = co_await ask(store_, config_.request_timeout, std::move(batch));
  if (!written)
    lost_reads_ += size;
  co_return done{};
}

task<result<done>> articles_state::remove_old_answers() {
  for (bool more = true; more;) {
    const storage::remove_kept_answers command{clock_()};
    const auto removed = co_await ask(store_, config_.request_timeout, command);
    more = removed && removed->rows == command.limit;
  }
  sweep_.arm(config_.sweep_period);
  co_return done{};
}

void articles_state::shut_down_after_flush() {
  flush();
  // The writer takes the batch before its own shut_down, which comes later.
  self_->quit(caf::exit_reason::user_shutdown);
}

actor_status articles_state::status() const {
  actor_status out{{{"saves_under_way", static_cast<double>(saving_.size())},
                    {"articles_with_unwritten_reads", static_cast<double>(reads_.size())},
                    {"lost_reads", static_cast<double>(lost_reads_)},
                    {"limited_saves", static_cast<double>(limited_saves_)},
                    {"limited_likes", static_cast<double>(limited_likes_)}},
                   {}};
  self_.running->add_gauges(out);
  return out;
}

} // namespace tinybook
