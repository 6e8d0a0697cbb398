#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

/// What a tool of binutils prints of a file, by default of the product.
std::string printed(const std::string& tool, const std::string& file = TINYBOOK_BINARY) {
  const auto command = "LC_ALL=C " + tool + " '" + file + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> out{
      ::popen(command.c_str(), "r"), // NOLINT(*-command-processor)
      ::pclose};
  if (out == nullptr)
    throw std::runtime_error("cannot run " + command);
  std::string text;
  std::array<char, 65536> part{};
  while (const auto got = std::fread(part.data(), 1, part.size(), out.get()))
    text.append(part.data(), got);
  return text;
}

/// The line of `text` with `word`; empty if there is none.
std::string line_with(const std::string& text, const std::string& word) {
  const auto at = text.find(word);
  if (at == std::string::npos)
    return {};
  const auto begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

bool has(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

} // namespace

TEST_CASE("the binary is loaded at an address that nobody knows before") {
  const auto head = printed("readelf --wide --file-header --program-headers");
  CHECK_MESSAGE(has(line_with(head, "  Type:"), "DYN (Position-Independent Executable"),
                line_with(head, "  Type:"));
  CHECK(has(head, "INTERP"));
}

TEST_CASE("what the linker fills in is read-only before main") {
  const auto head = printed("readelf --wide --program-headers");
  CHECK(has(head, "GNU_RELRO"));
  const auto dynamic = printed("readelf --wide --dynamic");
  CHECK_MESSAGE(has(line_with(dynamic, "(FLAGS)"), "BIND_NOW"), dynamic);
}

TEST_CASE("the stack is no code, and what overruns it is seen") {
  const auto stack = line_with(printed("readelf --wide --program-headers"), "GNU_STACK");
  REQUIRE(!stack.empty());
  CHECK_MESSAGE(has(stack, " RW "), stack);
  CHECK(has(printed("nm --undefined-only"), "__stack_chk_fail"));
}

TEST_CASE("copies to a buffer whose size is known are checked, on the heap too") {
  // The product may have no such copy: the sample is compiled as the product is.
  const auto calls = printed("nm --undefined-only", TINYBOOK_HARDENED_SAMPLE);
  CHECK_MESSAGE(has(calls, "__memcpy_chk"), calls);
}

#if defined(__x86_64__)
// The binary as a whole is not marked: Debian's start files are not compiled so.
TEST_CASE("where a call may land is marked for the processor") {
  const auto main_function = printed("objdump --disassemble=main --no-show-raw-insn");
  const auto at = main_function.find("<main>:\n");
  REQUIRE(at != std::string::npos);
  const auto first = main_function.substr(at + 8, 40);
  CHECK_MESSAGE(has(first, "endbr64"), first);
}
#endif
