#pragma once

#include "http/api/call_gate.hpp"
#include "http/api/cors.hpp"
#include "http/api/environment.hpp"
#include "http/api/refusals.hpp"
#include "http/api/request_checks.hpp"
#include "http/api/route_meters.hpp"
#include "http/api/route_table.hpp"
#include "http/server/server.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace tinybook::http {

/// Takes every request of one listener from its route to its answer: admission, the
/// actor's gate, the handler, the envelope, the headers that all answers have. Used by
/// all pollers.
class dispatcher {
 public:
  /// A listener's own condition on top of the route's.
  using guard = std::function<result<done>(request_context&)>;

  dispatcher(std::vector<route> routes, std::shared_ptr<const api_environment> env,
             log_ptr log, guard extra = {});

  /// What the server calls. They refer to this object, which must outlive the server.
  [[nodiscard]] server_hooks hooks();

  [[nodiscard]] answering begin(exchange& of);
  [[nodiscard]] httplib::Response render_error(errc code,
                                               const httplib::Request& request);
  [[nodiscard]] std::optional<httplib::Response> judge_head(const httplib::Request& head);

  /// See `refusals`.
  void log_left_out(tick now) const { refusals_.log_left_out(now); }

  [[nodiscard]] const route_meters& meters() const { return meters_; }
  [[nodiscard]] const call_gates& gates() const { return gates_; }

 private:
  [[nodiscard]] request_context open(const httplib::Request& request,
                                     const route* matched) const;
  task<result<done>> serve(exchange* of, route_match match, deadline due);
  task<result<done>> admit_to_page(request_context* context, call c) const;
  [[nodiscard]] result<done> check_form(const request_context& request) const;
  task<answer> refuse_form(call c, failure why) const;
  task<answer> refuse_unread(request_context* context, route_match match, failure why);
  [[nodiscard]] answer refuse(const failure& why, const request_context& request) const;
  [[nodiscard]] answer unmatched(request_context& request, const route_match& match,
                                 std::string_view path);
  [[nodiscard]] result<done> admit(request_context& request, bool has_body) const;
  [[nodiscard]] bool is_prepared(const request_context& request) const;
  [[nodiscard]] result<call_gates::pass> prepare(request_context& request,
                                                 const route_match& match);
  task<result<answer>> handle(std::shared_ptr<const httplib::Request> raw,
                              request_context* context, route_match match);
  task<result<request_input>> read(std::shared_ptr<const httplib::Request> raw,
                                   route_match match, call c);
  [[nodiscard]] httplib::Response finish(const request_context& request, answer from);
  void fill(const request_context& request, answer from, httplib::Response& to) const;
  void decorate(const request_context& request, answer& from,
                httplib::Headers& headers) const;
  [[nodiscard]] std::size_t max_body(std::string_view method,
                                     std::string_view path) const;

  std::shared_ptr<const route_table> table_; ///< Shared with work elsewhere.
  std::shared_ptr<const api_environment> env_;
  refusals refusals_;
  guard extra_;
  cors_policy cors_;
  route_meters meters_;
  call_gates gates_;
};

} // namespace tinybook::http
