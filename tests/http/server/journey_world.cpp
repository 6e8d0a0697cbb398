#include "tests/http/server/journey_world.hpp"

#include "actors/system/errors.hpp"
#include "config/loader.hpp"
#include "storage/reading_commands.hpp"

#include <caf/actor_config.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <spdlog/sinks/null_sink.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <poll.h>
#include <utility>

namespace tinybook::http {

namespace {

using namespace std::chrono_literals;

constexpr std::array asked_by_route{asked_actor::accounts, asked_actor::verification,
                                    asked_actor::articles};

int number_in(std::string_view text) {
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The value of a header of an answer.
std::string_view value_in(std::string_view head, std::string_view name) {
  const auto at = head.find(name);
  if (at == std::string_view::npos)
    return {};
  head.remove_prefix(at + name.size());
  return head.substr(0, head.find("\r\n"));
}

config::settings settings_of_world() {
  static const auto defaults = config::defaults();
  auto chosen = defaults;
  chosen.http.deadline = journey_model::time_to_answer;
  chosen.http.max_in_flight = journey_model::max_all;
  chosen.http.max_in_flight_per_actor = journey_model::max_each;
  chosen.http.max_in_flight_per_address = journey_model::max_of_address;
  return chosen;
}

} // namespace

struct journey_world::environment : api_environment {
  journey_world* world;

  static std::shared_ptr<const api_environment> make(journey_world* world) {
    static const auto keys = [] {
      seeded_random random{11};
      return std::make_shared<const keyring>(keyring::generate(random));
    }();
    const auto nobody = std::make_shared<actor_meter>("nobody", "test", "");
    auto ready = std::make_shared<readiness>();
    ready->now_ready();
    return std::make_shared<const environment>(environment{
        {.settings = settings_of_world(),
         .actors = {address<accounts_actor>(nobody), address<sessions_actor>(nobody),
                    address<verification_actor>(nobody), address<articles_actor>(nobody),
                    address<inspector_actor>(nobody),
                    address<failover_supervisor_actor>(nobody),
                    address<ranking_actor>(nobody), address<long_work_actor>(nobody),
                    address<article_cleaner_actor>(nobody),
                    store_address<reading_store>{
                        std::vector{address<reading_store::worker>(nobody)}}},
         .live = nullptr,
         .ready = std::move(ready),
         .sessions = nullptr,
         .tokens = nullptr,
         .cookies = cookie_signer(keys),
         .locator = client_locator({}),
         .clock =
             [] {
               return wall_time{};
             }},
        world});
  }
};

/// One incarnation of an actor.
class journey_world::scripted_actor final : public caf::monitorable_actor {
 public:
  scripted_actor(caf::actor_config& config, journey_world& world, std::size_t which)
      : monitorable_actor(config), world_(world), which_(which) {}

  using monitorable_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* /*unit*/) override {
    world_.asked(which_, alive, std::move(what));
  }

  bool alive = true;

 private:
  journey_world& world_;
  std::size_t which_;
};

/// In the frame of each handler.
class journey_world::frame {
 public:
  explicit frame(journey_world& of) : of_(of) { ++of_.frames_; }
  ~frame() { --of_.frames_; }
  frame(const frame&) = delete;
  frame& operator=(const frame&) = delete;

 private:
  journey_world& of_;
};

journey_world::journey_world(caf::actor_system& system, bool readable)
    : system_(system),
      trace_(readable),
      dispatch_(
          routes(), environment::make(this),
          std::make_shared<log_writer>(
              config::log_settings{config::log_level::error, config::log_format::json},
              std::make_shared<spdlog::sinks::null_sink_mt>())),
      core_({settings_of_world().http}, hooks(), [this] { return now_; }) {
  for (std::size_t i = 0; i < asked_by_route.size(); ++i) {
    at_.emplace_back(std::make_shared<actor_meter>("actor" + std::to_string(i), "", ""));
    start_actor(i);
  }
  poller_.emplace(core_, &system_);
  expect(poller_->open().ok(), "the poller does not open");
}

journey_world::~journey_world() {
  for (const auto& one : at_)
    one.clear();
}

std::vector<route> journey_world::routes() {
  std::vector<route> all{{.method = "GET", .path = "/none", .handle = follow}};
  constexpr std::array paths{"/0", "/1", "/2"};
  for (std::size_t i = 0; i < asked_by_route.size(); ++i)
    all.push_back(
        {.method = "GET", .path = paths[i], .asks = asked_by_route[i], .handle = follow});
  return all;
}

server_hooks journey_world::hooks() {
  auto given = dispatch_.hooks();
  given.begin = [this, inner = given.begin](exchange& of) {
    began(of);
    return inner(of);
  };
  given.on_exception = [this](std::string_view, std::string_view what) {
    expect(false, "a handler threw: " + std::string{what});
  };
  return given;
}

task<result<answer>> journey_world::follow(call c) {
  auto& world = *static_cast<const environment&>(c.env).world;
  const frame here(world);
  const int number = number_in(header_of(c.request.raw, "Number"));
  const std::string plan{header_of(c.request.raw, "Plan")};
  world.model_.handler_began(number);
  result<done> step = done{};
  for (std::size_t i = 0; step && i < plan.size(); ++i) {
    const auto id = journey_model::ask_of(number, i);
    const auto actor_at = [&plan](std::size_t at) {
      return static_cast<std::size_t>(plan[at] - '0');
    };
    if (plan[i] == 'x') {
      world.now_ += 100us;
    } else if (plan[i] == 'b') {
      auto [a, b] = co_await both(ask_one(&world, c, actor_at(i + 1), id + 1),
                                  ask_one(&world, c, actor_at(i + 2), id + 2));
      step = a ? b : a;
      i += 2;
    } else {
      step = co_await ask_one(&world, c, actor_at(i), id);
    }
  }
  world.model_.handler_ended(number, code_of(step));
  if (!step)
    co_return std::move(step.error());
  co_return answer{.body = std::to_string(number)};
}

task<result<done>> journey_world::ask_one(journey_world* world, call c, std::size_t which,
                                          std::int64_t id) {
  const frame here(*world);
  const auto got = co_await c.ask(world->at_[which], storage::find_profile{id});
  world->model_.got(id, code_of(got), world->now_);
  if (!got)
    co_return got.error();
  world->expect(got->nickname == std::to_string(id),
                "an answer has come to another request");
  co_return done{};
}

void journey_world::began(const exchange& of) {
  expect(of.began == now_, "a request begins at another moment");
  const auto actor = number_in(of.request->target.substr(1));
  journey_model::in_flight held{gates().in_flight()};
  if (actor >= 0) {
    held.at_actor = gates().in_flight(asked_by_route.at(static_cast<std::size_t>(actor)));
    held.of_address = gates().in_flight(of.request->remote_addr);
  }
  model_.began(number_in(header_of(*of.request, "Number")), now_, held);
}

void journey_world::asked(std::size_t which, bool alive, caf::mailbox_element_ptr what) {
  const auto id = what->content().get_as<storage::find_profile>(0).id;
  model_.asked(id, deadline_of(*what), now_);
  open.push_back({id, which, what->sender, what->mid.response_id()});
  if (!alive)
    reply(open.size() - 1, errc::unavailable);
}

void journey_world::put(const open_ask& to, errc code,
                        const caf::strong_actor_ptr& from) {
  model_.put();
  auto content =
      code == errc::none
          ? caf::make_message(storage::profile{"", "", std::to_string(to.id), "", ""})
      : code == errc::unavailable
          ? caf::make_message(caf::make_error(caf::sec::request_receiver_down))
          : caf::make_message(to_error(code));
  to.from->enqueue(caf::make_mailbox_element(from, to.answer_to, {}, std::move(content)),
                   nullptr);
}

void journey_world::reply(std::size_t open_at, errc code) {
  const auto what = open[open_at];
  open.erase(open.begin() + static_cast<std::ptrdiff_t>(open_at));
  note(std::to_string(what.id) + " is answered"
       + (code == errc::none ? "" : ", " + std::string{describe(code).name}));
  model_.replied(what.id, code);
  past.push_back(what);
  if (past.size() > 100)
    past.pop_front();
  put(what, code, incarnations_[what.actor]);
}

void journey_world::reply_again(std::size_t past_at) {
  const auto& what = past[past_at];
  note(std::to_string(what.id) + " is answered again");
  ++counts["answers given twice"];
  put(what, errc::none, incarnations_[what.actor]);
}

void journey_world::lose(std::size_t open_at) {
  note(std::to_string(open[open_at].id) + " will never be answered");
  ++counts["lost asks"];
  open.erase(open.begin() + static_cast<std::ptrdiff_t>(open_at));
}

/// As of a real one, whose state ends: what it holds and what waits there is answered.
void journey_world::end_actor(std::size_t which) {
  note("actor " + std::to_string(which) + " ends");
  ++counts["ended actors"];
  static_cast<scripted_actor*>(incarnations_[which]->get())->alive = false;
  is_up[which] = false;
  for (std::size_t i = open.size(); i-- > 0;)
    if (open[i].actor == which)
      reply(i, errc::unavailable);
}

void journey_world::start_actor(std::size_t which) {
  note("actor " + std::to_string(which) + " starts");
  caf::actor_config config;
  incarnations_[which] = caf::make_actor<scripted_actor, caf::strong_actor_ptr>(
      system_.next_actor_id(), system_.node(), &system_, config, *this, which);
  at_[which].set(
      caf::actor_cast<handle_of<actor_for<storage::find_profile>>>(incarnations_[which]));
  is_up[which] = true;
}

std::string journey_world::address_of(std::size_t which) {
  return "10.0.0." + std::to_string(which + 1);
}

std::size_t journey_world::connect(std::size_t address) {
  std::array<int, 2> ends{};
  expect(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0,
         "no socket");
  clients.push_back({unique_fd(ends[0]), address_of(address)});
  auto fresh = std::make_unique<connection>(unique_fd(ends[1]), connection::admission{});
  fresh->remote.address = clients.back().address;
  core_.counts.open_connections.fetch_add(1);
  poller_->adopt(std::move(fresh));
  note("client " + std::to_string(clients.size() - 1) + " connects from "
       + clients.back().address);
  return clients.size() - 1;
}

int journey_world::send(std::size_t client, std::string plan, std::size_t left_out,
                        bool last) {
  auto& from = clients[client];
  std::optional<std::size_t> actor;
  if (const auto first = plan.find_first_of("012"); first != std::string::npos)
    actor = static_cast<std::size_t>(plan[first] - '0');
  const int number = model_.sent(client, from.address, actor);
  note("client " + std::to_string(client) + " sends " + std::to_string(number) + ": "
       + plan);
  from.unsent += "GET /" + (actor ? std::to_string(*actor) : "none")
                 + " HTTP/1.1\r\nHost: x\r\nNumber: " + std::to_string(number)
                 + (last ? "\r\nConnection: close" : "") + "\r\nPlan: " + plan
                 + "\r\n\r\n";
  from.unanswered.push_back(number);
  from.sends_no_more = last;
  const auto now = from.unsent.size() - std::min(left_out, from.unsent.size());
  const auto sent =
      ::send(from.socket.get(), from.unsent.data(), now, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0)
    from.unsent.erase(0, static_cast<std::size_t>(sent));
  return number;
}

void journey_world::send_rest(std::size_t client) {
  auto& from = clients[client];
  if (from.socket)
    (void)::send(from.socket.get(), from.unsent.data(), from.unsent.size(),
                 MSG_DONTWAIT | MSG_NOSIGNAL);
  from.unsent.clear();
}

void journey_world::finish_sending(std::size_t client) {
  note("client " + std::to_string(client) + " closes its side");
  ++counts["half-closed clients"];
  send_rest(client);
  clients[client].sends_no_more = true;
  (void)::shutdown(clients[client].socket.get(), SHUT_WR);
}

void journey_world::reset(std::size_t client) {
  note("client " + std::to_string(client) + " resets");
  counts["requests of reset clients"] += std::ssize(clients[client].unanswered);
  clients[client].socket = {};
}

bool journey_world::poller_has_something_to_do() const {
  pollfd watched{poller_->descriptor(), POLLIN, 0};
  return runs_ && (now_ >= wakes_at_ || ::poll(&watched, 1, 0) > 0);
}

void journey_world::turn() {
  if (!poller_has_something_to_do())
    return;
  runs_ = poller_->turn(0);
  const auto rest = poller_->wait_ms();
  counts["turns that were over"] += rest == 0 ? 1 : 0;
  wakes_at_ = rest < 0 ? no_deadline : now_ + std::chrono::milliseconds{rest};
  clients_look();
}

void journey_world::settle() {
  for (int most = 0; poller_has_something_to_do(); ++most) {
    if (most == 10'000)
      return expect(false, "the poller never rests");
    turn();
  }
  compare();
}

void journey_world::pass(std::chrono::microseconds d) {
  for (const auto until = now_ + d; now_ < until && violations.empty();) {
    now_ = std::max(now_, std::min(until, runs_ ? wakes_at_ : until));
    settle();
  }
}

void journey_world::clients_look() {
  for (std::size_t i = 0; i < clients.size(); ++i)
    if (clients[i].socket)
      read_answers(i);
}

void journey_world::read_answers(std::size_t client) {
  auto& at = clients[client];
  std::array<char, 4096> piece{};
  ssize_t got = 0;
  while ((got = ::recv(at.socket.get(), piece.data(), piece.size(), MSG_DONTWAIT)) > 0)
    at.input.append(piece.data(), static_cast<std::size_t>(got));
  const bool ended = got == 0 || errno != EAGAIN;
  while (read_answer(client))
    continue;
  if (!ended)
    return;
  note("client " + std::to_string(client) + " sees the end");
  expect(cut_ || (at.unanswered.empty() && at.input.empty()),
         "a connection ends with a request unanswered");
  at.socket = {};
}

bool journey_world::read_answer(std::size_t client) {
  auto& at = clients[client];
  const auto end = at.input.find("\r\n\r\n");
  if (end == std::string::npos)
    return false;
  const std::string_view head{at.input.data(), end + 2};
  const auto length =
      static_cast<std::size_t>(number_in(value_in(head, "Content-Length: ")));
  if (at.input.size() < end + 4 + length)
    return false;
  const int status = number_in(head.substr(9));
  const auto body = at.input.substr(end + 4, length);
  const bool last = value_in(head, "Connection: ") == "close";
  at.input.erase(0, end + 4 + length);
  if (at.unanswered.empty()) {
    expect(false, "an answer to nothing");
    return false;
  }
  const int number = at.unanswered.front();
  at.unanswered.pop_front();
  note(std::to_string(number) + " -> " + std::to_string(status));
  ++counts[std::to_string(status)];
  model_.answered(number, status, number_in(body));
  if (last) { // Nothing further is served.
    at.unanswered.clear();
    at.sends_no_more = true;
  }
  return true;
}

void journey_world::compare() {
  const auto model = model_.at_rest(
      [this](std::size_t client) { return !runs_ || !clients[client].socket; });
  expect(core_.counts.serving == model.waiting, "suspended exchanges");
  expect(poller_->running().count() == model.waiting, "suspended journeys");
  expect(frames_ == model.frames, "frames of handlers");
  expect(gates().in_flight() == model.in_all, "in flight in all");
  for (std::size_t i = 0; i < asked_by_route.size(); ++i)
    expect(gates().in_flight(asked_by_route[i]) == model.at_actor[i],
           "in flight at an actor");
  for (std::size_t i = 0; i < journey_model::addresses; ++i) {
    const auto found = model.of_address.find(address_of(i));
    expect(gates().in_flight(address_of(i))
               == (found == model.of_address.end() ? 0 : found->second),
           "in flight of an address");
  }
  expect(static_cast<std::int64_t>(poller_->running().late_answers())
             == model.late_answers,
         "answers taken");
  if (!runs_ || model.first_due == no_deadline)
    return;
  expect(now_ < model.first_due + 1ms, "a request is not answered at its deadline");
  expect(wakes_at_ <= model.first_due + 1ms,
         "the poller sleeps longer than a request may wait");
}

void journey_world::drain(bool cut) {
  note(cut ? "cut off" : "drained");
  for (std::size_t i = 0; i < clients.size(); ++i)
    send_rest(i);
  settle();
  cut_ = cut;
  core_.ending = true;
  core_.draining = true;
  core_.closed = true;
  core_.cutting = cut;
  poller_->wake();
  for (int most = 0; runs_ && violations.empty(); ++most) {
    expect(most < 1000, "the poller does not end");
    settle();
    pass(10ms);
  }
}

void journey_world::end() {
  compare();
  poller_.reset();
  for (std::size_t i = 0; i < past.size(); ++i)
    reply_again(i); // Nobody is there.
  while (!open.empty())
    reply(0);
  expect(frames_ == 0, "frames at the end");
  expect(core_.counts.open_connections == 0, "connections at the end");
  expect(core_.counts.buffered_bytes == 0, "bytes at the end");
  expect(core_.counts.serving == 0 && gates().in_flight() == 0, "in flight at the end");
  for (const auto actor : asked_by_route)
    expect(gates().in_flight(actor) == 0, "in flight at an actor at the end");
  for (std::size_t i = 0; i < journey_model::addresses; ++i)
    expect(gates().in_flight(address_of(i)) == 0, "in flight of an address at the end");
}

void journey_world::expect(bool holds, std::string_view otherwise) {
  if (holds)
    return;
  note("VIOLATED: " + std::string{otherwise});
  violations.emplace_back(otherwise);
}

void journey_world::note(std::string_view what) {
  trace_.note(
      std::chrono::floor<std::chrono::milliseconds>(now_.time_since_epoch()).count(),
      what);
}

} // namespace tinybook::http
