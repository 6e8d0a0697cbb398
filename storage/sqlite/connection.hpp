#pragma once

#include "storage/connection.hpp"
#include "storage/sqlite/handle.hpp"

#include <memory>
#include <span>
#include <utility>

namespace tinybook::storage::sqlite {

/// The stores over one handle.
class sqlite_connection final : public connection {
 public:
  explicit sqlite_connection(std::unique_ptr<handle> db) : db_(std::move(db)) {}

  result<done> write_batch(std::span<const write> writes) override;
  result<done> ping() override;

 private:
  [[nodiscard]] storage::handle& session() override { return *db_; }
  result<done> run_one(const write& one);

  std::unique_ptr<handle> db_;
};

} // namespace tinybook::storage::sqlite
