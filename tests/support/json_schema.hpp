#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace tinybook::test {

/// Holds values to the schemas of one OpenAPI document. It knows the words that ours
/// uses and throws at any other, so that none is passed over.
class json_schema {
 public:
  explicit json_schema(nlohmann::json document) : document_(std::move(document)) {}

  /// What `value` breaks of `schema`, with the place; empty where it conforms.
  [[nodiscard]] std::string fault_of(const nlohmann::json& value,
                                     const nlohmann::json& schema) const;

  /// What stands at a `$ref`, or `what` itself where it is none.
  [[nodiscard]] const nlohmann::json& resolved(const nlohmann::json& what) const;
  const nlohmann::json& resolved(nlohmann::json&& what) const = delete; ///< It dies.

  [[nodiscard]] const nlohmann::json& document() const { return document_; }

 private:
  nlohmann::json document_;
};

} // namespace tinybook::test
