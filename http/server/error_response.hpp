#pragma once

#include "http/server/server.hpp"

#include <string>

namespace tinybook::http {

/// How an answer that the server gives itself goes onto the wire.
struct error_framing {
  bool close = true;      ///< Says `Connection: close`.
  bool head_only = false; ///< The request was a HEAD: length, but no body.
};

/// Appends `answer` as an HTTP/1.1 response to `out`.
void append_error(std::string& out, const error_answer& answer, error_framing framing);

} // namespace tinybook::http
