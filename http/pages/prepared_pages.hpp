#pragma once

#include "http/pages/gzip.hpp"
#include "http/pages/page_texts.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

namespace tinybook::http {

/// A page that is the same for everybody.
struct prepared_page : zipped_text {
  std::chrono::steady_clock::time_point made{};
};

/// The home page of those who are not logged in, by language and board: made anew by one
/// request when it is older than a second, while the others get the old one.
/// Thread-safe.
class prepared_pages {
 public:
  static constexpr std::chrono::seconds fresh_for{1};
  /// Older ones are shown to nobody: the store has been away for that long.
  static constexpr std::chrono::seconds usable_for{10};

  class slot {
   public:
    /// The page to show, or nothing where the caller must make it.
    [[nodiscard]] std::shared_ptr<const prepared_page>
    usable(std::chrono::steady_clock::time_point now) {
      const auto page = page_.load();
      const auto age = page ? now - page->made : std::chrono::hours{1};
      if (age >= usable_for)
        return nullptr;
      // Whoever begins a second makes the page of it.
      auto last = tried_.load();
      const bool mine = age >= fresh_for && now.time_since_epoch() - last >= fresh_for
                        && tried_.compare_exchange_strong(last, now.time_since_epoch());
      return mine ? nullptr : page;
    }
    void keep(prepared_page page) {
      page_ = std::make_shared<const prepared_page>(std::move(page));
    }

   private:
    std::atomic<std::shared_ptr<const prepared_page>> page_;
    std::atomic<std::chrono::steady_clock::duration> tried_{};
  };

  [[nodiscard]] slot& of(language lang, std::size_t board) {
    return slots_.at(static_cast<std::size_t>(lang)).at(board);
  }

 private:
  std::array<std::array<slot, 3>, every_language.size()> slots_;
};

} // namespace tinybook::http
