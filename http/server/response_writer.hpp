#pragma once

#include <httplib.h>

#include <chrono>
#include <string>
#include <string_view>

namespace tinybook::http {

/// How an answer goes onto the wire.
struct response_framing {
  bool close = true;            ///< Nothing follows on this connection.
  bool is_http_1_0 = false;     ///< Such a client closes unless told otherwise.
  bool is_head = false;         ///< The request was a HEAD: length, but no body.
  std::chrono::seconds idle{0}; ///< How long the connection is kept without a request.
  bool in_parts = false;        ///< Its length is not known: chunks, or until the end.
};

/// Appends one part of a body that is sent as chunks; an empty one is the end of it.
void append_chunk(std::string& out, std::string_view part);

/// Appends `answer` to `out` as an HTTP/1.1 response (RFC 9112), with the date, and the
/// length of its body. A header that is not one line is left out. Status -1 is 200.
void append_response(std::string& out, const httplib::Response& answer,
                     const response_framing& framing);

} // namespace tinybook::http
