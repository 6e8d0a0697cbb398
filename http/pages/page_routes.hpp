#pragma once

#include "http/api/route.hpp"

#include <string_view>
#include <vector>

namespace tinybook::http {

// The pages, by what they are about. Their forms take the fields of the API's routes and
// ask the same actors.
[[nodiscard]] std::vector<route> home_page_routes();
[[nodiscard]] std::vector<route> reference_page_routes();
[[nodiscard]] std::vector<route> log_in_page_routes();
[[nodiscard]] std::vector<route> code_page_routes();
[[nodiscard]] std::vector<route> profile_page_routes();
[[nodiscard]] std::vector<route> security_page_routes();
[[nodiscard]] std::vector<route> prove_page_routes();
[[nodiscard]] std::vector<route> reading_page_routes();
[[nodiscard]] std::vector<route> writing_page_routes();
[[nodiscard]] std::vector<route> well_known_page_routes();

/// Makes the reference of the API, in each language.
void prepare_reference(const api_environment& env);

/// All of them.
[[nodiscard]] std::vector<route> page_routes();

/// A page that is shown.
[[nodiscard]] route page_at(std::string_view path, handler handle,
                            std::string_view summary,
                            auth_need auth = auth_need::optional,
                            asked_actor asks = asked_actor::sessions);
/// What a form is sent to. Its session may have to be renewed first.
[[nodiscard]] route form_at(std::string_view path, handler handle, asked_actor asks,
                            std::string_view summary, std::vector<field_spec> body,
                            auth_need auth = auth_need::optional);

} // namespace tinybook::http
