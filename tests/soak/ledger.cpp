#include "tests/soak/ledger.hpp"

#include <algorithm>
#include <utility>

namespace tinybook::soak {

namespace {

constexpr int delivered = 2;
constexpr int expired = 3;
constexpr int dead = 4;

/// Gathers what is wrong of one kind into one sentence, with the first example.
class finding {
 public:
  explicit finding(std::string what) : what_(std::move(what)) {}

  void add(const std::string& example) {
    if (count_++ == 0)
      example_ = example;
  }

  void tell(std::vector<std::string>& to) const {
    if (count_ > 0)
      to.push_back(std::to_string(count_) + ' ' + what_ + ", such as " + example_);
  }

 private:
  std::string what_;
  std::int64_t count_ = 0;
  std::string example_;
};

std::string at_day(const article_day& key) {
  return std::to_string(key.article) + " on day " + std::to_string(key.day);
}

template <class Key>
void compare(const std::map<Key, std::int64_t>& wanted,
             const std::map<Key, std::int64_t>& stored, finding& into,
             const auto& name_of) {
  const auto look = [&](const Key& key) {
    const auto of = [&](const auto& in) {
      const auto at = in.find(key);
      return at == in.end() ? 0 : at->second;
    };
    if (of(wanted) != of(stored))
      into.add(name_of(key) + " (" + std::to_string(of(stored)) + " counted, "
               + std::to_string(of(wanted)) + " rows)");
  };
  for (const auto& [key, count] : wanted)
    look(key);
  for (const auto& [key, count] : stored)
    if (!wanted.contains(key))
      look(key);
}

void check_counts(const stored_rows& rows, std::vector<std::string>& to) {
  std::map<std::int64_t, std::int64_t> of_articles;
  std::map<article_day, std::int64_t> of_days;
  for (const auto& [key, day] : rows.likes) {
    ++of_articles[key.article];
    ++of_days[{key.article, day}];
  }
  finding counts{"articles whose like count is not the number of their likes"};
  compare(of_articles, rows.counts, counts,
          [](std::int64_t id) { return std::to_string(id); });
  counts.tell(to);
  finding days{"articles whose count of a day is not the number of their likes"};
  compare(of_days, rows.days, days, at_day);
  days.tell(to);
}

} // namespace

void ledger::account(std::string name) {
  const std::lock_guard guard{mutex_};
  accounts_.insert(std::move(name));
}

void ledger::article(std::int64_t id) {
  const std::lock_guard guard{mutex_};
  articles_.insert(id);
}

void ledger::code_accepted(std::string phone) {
  const std::lock_guard guard{mutex_};
  phones_.insert(std::move(phone));
}

void ledger::like_begins(const like_key& key) {
  const std::lock_guard guard{mutex_};
  likes_[key].value.reset();
}

void ledger::like_ends(const like_key& key, std::optional<bool> liked, time now) {
  const std::lock_guard guard{mutex_};
  likes_[key].end(liked, now);
}

void ledger::title_begins(std::int64_t article) {
  const std::lock_guard guard{mutex_};
  titles_[article].value.reset();
}

void ledger::title_ends(std::int64_t article, std::optional<std::string> title,
                        time now) {
  const std::lock_guard guard{mutex_};
  titles_[article].end(std::move(title), now);
}

void ledger::leased_at_kill(const std::vector<std::string>& phones) {
  const std::lock_guard guard{mutex_};
  leased_at_kill_.insert(phones.begin(), phones.end());
}

std::vector<std::string> ledger::losses(const stored_rows& rows,
                                        const received_messages& received) const {
  const std::lock_guard guard{mutex_};
  std::vector<std::string> out;
  const auto check = [&out](std::string what, const auto& all, const auto& is_wrong,
                            const auto& name_of) {
    finding found{std::move(what)};
    for (const auto& one : all)
      if (is_wrong(one))
        found.add(name_of(one));
    found.tell(out);
  };
  const auto name = [](const std::string& text) {
    return text;
  };
  check(
      "accounts are gone", accounts_,
      [&](const auto& a) { return !rows.accounts.contains(a); }, name);
  check(
      "published articles are gone", articles_,
      [&](auto id) { return !rows.published.contains(id); },
      [](auto id) { return std::to_string(id); });
  check(
      "articles are not as they were saved", titles_,
      [&](const auto& t) {
        const auto stored = rows.titles.find(t.first);
        return t.second.value
               && (stored == rows.titles.end() || stored->second != *t.second.value);
      },
      [](const auto& t) { return std::to_string(t.first); });
  check(
      "likes are not as they were answered", likes_,
      [&](const auto& l) {
        return l.second.value && *l.second.value != rows.likes.contains(l.first);
      },
      [](const auto& l) {
        return l.first.account + " of article " + std::to_string(l.first.article)
               + (*l.second.value ? " (gone)" : " (still there)");
      });
  check_counts(rows, out);

  std::map<std::string, const stored_message*> by_reference;
  std::map<std::string, int> of_phone;
  for (const auto& one : rows.messages) {
    by_reference[one.client_ref] = &one;
    ++of_phone[one.phone];
  }
  check(
      "accepted messages have no row", phones_,
      [&](const auto& p) { return !of_phone.contains(p); }, name);
  check(
      "accepted messages have two rows", phones_,
      [&](const auto& p) { return of_phone.contains(p) && of_phone.at(p) > 1; }, name);
  check(
      "messages are delivered that no provider took", rows.messages,
      [&](const auto& m) {
        return m.state == delivered && !received.contains(m.client_ref);
      },
      [](const auto& m) { return m.phone; });
  const auto phone_of = [](const auto& r) {
    return r.second.phone;
  };
  check(
      "messages came that have no row", received,
      [&](const auto& r) { return !by_reference.contains(r.first); }, phone_of);
  check(
      "messages came and their rows end otherwise", received,
      [&](const auto& r) {
        const auto row = by_reference.find(r.first);
        return row != by_reference.end() && row->second->state > delivered
               && !leased_at_kill_.contains(r.second.phone);
      },
      phone_of);
  check(
      "messages came twice that were not leased at a kill", received,
      [&](const auto& r) {
        return r.second.copies > 1 && !leased_at_kill_.contains(r.second.phone);
      },
      phone_of);
  return out;
}

message_counts ledger::count_messages(const stored_rows& rows) const {
  const std::lock_guard guard{mutex_};
  message_counts out;
  out.accepted = static_cast<std::int64_t>(phones_.size());
  for (const auto& one : rows.messages)
    if (phones_.contains(one.phone))
      ++(one.state == delivered ? out.delivered
         : one.state == expired ? out.expired
         : one.state == dead    ? out.dead
                                : out.waiting);
  return out;
}

std::int64_t ledger::known_likes() const {
  const std::lock_guard guard{mutex_};
  return std::ranges::count_if(
      likes_, [](const auto& l) { return l.second.value.value_or(false); });
}

std::vector<board_row> board_of_likes(const stored_rows& rows, std::int64_t first_day) {
  std::map<std::int64_t, std::int64_t> counts;
  for (const auto& [key, day] : rows.likes)
    if (day >= first_day)
      ++counts[key.article];
  std::vector<board_row> out;
  for (const auto& [article, likes] : counts)
    out.push_back({article, likes});
  std::ranges::sort(out, [](const board_row& a, const board_row& b) {
    return std::pair{b.likes, b.article} < std::pair{a.likes, a.article};
  });
  out.resize(std::min<std::size_t>(out.size(), 100));
  return out;
}

std::string difference(const std::vector<board_row>& wanted,
                       const std::vector<board_row>& shown) {
  const auto say = [](const std::vector<board_row>& board, std::size_t i) {
    return i < board.size() ? "article " + std::to_string(board[i].article) + " with "
                                  + std::to_string(board[i].likes) + " likes"
                            : std::string{"nothing"};
  };
  for (std::size_t i = 0; i < std::max(wanted.size(), shown.size()); ++i)
    if (i >= wanted.size() || i >= shown.size() || wanted[i] != shown[i])
      return "place " + std::to_string(i + 1) + " shows " + say(shown, i)
             + ", the likes make it " + say(wanted, i);
  return "";
}

} // namespace tinybook::soak
