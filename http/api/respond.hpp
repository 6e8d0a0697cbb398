#pragma once

#include "actors/accounts/client_info.hpp"
#include "http/api/envelope.hpp"
#include "http/api/environment.hpp"
#include "http/api/json_writer.hpp"
#include "http/api/request_context.hpp"
#include "http/pages/gzip.hpp"

#include <string>
#include <string_view>

namespace tinybook {
struct token_pair;
}

namespace tinybook::http {

/// 200 with `data`, which is JSON, in the envelope, and the route's `done` sentence.
[[nodiscard]] inline answer success(const request_context& request,
                                    std::string_view data = "null") {
  return {.body = success_body(data, request.matched->done.text(request.lang()))};
}

/// 200 with an object that `write` fills.
template <class Write>
[[nodiscard]] answer success_object(const request_context& request, Write write) {
  std::string data;
  json_writer w(data);
  w.begin_object();
  write(w);
  w.end_object();
  return success(request, data);
}

/// Puts `text` there, compressed where the client takes that.
void give_text(const request_context& request, const zipped_text& text, answer& into);

/// 200 with `text`, which is the same for all and may be kept as `cache_control` says, or
/// 304 where the client has it.
[[nodiscard]] answer cacheable_text(const request_context& request,
                                    const zipped_text& text,
                                    std::string_view cache_control,
                                    std::string_view content_type);

/// The client, for rate limits: its address behind the proxies, and what the two cookies
/// prove.
[[nodiscard]] client_info client_of(const api_environment& env,
                                    const request_context& request);

/// Adds the tokens: the two headers and, if there is one, the device cookie.
void give_tokens(const api_environment& env, const request_context& request,
                 const token_pair& tokens, answer& into);

/// Sets the device cookie, if there is one; the other accounts that know the browser stay
/// in it.
void give_device(const api_environment& env, const request_context& request,
                 const std::string& device, answer& into);

/// Sets the cookie by which a browser proves that it asked for a code.
void give_asker(const api_environment& env, const request_context& request,
                std::string_view asker, answer& into);

} // namespace tinybook::http
