#include "http/server/conversation.hpp"

#include "http/server/error_text.hpp"

namespace tinybook::http {

namespace {

// Answers to pipelined requests are gathered up to this before they are sent.
constexpr std::size_t send_at_bytes = std::size_t{64} * 1024;

phase phase_of(request_scanner::state state) {
  switch (state) {
  case request_scanner::state::head:
    return phase::head;
  case request_scanner::state::body:
    return phase::body;
  default:
    return phase::idle;
  }
}

bool is_head_request(const connection& with) {
  return with.scanner().head().method.in(with.request_bytes()) == "HEAD";
}

} // namespace

next_step conversation::advance(connection& with, lane here, std::string& out) {
  auto step = next_step::wait;
  serve_whole_requests(with, here, out, step);
  send(with, out);
  return step == next_step::hand_over && !with.is_broken() ? step : settle(with);
}

void conversation::serve_whole_requests(connection& with, lane here, std::string& out,
                                        next_step& step) {
  while (!with.ending && !with.is_blocked() && !with.is_broken()) {
    auto state = with.scan(core_.limits);
    if (state == request_scanner::state::refused)
      return end_with_error(with, with.scanner().refusal(), out);
    if (state != request_scanner::state::whole) {
      wait_for(with, phase_of(state));
      return say_continue(with, out);
    }
    if (here == lane::fast && is_for_waiting_lane(with)) {
      if (take_place_in_waiting_lane()) {
        step = next_step::hand_over;
        return;
      }
      auto answer = core_.hooks.render_error(errc::overloaded, known_request(with));
      append_error(out, answer, {.close = false, .head_only = is_head_request(with)});
      with.consume_request();
    } else {
      respond(with, here, out);
    }
    if (out.size() >= send_at_bytes)
      send(with, out);
  }
}

bool conversation::is_for_waiting_lane(const connection& with) const {
  const auto& head = with.scanner().head();
  const auto* base = with.request_bytes();
  return core_.hooks.classify(head.method.in(base), head.path(base)) == lane::waiting;
}

bool conversation::take_place_in_waiting_lane() {
  auto& taken = core_.counts.waiting_in_flight;
  if (taken.fetch_add(1, std::memory_order_relaxed) < core_.options.max_in_flight)
    return true;
  taken.fetch_sub(1, std::memory_order_relaxed);
  count(core_.counts.refused_in_flight);
  return false;
}

void conversation::respond(connection& with, lane here, std::string& out) {
  auto& running = core_.counts.fast_in_flight;
  if (here == lane::fast)
    count(running);
  auto outcome = core_.responses.respond(with, core_.draining, out);
  if (here == lane::fast)
    running.fetch_sub(1, std::memory_order_relaxed);
  if (outcome == responder::outcome::unreadable)
    return end_with_error(with, errc::bad_request, out);
  if (outcome == responder::outcome::last) {
    // A client that did not ask for the end may be sending right now.
    with.lingers = with.scanner().head().keeps_alive() || with.has_more_than_request();
    with.ending = true;
  }
  with.consume_request();
}

void conversation::end_with_error(connection& with, errc code, std::string& out) {
  auto answer = core_.hooks.render_error(code, known_request(with));
  append_error(out, answer, {.close = true, .head_only = is_head_request(with)});
  count(core_.counts.of(code));
  with.ending = true;
  with.lingers = true;
}

void conversation::say_continue(connection& with, std::string& out) const {
  if (with.said_continue || with.waits_for != phase::body
      || !with.scanner().head().expects_continue())
    return;
  with.said_continue = true;
  out.append("HTTP/1.1 100 Continue\r\n\r\n");
}

next_step conversation::refuse(connection& with, errc code, std::string& out) {
  end_with_error(with, code, out);
  send(with, out);
  return settle(with);
}

next_step conversation::resume_sending(connection& with, std::string& out) {
  send(with, out);
  if (with.is_blocked() || with.is_broken() || with.ending)
    return settle(with);
  with.waits_for = phase::none;
  return advance(with, lane::fast, out);
}

next_step conversation::end_of_input(connection& with, std::string& out) {
  if (with.ending || !with.has_input())
    return next_step::close;
  end_with_error(with, errc::bad_request, out);
  with.lingers = false;
  send(with, out);
  return settle(with);
}

next_step conversation::time_out(connection& with, std::string& out) {
  switch (with.waits_for) {
  case phase::head:
  case phase::body:
    return refuse(with, errc::request_timeout, out);
  case phase::writing:
    count(core_.counts.slow_readers_cut);
    return next_step::close;
  case phase::none:
  case phase::idle:
  case phase::lingering:
    break;
  }
  return next_step::close;
}

void conversation::send(connection& with, std::string& out) {
  if (auto sent = with.send(out); sent > 0)
    count(core_.counts.sent_bytes, sent);
}

next_step conversation::settle(connection& with) const {
  if (with.is_broken())
    return next_step::close;
  if (with.is_blocked()) {
    wait_for(with, phase::writing);
  } else if (with.ending) {
    if (!with.lingers)
      return next_step::close;
    if (with.waits_for != phase::lingering)
      with.finish_sending();
    wait_for(with, phase::lingering);
  }
  return next_step::wait;
}

void conversation::wait_for(connection& with, phase what) const {
  if (with.waits_for == what)
    return;
  with.waits_for = what;
  with.last_active = std::chrono::steady_clock::now();
  auto bound = std::chrono::milliseconds::zero();
  switch (what) {
  case phase::none:
  case phase::idle:
    bound = core_.options.idle_timeout;
    break;
  case phase::head:
    bound = core_.options.head_timeout;
    break;
  case phase::body:
    bound = core_.options.body_timeout;
    break;
  case phase::writing:
    bound = core_.options.write_timeout;
    break;
  case phase::lingering:
    bound = core_.options.linger_timeout;
    break;
  }
  with.deadline = with.last_active + bound;
}

} // namespace tinybook::http
