#pragma once

#include "tests/storage/conformance/article_samples.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook::test {

enum class article_action : std::uint8_t {
  like,
  unlike,
  publish,
  withdraw,
  remove,
  rename,
  next_day,
};

struct article_step {
  article_action action = article_action::like;
  std::size_t article = 0;
  std::size_t user = 0;
};

inline rc::Gen<article_step> any_article_step() {
  return rc::gen::build<article_step>(
      rc::gen::set(&article_step::action,
                   rc::gen::map(rc::gen::inRange(0, 14),
                                [](int n) {
                                  return static_cast<article_action>(n < 7 ? n : n % 3);
                                })),
      rc::gen::set(&article_step::article, rc::gen::inRange<std::size_t>(0, 3)),
      rc::gen::set(&article_step::user, rc::gen::inRange<std::size_t>(0, 4)));
}

inline void showValue(const article_step& step, std::ostream& out) {
  out << '{' << static_cast<int>(step.action) << ' ' << step.article << ' ' << step.user
      << '}';
}

/// The expected state of one article, as a naive model.
struct naive_article {
  article_id id = 0;
  bool published = false;
  std::string title;
  std::string author_name;               ///< When its version was made.
  std::map<user_id, std::int32_t> likes; ///< User and day.
  std::int64_t ver = 0;
  std::map<std::int32_t, std::int64_t> day_vers;
};

class article_trace {
 public:
  explicit article_trace(storage::connection& db) : db_(db), client_(db) {
    for (std::size_t i = 0; i < users_.size(); ++i)
      users_.at(i) = new_user(db, std::to_string(i) + "@example.org");
    for (auto& article : articles_)
      article.id = client_.draft(author(), "draft");
  }

  void take(const article_step& step) {
    perform(step);
    const auto fresh = drain();
    RC_ASSERT(fresh == expected_);
    expected_.clear();
    check_board();
    check_top();
  }

 private:
  [[nodiscard]] user_id author() const { return users_.front(); }

  void perform(const article_step& step) {
    auto& article = articles_.at(step.article);
    switch (step.action) {
    case article_action::like:
    case article_action::unlike:
      return set_like(article, users_.at(step.user), step.action == article_action::like);
    case article_action::publish:
      return publish(article);
    case article_action::withdraw:
      return withdraw(article);
    case article_action::remove:
      return remove(article);
    case article_action::rename:
      return rename();
    case article_action::next_day:
      now_ += std::chrono::hours{24};
      return;
    }
  }

  void set_like(naive_article& article, user_id user, bool on) {
    auto out = db_.run(storage::like_article{article.id, user, on, now_, {}});
    RC_ASSERT(out.ok() == article.published);
    if (!out.ok())
      return;
    const auto was = article.likes.find(user);
    const auto changes = (was == article.likes.end()) == on;
    const auto day = on ? day_of(now_, {}) : (changes ? was->second : 0);
    if (changes && on)
      article.likes[user] = day;
    else if (changes)
      article.likes.erase(was);
    RC_ASSERT(out->changed == changes);
    RC_ASSERT(out->like_count == std::ssize(article.likes));
    if (changes) {
      ++article.day_vers[day];
      expect(article, day);
    }
  }

  void publish(naive_article& article) {
    article.title = "title " + std::to_string(++titles_);
    auto text = article_client::text(author(), article.title);
    text.id = article.id;
    auto out = db_.run(storage::publish_article{text, now_});
    RC_ASSERT(out.ok());
    article.published = true;
    article.author_name = name_;
    expect(article, 0);
  }

  void withdraw(naive_article& article) {
    auto out = db_.run(storage::withdraw_article{article.id, author(), now_});
    RC_ASSERT(out.ok() == article.published);
    if (!out.ok())
      return;
    article.published = false;
    expect(article, 0);
  }

  /// A fresh draft takes the place of what was deleted.
  void remove(naive_article& article) {
    RC_ASSERT(db_.run(storage::delete_article{article.id, author(), now_}).ok());
    if (article.ver > 0) {
      article.published = false;
      article.title.clear();
      article.author_name.clear();
      article.likes.clear();
      expect(article, 0);
      buried_.push_back(article);
    }
    article = {};
    article.id = client_.draft(author(), "draft");
  }

  void rename() {
    name_ = "name " + std::to_string(++names_);
    RC_ASSERT(db_.run(storage::edit_user{author(), name_, "", "", now_}).ok());
    std::vector<naive_article*> shown;
    for (auto& article : articles_)
      if (article.published)
        shown.push_back(&article);
    std::sort(shown.begin(), shown.end(),
              [](const auto* a, const auto* b) { return a->id < b->id; });
    for (auto* article : shown) {
      article->author_name = name_;
      expect(*article, 0);
    }
  }

  /// Every change raises the version by one, and its event has absolute values.
  void expect(naive_article& article, std::int32_t day) {
    ++article.ver;
    auto event = present(article);
    if (day != 0) {
      event.day = day;
      event.day_cnt = std::count_if(article.likes.begin(), article.likes.end(),
                                    [&](const auto& like) { return like.second == day; });
      event.day_ver = article.day_vers[day];
    }
    expected_.push_back(event);
  }

  [[nodiscard]] article_event present(const naive_article& article) const {
    return {"article",
            article.id,
            article.ver,
            std::ssize(article.likes),
            article.published,
            article.title,
            author(),
            article.author_name,
            0,
            0,
            0,
            0};
  }

  /// Takes the events that came since the last step.
  std::vector<article_event> drain() {
    std::vector<article_event> out;
    storage::remove_events remove;
    for (auto& stored : must(db_, storage::pending_events{1000}).events) {
      remove.ids.push_back(stored.id);
      out.push_back(std::move(stored.event));
    }
    must(db_, remove);
    return out;
  }

  void check_board() {
    std::vector<article_event> expected;
    for (const auto& article : buried_)
      expected.push_back(present(article));
    for (const auto& article : articles_)
      if (article.ver > 0)
        expected.push_back(present(article));
    std::sort(expected.begin(), expected.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    RC_ASSERT(must(db_, storage::list_board_rows{}).events == expected);
  }

  void check_top() {
    std::vector<article_event> expected;
    for (const auto& article : articles_)
      if (article.published && !article.likes.empty())
        expected.push_back(present(article));
    std::sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) {
      return std::tie(b.cnt, b.id) < std::tie(a.cnt, a.id);
    });
    RC_ASSERT(must(db_, storage::list_top_articles{}).events == expected);
  }

  storage::connection& db_;
  article_client client_;
  wall_time now_ = some_day;
  std::array<user_id, 4> users_{};
  std::array<naive_article, 3> articles_{};
  std::vector<naive_article> buried_;
  std::vector<article_event> expected_;
  std::string name_;
  int names_ = 0;
  int titles_ = 0;
};

/// After any trace of likes and changes, counts are the sizes of sets, and every change
/// has raised its version by one and written an event with the absolute values after it.
inline void like_property(const make_fixture& make) {
  CHECK(rc::check("likes and their events behave as sets under any trace", [&] {
    const auto steps = *rc::gen::container<std::vector<article_step>>(any_article_step());
    const auto fixture = make();
    const auto db = fixture->writer();
    article_trace trace(*db);
    for (const auto& step : steps)
      trace.take(step);
  }));
}

} // namespace tinybook::test
