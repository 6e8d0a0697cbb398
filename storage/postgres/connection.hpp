#pragma once

#include "storage/connection.hpp"
#include "storage/postgres/handle.hpp"

#include <memory>
#include <span>
#include <utility>

namespace tinybook::storage::postgres {

/// The stores over one handle.
class postgres_connection final : public connection {
 public:
  explicit postgres_connection(std::unique_ptr<handle> db) : db_(std::move(db)) {}

  result<done> write_batch(std::span<const write> writes) override;
  result<done> ping() override;
  [[nodiscard]] const char* missing() const override {
    return db_->is_away() ? "postgres" : nullptr;
  }

 private:
  [[nodiscard]] storage::handle& session() override { return *db_; }

  std::unique_ptr<handle> db_;
};

} // namespace tinybook::storage::postgres
