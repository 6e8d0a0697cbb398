#pragma once

#include "tests/support/json_schema.hpp"

#include <httplib.h>

#include <string>
#include <string_view>

namespace tinybook::test {

/// What a server promises by its document of the API, to hold its answers to it.
class api_contract {
 public:
  explicit api_contract(nlohmann::json document) : schemas_(std::move(document)) {}

  /// What `answered` breaks of what is said about `method` of `target` (a path, perhaps
  /// with a query); empty where it conforms, or the path is none of the API.
  [[nodiscard]] std::string fault_of(std::string method, std::string_view target,
                                     const httplib::Response& answered) const;

  [[nodiscard]] const json_schema& schemas() const { return schemas_; }

 private:
  json_schema schemas_;
};

} // namespace tinybook::test
