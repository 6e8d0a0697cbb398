#include "http/server/response_writer.hpp"

#include "http/server/http_date.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace tinybook::http {

namespace {

/// As RFC 9110 names them; clients must not rely on it.
std::string_view reason_phrase(int status) {
  switch (status) {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 303:
    return "See Other";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 422:
    return "Unprocessable Content";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 503:
    return "Service Unavailable";
  case 504:
    return "Gateway Timeout";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "";
  }
}

bool is_one_line(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (is_one_line(name) && is_one_line(value))
    out.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

void append_response(std::string& out, const httplib::Response& answer,
                     const response_framing& framing) {
  const auto status = answer.status < 0 ? 200 : answer.status;
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
  out.append(reason_phrase(status)).append("\r\n");
  if (framing.close) {
    append_header(out, "Connection", "close");
  } else {
    if (framing.is_http_1_0)
      append_header(out, "Connection", "keep-alive");
    append_header(out, "Keep-Alive", "timeout=" + std::to_string(framing.idle.count()));
  }
  append_header(out, "Date", http_date());
  if (framing.in_parts && !framing.is_http_1_0)
    append_header(out, "Transfer-Encoding", "chunked");
  else if (status != 304
           && !framing.in_parts) // It would be that of the body which is not sent.
    append_header(out, "Content-Length", std::to_string(answer.body.size()));
  for (const auto& [name, value] : answer.headers)
    append_header(out, name, value);
  out.append("\r\n");
  if (framing.is_head)
    return;
  if (framing.in_parts && !framing.is_http_1_0 && !answer.body.empty())
    append_chunk(out, answer.body);
  else
    out.append(answer.body);
}

void append_chunk(std::string& out, std::string_view part) {
  std::array<char, 16> size{};
  const auto end =
      std::to_chars(size.data(), size.data() + size.size(), part.size(), 16).ptr;
  out.append(size.data(), end).append("\r\n");
  out.append(part).append("\r\n");
}

} // namespace tinybook::http
