#include "config/key_builders.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

template <auto Member>
constexpr auto in_token = in_table<&settings::admin, &admin_settings::tokens, Member>;

constexpr auto token_table = std::to_array<key>({
    required(text({"name", in_token<&admin_token::name>, "\"ann\"", restart,
                   "Who it is, each only once; it stands in the log of what was done."},
                  1, 32, rules::provider_name)),
    required(
        word({"level", in_token<&admin_token::level>, "\"read\"", restart,
              "What they may do: look; act on messages, providers, boards and people; "
              "change how the server works, for which there is no route yet. Each "
              "includes those before it."},
             words::admin)),
    required(text({"hash", in_token<&admin_token::hash>,
                   "\"sha256:"
                   "0000000000000000000000000000000000000000000000000000000000000000\"",
                   restart, "Of the token, which nobody else needs to know."},
                  1, 100, rules::token_hash)),
});

constexpr std::string_view token_head =
    R"(# Operators with a token and a name of their own, beside that of the file admin.token,
# which is called "admin" and may do all: one such table for each, as
# tinybook --new-admin-token NAME prints it.
# [[admin.tokens]]
)";

} // namespace

const table_array& admin_token_tables() {
  static constexpr auto all = array_of<&settings::admin, &admin_settings::tokens>(
      "admin.tokens", token_head, token_table);
  return all;
}

} // namespace tinybook::config
