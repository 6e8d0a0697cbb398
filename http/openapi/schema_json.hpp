#pragma once

#include "config/settings.hpp"
#include "http/api/route.hpp"
#include "http/api/schema.hpp"

#include <nlohmann/json.hpp>

namespace tinybook::http {

/// Members stay in the order in which they are set.
using nlohmann::ordered_json;

/// `{"$ref":…}`
[[nodiscard]] ordered_json component(std::string_view kind, std::string_view name);

/// The JSON Schema of a value in an answer. One that has a name is put into `named`, with
/// all that it holds, and referred to.
[[nodiscard]] ordered_json schema_json(const schema& of, ordered_json& named);

/// An example, of the samples that the schema has.
[[nodiscard]] ordered_json sample_of(const schema& of);

/// The JSON Schema of an input, with its bounds and an example.
[[nodiscard]] ordered_json field_json(const field_spec& of, const config::settings& from);

} // namespace tinybook::http
