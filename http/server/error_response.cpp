#include "http/server/error_response.hpp"

#include "http/server/http_date.hpp"

namespace tinybook::http {

namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
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
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 503:
    return "Service Unavailable";
  default:
    return "Error";
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

void append_error(std::string& out, const error_answer& answer, error_framing framing) {
  out.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
  out.append(reason_phrase(answer.status)).append("\r\n");
  if (framing.close)
    append_header(out, "Connection", "close");
  append_header(out, "Date", http_date());
  append_header(out, "Content-Type", answer.content_type);
  append_header(out, "Content-Length", std::to_string(answer.body.size()));
  for (const auto& [name, value] : answer.headers)
    append_header(out, name, value);
  out.append("\r\n");
  if (!framing.head_only)
    out.append(answer.body);
}

} // namespace tinybook::http
