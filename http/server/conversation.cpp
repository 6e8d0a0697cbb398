#include "http/server/conversation.hpp"

#include "http/server/error_response.hpp"

#include <algorithm>
#include <utility>

namespace tinybook::http {

namespace {

// Answers to pipelined requests are gathered up to this size before they are sent.
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
  return with.begins_with("HEAD "); // Also of a line that is not whole.
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
    if (state == request_scanner::state::body && refuse_by_head(with, out))
      return;
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
      with.ending =
          core_.ending.load(std::memory_order_relaxed) && !with.has_more_than_request();
      append_error(out, answer,
                   {.close = with.ending, .head_only = is_head_request(with)});
      with.lingers = with.ending;
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
  auto outcome = core_.responses.respond(with, core_.ending, out);
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

bool conversation::refuse_by_head(connection& with, std::string& out) {
  if (!core_.hooks.judge_head || std::exchange(with.head_judged, true))
    return false;
  const auto answer = core_.hooks.judge_head(known_request(with));
  if (!answer)
    return false;
  count(core_.counts.refused_by_head);
  end_with(with, *answer, out);
  return true;
}

void conversation::end_with_error(connection& with, errc code, std::string& out) {
  count(core_.counts.refusals_of(code));
  end_with(with, core_.hooks.render_error(code, known_request(with)), out);
}

void conversation::end_with(connection& with, const error_answer& answer,
                            std::string& out) {
  append_error(out, answer, {.close = true, .head_only = is_head_request(with)});
  with.ending = true;
  with.lingers = true;
  with.forget_input();
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
    if (with.note_taken(0)) {
      wait_for(with, phase::writing);
      if (with.deadline > with.last_active)
        return next_step::wait;
    }
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
  const auto sent = with.send(out);
  if (sent == 0)
    return;
  count(core_.counts.sent_bytes, sent);
  if (with.waits_for == phase::writing)
    (void)with.note_taken(sent);
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
  const auto& bounds = core_.options;
  if (with.waits_for != what)
    with.begin_phase(what);
  switch (what) {
  case phase::none:
  case phase::idle:
    with.deadline = with.phase_began + bounds.idle_timeout;
    break;
  case phase::head:
    with.deadline = with.phase_began + bounds.head_timeout;
    break;
  case phase::body:
    with.deadline = std::min(progress_deadline(with, bounds.body_timeout),
                             with.phase_began + bounds.max_body_time);
    break;
  case phase::writing:
    with.deadline = progress_deadline(with, bounds.write_timeout);
    break;
  case phase::lingering:
    with.deadline = with.phase_began + bounds.linger_timeout;
    break;
  }
}

/// `silence` after the last progress, or after the time that the bytes so far may take at
/// the least rate, whichever comes first.
steady_time conversation::progress_deadline(const connection& with,
                                            std::chrono::milliseconds silence) const {
  const auto earned =
      std::chrono::seconds(with.moved_bytes / core_.options.min_bytes_per_second);
  return std::min(with.last_active, with.phase_began + earned) + silence;
}

} // namespace tinybook::http
