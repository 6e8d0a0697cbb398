#include "actors/sms/outcome_writer.hpp"

#include <algorithm>
#include <variant>

namespace tinybook {

namespace {

/// Others write, too, and their commits wait for a batch.
constexpr std::ptrdiff_t most_in_a_batch = 128;

message_id row_of(const storage::message_outcome& outcome) {
  return std::visit([](const auto& one) { return one.id; }, outcome);
}

} // namespace

outcome_writer::writing::~writing() {
  if (answer_)
    return;
  by_.waiting_.erase(row_of(what_));
  std::erase(by_.gathered_, row_of(what_));
}

void outcome_writer::writing::answered(result<storage::lease_kept> answer) {
  by_.waiting_.erase(row_of(what_));
  answer_ = std::move(answer);
  if (frame_)
    journeys::resume(*of_, frame_);
}

void outcome_writer::take(writing& one) {
  const auto row = row_of(one.what_);
  waiting_.emplace(row, &one);
  if (one.again_) {
    start_journey(self_, "write outcomes", write_batch({row}, true));
  } else {
    gathered_.push_back(row);
    go_on();
  }
}

void outcome_writer::go_on() {
  if (under_way_ || gathered_.empty())
    return;
  under_way_ = true;
  const auto end = gathered_.begin() + std::min(std::ssize(gathered_), most_in_a_batch);
  std::vector<message_id> next{gathered_.begin(), end};
  gathered_.erase(gathered_.begin(), end);
  start_journey(self_, "write outcomes", write_batch(std::move(next), false));
}

task<result<done>> outcome_writer::write_batch(std::vector<message_id> rows, bool alone) {
  storage::write_outcomes command;
  for (const auto row : rows) {
    auto& one = *waiting_.at(row);
    std::visit([&](auto& outcome) { outcome.token = one.token_; }, one.what_);
    command.outcomes.push_back(one.what_);
  }
  const auto answer = co_await ask(store_, at_most_, std::move(command));
  told_(answer ? nullptr : &answer.error());
  if (!alone) {
    under_way_ = false;
    go_on(); // The next batch is on its way while the rows of this one go on.
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (const auto one = waiting_.find(rows[i]); one != waiting_.end())
      one->second->answered(answer ? result{(*answer)[i]} : answer.error());
  co_return done{};
}

} // namespace tinybook
