#include "tests/soak/mailbox.hpp"

#include <algorithm>

namespace tinybook::soak {

mailbox::mailbox(std::vector<const test::provider_simulator*> providers)
    : providers_(std::move(providers)), seen_(providers_.size()) {}

void mailbox::expect(std::string phone) {
  const std::lock_guard guard{mutex_};
  expected_.push_back(std::move(phone));
}

std::optional<std::pair<std::string, std::string>> mailbox::next() {
  const std::lock_guard guard{mutex_};
  collect();
  const auto come = std::ranges::find_if(
      expected_, [&](const auto& phone) { return codes_.contains(phone); });
  if (come == expected_.end())
    return std::nullopt;
  auto letter = codes_.extract(*come);
  expected_.erase(come);
  return std::pair{std::move(letter.key()), std::move(letter.mapped())};
}

received_messages mailbox::received() {
  const std::lock_guard guard{mutex_};
  collect();
  return received_;
}

void mailbox::collect() {
  for (std::size_t i = 0; i < providers_.size(); ++i)
    // Waits for nothing: this way the requests are read where they are, without a copy.
    static_cast<void>(providers_[i]->wait_for(
        [&](const std::vector<test::request_seen>& all) {
          for (; seen_[i] < all.size(); ++seen_[i]) {
            const auto& [at, sms, did, accepted] = all[seen_[i]];
            if (!accepted)
              continue;
            auto& one = received_[sms.client_ref];
            one.phone = sms.phone;
            ++one.copies;
            codes_[sms.phone] = sms.code;
          }
          return true;
        },
        std::chrono::milliseconds{0}));
}

} // namespace tinybook::soak
