#pragma once

#include "tests/storage/conformance/article_samples.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook::test {

enum class totals_action : std::uint8_t {
  draft,
  publish,
  older_program,
  withdraw,
  remove
};

struct totals_step {
  totals_action action = totals_action::draft;
  std::size_t author = 0;
  std::size_t article = 0; ///< Of those that there are; beyond = a new one.
  std::size_t size = 0;
};

inline rc::Gen<totals_step> any_totals_step() {
  return rc::gen::build<totals_step>(
      rc::gen::set(&totals_step::action,
                   rc::gen::map(rc::gen::inRange(0, 5),
                                [](int n) { return static_cast<totals_action>(n); })),
      rc::gen::set(&totals_step::author, rc::gen::inRange<std::size_t>(0, 2)),
      rc::gen::set(&totals_step::article, rc::gen::inRange<std::size_t>(0, 6)),
      rc::gen::set(&totals_step::size, rc::gen::inRange<std::size_t>(0, 40)));
}

inline void showValue(const totals_step& step, std::ostream& out) {
  out << '{' << static_cast<int>(step.action) << ' ' << step.author << ' ' << step.article
      << ' ' << step.size << '}';
}

/// Runs the same steps against a store and a naive model, which adds up what there is.
class totals_trace {
 public:
  static constexpr storage::article_bounds bounds{.articles = 4, .bytes = 60};

  explicit totals_trace(const make_fixture& make)
      : fixture_(make()), db_(fixture_->writer()) {
    for (const auto* name : {"a@example.org", "b@example.org"})
      authors_.push_back({new_user(*db_, name), {}});
  }

  void take(const totals_step& step) {
    now_ += std::chrono::milliseconds{1};
    auto& [author, sizes] = authors_[step.author];
    const auto id = id_of(sizes, step.article);
    switch (step.action) {
    case totals_action::draft:
    case totals_action::publish:
    case totals_action::older_program:
      save(step, author, sizes, id);
      break;
    case totals_action::withdraw:
      if (id != 0)
        static_cast<void>(db_->run(storage::withdraw_article{id, author, now_}));
      break;
    case totals_action::remove:
      if (id == 0)
        break;
      RC_ASSERT(db_->run(storage::delete_article{id, author, now_}).ok());
      sizes.erase(id);
    }
  }

 private:
  using sizes_by_id = std::map<article_id, std::int64_t>;
  struct author_model {
    user_id id = 0;
    sizes_by_id sizes{};
  };

  static article_id id_of(const sizes_by_id& sizes, std::size_t index) {
    for (const auto& [id, size] : sizes)
      if (index-- == 0)
        return id;
    return 0;
  }

  void save(const totals_step& step, user_id author, sizes_by_id& sizes, article_id id) {
    auto text = article_client::text(author, "T");
    text.id = id;
    text.content = "é" + std::string(step.size, 'x'); // Two bytes and more.
    const auto size = std::ssize(text.content);
    // It does not know of bounds, nor of totals.
    const bool bound = step.action != totals_action::older_program;
    const auto used = bound ? bounds : storage::article_bounds{};
    const auto saved = step.action == totals_action::draft
                           ? db_->run(storage::save_draft{text, now_, {}, used})
                           : db_->run(storage::publish_article{text, now_, {}, used});
    const auto rule = bound ? broken_rule(sizes, id, size) : std::string{};
    RC_ASSERT(saved.ok() == rule.empty());
    if (saved) {
      sizes[saved->id] = size;
      return;
    }
    RC_ASSERT(saved.error().code == errc::quota_reached);
    RC_ASSERT(name_of(saved.error().rule) == rule);
  }

  static std::string broken_rule(const sizes_by_id& sizes, article_id id,
                                 std::int64_t size) {
    std::int64_t others = 0;
    for (const auto& [each, bytes] : sizes)
      others += each == id ? 0 : bytes;
    const auto old = id == 0 ? 0 : sizes.at(id);
    if (id == 0 && std::ssize(sizes) >= bounds.articles)
      return "articles.max_per_person";
    return size > old && others + size > bounds.bytes ? "articles.max_bytes_per_person"
                                                      : "";
  }

  std::unique_ptr<database_fixture> fixture_;
  std::unique_ptr<storage::connection> db_;
  std::vector<author_model> authors_;
  wall_time now_ = some_day;
};

/// Whatever was saved, withdrawn and deleted, by programs that do not count as well, an
/// author is refused exactly where more than the bounds would be there.
inline void author_totals_property(const make_fixture& make) {
  CHECK(rc::check("an author has no more than the bounds, and is refused nothing less",
                  [&] {
                    const auto steps =
                        *rc::gen::container<std::vector<totals_step>>(any_totals_step());
                    totals_trace trace{make};
                    for (const auto& step : steps)
                      trace.take(step);
                  }));
}

} // namespace tinybook::test
