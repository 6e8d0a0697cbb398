#include "actors/articles/html_tree.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdlib>
#include <vector>

namespace tinybook {

/// All memory of one parse. The parser would free its tree by recursion, as deep as the
/// markup is nested, and asks nobody before it clones elements without end; here a loop
/// frees, and the allocation that goes over the bound jumps out of the parse.
class html_arena {
 public:
  html_arena() { head_.next = head_.previous = &head_; }
  html_arena(const html_arena&) = delete;
  html_arena& operator=(const html_arena&) = delete;
  ~html_arena() {
    for (auto* b = head_.next; b != &head_;) {
      auto* next = b->next;
      std::free(b);
      b = next;
    }
  }

  static void* allocate(void* self, std::size_t size) {
    auto& arena = *static_cast<html_arena*>(self);
    // The only sign of an attribute that the parser gives; a string of just this length
    // counts too, which does no harm.
    if (size == sizeof(GumboAttribute) && ++arena.attributes_ > html_tree::max_attributes)
      std::longjmp(arena.overflow_, 1);
    void* memory = size > html_tree::max_memory_bytes - arena.used_
                       ? nullptr
                       : std::malloc(sizeof(block) + size);
    // Only frames of the C parser lie in between: nothing there needs a destructor.
    if (memory == nullptr)
      std::longjmp(arena.overflow_, 1);
    auto* b = static_cast<block*>(memory);
    *b = {&arena.head_, arena.head_.previous, size};
    b->previous->next = b;
    arena.head_.previous = b;
    arena.used_ += size;
    return b + 1;
  }

  static void deallocate(void* self, void* memory) {
    if (memory == nullptr)
      return;
    auto* b = static_cast<block*>(memory) - 1;
    static_cast<html_arena*>(self)->used_ -= b->size;
    b->previous->next = b->next;
    b->next->previous = b->previous;
    std::free(b);
  }

  /// Null when the bound was hit.
  const GumboOutput* parse(std::string_view html) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = &allocate;
    options.deallocator = &deallocate;
    options.userdata = this;
    options.max_errors = 0;
    options.fragment_context = GUMBO_TAG_DIV;
    if (setjmp(overflow_) != 0)
      return nullptr;
    return gumbo_parse_with_options(&options, html.data(), html.size());
  }

 private:
  struct alignas(std::max_align_t) block {
    block* next;
    block* previous;
    std::size_t size;
  };

  block head_{};
  std::size_t used_ = 0;
  std::size_t attributes_ = 0;
  std::jmp_buf overflow_{};
};

namespace {

bool is_shallow(const GumboNode& root) {
  std::vector<const GumboNode*> level{&root};
  for (std::size_t depth = 0; !level.empty(); ++depth) {
    if (depth > html_tree::max_depth)
      return false;
    std::vector<const GumboNode*> below;
    for (const auto* node : level) {
      const auto& children = children_of(*node);
      for (unsigned i = 0; i < children.length; ++i) {
        const auto* child = static_cast<const GumboNode*>(children.data[i]);
        if (!is_text(*child))
          below.push_back(child);
      }
    }
    level.swap(below);
  }
  return true;
}

} // namespace

bool html_tree::has_few_tags(std::string_view html) {
  return static_cast<std::size_t>(std::ranges::count(html, '<')) <= max_tags;
}

html_tree::html_tree(std::string_view html) : arena_(std::make_unique<html_arena>()) {
  if (!has_few_tags(html)) {
    fault_ = html_fault::too_many_tags;
    return;
  }
  const auto* output = arena_->parse(html);
  if (output == nullptr) {
    fault_ = html_fault::too_tangled;
    return;
  }
  root_ = output->root;
  if (!is_shallow(*root_))
    fault_ = html_fault::too_deep;
}

html_tree::~html_tree() = default;

} // namespace tinybook
