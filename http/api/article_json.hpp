#pragma once

#include "http/api/json_writer.hpp"
#include "storage/article_store.hpp"

#include <cstdint>

namespace tinybook::http {

/// What a list item of the author's own articles holds; public lists name the author,
/// too.
enum class list_kind : std::uint8_t { own, published };

void write_list(json_writer& w, const storage::article_list& list, list_kind kind);
void write_detail(json_writer& w, const storage::article_detail& article);

} // namespace tinybook::http
