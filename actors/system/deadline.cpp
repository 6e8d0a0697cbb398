#include "actors/system/deadline.hpp"

#include <caf/message.hpp>
#include <caf/type_erased_tuple.hpp>

#include <utility>

namespace tinybook {

namespace {

/// CAF knows how long the asker waits, but does not tell who is asked. The request is
/// handed on as it is, in an envelope that bears the deadline.
class dated_request final : public caf::mailbox_element {
 public:
  dated_request(caf::mailbox_element_ptr request, deadline due)
      : mailbox_element(std::move(request->sender), request->mid,
                        std::move(request->stages)),
        request_(std::move(request)),
        due_(due) {}

  caf::type_erased_tuple& content() override { return request_->content(); }
  [[nodiscard]] const caf::type_erased_tuple& content() const override {
    return std::as_const(*request_).content();
  }
  caf::message move_content_to_message() override {
    return request_->move_content_to_message();
  }
  [[nodiscard]] caf::message copy_content_to_message() const override {
    return request_->copy_content_to_message();
  }

  [[nodiscard]] deadline due() const { return due_; }

 private:
  caf::mailbox_element_ptr request_;
  deadline due_;
};

} // namespace

caf::mailbox_element_ptr with_deadline(caf::mailbox_element_ptr request, deadline due) {
  return caf::mailbox_element_ptr{new dated_request(std::move(request), due)};
}

deadline deadline_of(const caf::mailbox_element& request) {
  const auto* dated = dynamic_cast<const dated_request*>(&request);
  return dated != nullptr ? dated->due() : no_deadline;
}

} // namespace tinybook
