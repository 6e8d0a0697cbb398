#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tinybook::fuzz {

/// Runs a target with one input; a violated requirement ends the program.
using target = void (*)(std::string_view input);

// Answers of providers begin with their status and a line for Retry-After.
void aliyun_answer(std::string_view input);
void tencent_answer(std::string_view input);
void twilio_answer(std::string_view input);
void webhook_answer(std::string_view input);

void aliyun_receipts(std::string_view input);
void tencent_receipts(std::string_view input);
void twilio_receipts(std::string_view input);
void webhook_receipts(std::string_view input);

void requests(std::string_view input);
void chunks(std::string_view input);
void json_bodies(std::string_view input);
void html(std::string_view input);
void forms(std::string_view input); ///< Of pages, and what is made of their texts.

void phones(std::string_view input);
void emails(std::string_view input); ///< And names and passwords.
void configuration(std::string_view input);

/// An assertion that is checked in every build.
inline void expect(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

} // namespace tinybook::fuzz
