#include "http/server/conversation.hpp"

#include "http/server/parsed_request.hpp"
#include "http/server/response_writer.hpp"

#include <algorithm>
#include <utility>

namespace tinybook::http {

namespace {

// Answers to pipelined requests are gathered up to this size before they are sent.
constexpr std::size_t send_at_bytes = std::size_t{64} * 1024;

/// For a part of an answer whose request has no deadline.
constexpr std::chrono::minutes longest_part{1};

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

next_step conversation::advance(connection& with, std::string& out) {
  with.has_next_input = false;
  serve_whole_requests(with, out);
  send(with, out);
  return settle(with);
}

next_step conversation::go_on(connection& with, std::string& out) {
  if (with.current->streams)
    take_part(with, out);
  else
    finish(with, out);
  if (with.current)
    stream(with, out);
  return with.current ? settle(with) : advance(with, out);
}

void conversation::serve_whole_requests(connection& with, std::string& out) {
  while (!with.current && !with.ending && !with.is_blocked() && !with.is_broken()) {
    auto state = with.scan(core_.limits);
    if (state == request_scanner::state::refused)
      return end_with_error(with, with.scanner().refusal(), out);
    if (state == request_scanner::state::body && refuse_by_head(with, out))
      return;
    if (state != request_scanner::state::whole) {
      wait_for(with, phase_of(state));
      return say_continue(with, out);
    }
    if (!begin(with))
      return wait_for(with, phase::serving);
    finish(with, out);
    if (with.current) {
      stream(with, out);
      if (with.current)
        return;
    }
    if (out.size() >= send_at_bytes)
      send(with, out);
    if (with.has_input() && journeys_.turn_is_over())
      return wait_for(with, phase::serving);
  }
}

bool conversation::begin(connection& with) {
  count(core_.counts.requests);
  const auto& head = with.scanner().head();
  with.current = std::make_unique<exchange>();
  auto& x = *with.current;
  x.began = core_.now();
  x.request = std::make_shared<const httplib::Request>(whole_request(with));
  x.keeps_alive = head.keeps_alive();
  x.is_http_1_0 = head.is_http_1_0();
  x.is_head = is_head_request(with);
  with.consume_request();
  beginning_ = &with;
  auto work = core_.hooks.begin(x);
  x.patience = std::min<std::chrono::nanoseconds>(work.due - x.began, longest_part);
  journeys_.start(
      work.kind, work.due, std::move(work.body),
      [this, &with](const result<done>& end) {
        if (!end)
          answer_exception(*with.current, end.error());
        if (beginning_ != &with)
          answered_(with);
      },
      &x.under_way);
  beginning_ = nullptr;
  if (x.under_way == nullptr)
    return true;
  count(core_.counts.serving);
  x.counted = &core_.counts.serving;
  return false;
}

void conversation::answer_exception(exchange& of, const failure& thrown) {
  count(core_.counts.exceptions);
  if (core_.hooks.on_exception)
    core_.hooks.on_exception(of.request->path, thrown.detail);
  of.response = core_.hooks.render_error(errc::internal, *of.request);
}

/// While requests wait that were sent already, the end is said with the last answer.
bool conversation::is_last(const connection& with) const {
  return !with.current->keeps_alive
         || (core_.ending.load(std::memory_order_relaxed) && !with.has_input()
             && !with.has_unread());
}

void conversation::finish(connection& with, std::string& out) {
  auto& x = *with.current;
  x.streams = x.rest != nullptr && !x.is_head;
  // Only its end tells a client of old where a body ends whose length is not known.
  x.closes = is_last(with) || (x.streams && x.is_http_1_0);
  append_response(out, x.response,
                  {.close = x.closes,
                   .is_http_1_0 = x.is_http_1_0,
                   .is_head = x.is_head,
                   .idle = core_.kept_idle,
                   .in_parts = x.rest != nullptr});
  if (!x.streams)
    end_exchange(with, x.closes);
}

void conversation::end_exchange(connection& with, bool last) {
  const auto x = std::move(with.current);
  with.waits_for = phase::none;
  if (!last)
    return;
  // A client that did not ask for the end may be sending right now.
  with.lingers = x->keeps_alive || with.has_input();
  with.ending = true;
}

/// Sends parts for as long as they are there at once and the client takes them.
void conversation::stream(connection& with, std::string& out) {
  while (true) {
    send(with, out);
    if (!with.current || with.is_blocked() || with.is_broken())
      return;
    if (!pull(with))
      return wait_for(with, phase::serving);
    take_part(with, out);
  }
}

/// Whether the next part is there at once.
bool conversation::pull(connection& with) {
  auto& x = *with.current;
  beginning_ = &with;
  journeys_.start(
      "next part", core_.now() + x.patience, x.rest(),
      [this, &with](result<std::string> part) {
        with.current->part = std::move(part);
        if (beginning_ != &with)
          answered_(with);
      },
      &x.under_way);
  beginning_ = nullptr;
  return x.under_way == nullptr;
}

void conversation::take_part(connection& with, std::string& out) {
  auto& x = *with.current;
  if (!x.part) {
    if (core_.hooks.on_exception && x.part.error().code == errc::internal)
      core_.hooks.on_exception(x.request->path, x.part.error().detail);
    with.current.reset();
    with.ending = true; // In the middle, and without waiting for what the client sends.
    with.lingers = false;
    return;
  }
  if (!x.is_http_1_0)
    append_chunk(out, *x.part);
  else
    out.append(*x.part);
  if (x.part->empty())
    end_exchange(with, x.closes);
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

void conversation::end_with(connection& with, const httplib::Response& answer,
                            std::string& out) {
  append_response(out, answer, {.close = true, .is_head = is_head_request(with)});
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
  if (!with.current)
    return advance(with, out);
  if (with.current->streams && with.current->under_way == nullptr) {
    stream(with, out);
    return with.current ? settle(with) : advance(with, out);
  }
  wait_for(with, phase::serving);
  return next_step::wait;
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
    if (with.note_taken(0, core_.now())) {
      wait_for(with, phase::writing);
      if (with.deadline > with.last_active)
        return next_step::wait;
    }
    count(core_.counts.slow_readers_cut);
    return next_step::close;
  case phase::none:
  case phase::idle:
  case phase::serving:
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
    (void)with.note_taken(sent, core_.now());
}

next_step conversation::settle(connection& with) const {
  if (with.is_broken())
    return next_step::close;
  if (with.is_blocked()) {
    wait_for(with, phase::writing);
  } else if (with.ending) {
    if (!with.lingers && !with.has_unread()) // Closed, it would reset the answer.
      return next_step::close;
    if (with.waits_for != phase::lingering)
      with.finish_sending();
    wait_for(with, phase::lingering);
  } else if (with.waits_for == phase::serving && !with.current) {
    return next_step::yield;
  }
  return next_step::wait;
}

void conversation::wait_for(connection& with, phase what) const {
  const auto& bounds = core_.options;
  if (with.waits_for != what)
    with.begin_phase(what, core_.now());
  switch (what) {
  case phase::none:
  case phase::idle:
    with.deadline = with.phase_began + bounds.idle_timeout;
    break;
  case phase::serving:
    with.deadline = steady_time::max();
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
