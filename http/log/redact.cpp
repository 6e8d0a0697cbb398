#include "http/log/redact.hpp"

#include "storage/support/text.hpp"

#include <algorithm>

namespace tinybook::http {

namespace {

constexpr std::string_view hidden_part = "***";
// Hiding shorter words would blank half of every text; a code has six digits.
constexpr std::size_t min_secret_length = 4;
constexpr std::size_t min_number_digits = 6;
constexpr std::size_t min_token_length = 24;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '_' || c == '-' || c == '+' || c == '='
         || c == '.' || c == '@';
}

void hide_all(std::string& text, std::string_view secret) {
  if (secret.size() < min_secret_length)
    return;
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + hidden_part.size()))
    text.replace(at, secret.size(), hidden_part);
}

/// The end of a number that starts at `from`: digits, single blanks or dashes between.
std::size_t end_of_number(std::string_view text, std::size_t from, std::size_t& digits) {
  auto end = from;
  digits = 0;
  for (auto i = from; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      ++digits;
      end = i + 1;
    } else if ((text[i] != ' ' && text[i] != '-') || i != end) {
      break;
    }
  }
  return end;
}

std::string hide_numbers(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      out += text[i++];
      continue;
    }
    std::size_t digits = 0;
    auto end = end_of_number(text, i, digits);
    if (digits >= min_number_digits) {
      out += hidden_part;
      i = end;
    } else {
      out.append(text, i, end - i);
      i = end;
    }
  }
  return out;
}

std::string hide_word(std::string_view word) {
  if (word.find('@') != std::string_view::npos)
    return mask_email(word);
  bool digit = std::ranges::any_of(word, is_digit);
  bool letter = std::ranges::any_of(word, is_letter);
  return std::string{word.size() >= min_token_length && digit && letter ? hidden_part
                                                                        : word};
}

std::string hide_words(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    auto end = i;
    while (end < text.size() && is_word(text[end]))
      ++end;
    if (end == i)
      out += text[i++];
    else
      out += hide_word(text.substr(i, end - i));
    i = std::max(i, end);
  }
  return out;
}

} // namespace

std::string redact(std::string_view text, std::span<const std::string_view> secrets) {
  std::string known{text};
  for (auto secret : secrets)
    hide_all(known, secret);
  return hide_numbers(hide_words(known));
}

} // namespace tinybook::http
