#include "tests/simulation/history.hpp"

#include <algorithm>
#include <string>

namespace tinybook::sim {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr int troubled_events = 260;
constexpr std::size_t fresh_messages = 6;

} // namespace

history::history(std::uint64_t seed, bool readable)
    : seed_(seed),
      world_(seed, readable),
      system_(config_),
      jobs_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
  seeded_random for_keys{seed};
  keys_ = std::make_shared<const keyring>(keyring::generate(for_keys));
  world_.providers.assign(1 + static_cast<std::size_t>(world_.pick(3)), mood::well);
  world_.truth.providers = world_.providers.size();
  world_.several = world_.happens(0.5);
  world_.truth.leases_count = world_.several;
  const int replicas = world_.several ? 2 : 1;
  for (int i = 0; i < replicas; ++i) {
    replicas_.push_back(std::make_unique<replica>(system_, world_, keys_,
                                                  [this] { return world_.wall(); }));
    replicas_.back()->start();
  }
  work_off();
}

/// Messages left after a violation are handled while the replicas still exist, for
/// senders ask them for workers.
history::~history() {
  for (auto& r : replicas_)
    r->kill();
  jobs_.run();
  replicas_.clear();
  jobs_.run();
}

void history::troubled_time() {
  for (int i = 0; i < troubled_events && !broken(); ++i)
    something_happens();
}

void history::quiet_time() {
  std::ranges::fill(world_.providers, mood::well);
  world_.database = {};
  world_.quiet = true;
  for (auto& r : replicas_)
    if (!r->runs())
      r->start();
  world_.tell("all is well from now on");
  // Hanging calls return, leases of killed processes run out, every open circuit tries
  // again.
  for (int i = 0; i < 450 && !broken(); ++i)
    pass(200ms);
  const auto before = world_.truth.accepted_rows().size();
  for (std::size_t i = 0; i < fresh_messages && !broken(); ++i) {
    submit(600s);
    pass(100ms);
  }
  for (int i = 0; i < 100 && !broken(); ++i)
    pass(200ms);
  const auto& rows = world_.truth.accepted_rows();
  const std::vector<message_id> accepted{rows.begin(), rows.end()};
  std::size_t asked_for = 0;
  for (auto i = before; i < accepted.size() && !broken(); ++i) {
    const auto row = world_.outbox.run(storage::find_message{accepted[i]});
    // The others replace earlier messages with a negative report that came only now.
    asked_for += row->message.parent == 0 ? 1 : 0;
    if (row->message.state != storage::message_state::delivered)
      world_.truth.violated("row " + std::to_string(accepted[i])
                            + " did not arrive though all is well");
  }
  if (asked_for != fresh_messages && !broken())
    world_.truth.violated("a healthy system refused a message");
  // The remaining accepted messages expire.
  for (int i = 0; i < 130 && !broken(); ++i)
    pass(5s);
  if (!broken())
    world_.truth.settle(world_.outbox.rows());
}

seed_report history::report() const {
  seed_report out;
  out.seed = seed_;
  out.digest = world_.story.digest();
  out.steps = steps_;
  out.counts = {{"accepted messages", std::ssize(world_.truth.accepted_rows())},
                {"sends", world_.truth.sends()}};
  out.violations = world_.truth.violations();
  out.trace = world_.story.lines();
  return out;
}

void history::something_happens() {
  switch (world_.pick(24)) {
  case 0:
  case 1:
  case 2:
    submit(std::chrono::seconds{5 + world_.pick(600)});
    break;
  case 3:
    use_a_code();
    break;
  case 4:
  case 5:
    trouble_a_provider();
    break;
  case 6:
    trouble_the_database();
    break;
  case 7:
    crash();
    break;
  case 8:
    revive();
    break;
  case 9:
    if (!world_.several && world_.happens(0.3)) {
      world_.wall_jump += milliseconds{world_.pick(8000) - 4000};
      world_.tell("the wall clock jumps");
    }
    break;
  case 10:
    if (world_.happens(0.3))
      force_a_provider();
    break;
  case 11:
    report_on_a_message();
    break;
  case 12:
  case 13:
  case 14:
  case 15:
    pass(milliseconds{world_.pick(3000)});
    break;
  case 16:
    // A stall: time passes while messages are not handled.
    world_.slack += milliseconds{400};
    world_.truth.now_ms += 400ms;
    jobs_.advance_time(400ms);
    break;
  default:
    for (int i = world_.pick(30); i > 0 && jobs_.has_job() && !broken(); --i)
      step();
  }
}

void history::submit(milliseconds lifetime) {
  auto* r = any_running();
  if (r == nullptr)
    return;
  new_message command;
  auto& row = command.row;
  const auto number = 1'000'000 + phones_++;
  const bool other = world_.happens(0.3);
  row.phone = (other ? other_region_prefix : "+861381") + std::to_string(number);
  row.purpose = "login";
  row.country_prefix = other ? "+1" : "+86";
  row.region = other ? "JM" : "CN";
  row.template_name = "login_code";
  command.content.parameters = {{"code", "000000"}, {"minutes", "10"}};
  row.code = 1000 + phones_;
  row.expires_at = world_.wall() + lifetime;
  codes_.push_back(row.code);
  r->submit(std::move(command));
}

void history::use_a_code() {
  if (codes_.empty())
    return;
  const auto code =
      codes_[static_cast<std::size_t>(world_.pick(static_cast<int>(codes_.size())))];
  world_.truth.code_gone(code, jobs_.clock().now());
  world_.tell("code " + std::to_string(code) + " is used");
}

void history::trouble_a_provider() {
  const auto p =
      static_cast<std::size_t>(world_.pick(static_cast<int>(world_.providers.size())));
  world_.providers[p] =
      world_.happens(0.35) ? mood::well : static_cast<mood>(world_.pick(moods));
  world_.tell("provider " + std::to_string(p) + " is " + to_string(world_.providers[p]));
}

void history::trouble_the_database() {
  const bool well = world_.happens(0.5);
  world_.database = well ? store_mood{} : store_mood{0.3, 0.1, 0.3};
  world_.tell(well ? "the database is well" : "the database is in trouble");
}

void history::crash() {
  auto* r = any_running();
  if (r == nullptr)
    return;
  const auto p =
      static_cast<std::size_t>(world_.pick(static_cast<int>(world_.providers.size())));
  switch (world_.pick(6)) {
  case 0:
    world_.tell("a supervisor is lost");
    world_.truth.outcomes_lost(r->life());
    r->restart_supervisor();
    break;
  case 1:
    world_.tell("a sender is lost");
    world_.truth.outcomes_lost(r->life());
    world_.truth.door_lost(r->life(), p, r->sender_of(p));
    r->restart_sender(p);
    break;
  case 2:
    world_.tell("a monitor is lost");
    r->restart_monitor(p);
    break;
  default:
    r->kill();
    if (world_.happens(0.5))
      r->start();
  }
}

void history::revive() {
  for (auto& r : replicas_)
    if (!r->runs())
      r->start();
}

void history::force_a_provider() {
  auto* r = any_running();
  if (r == nullptr)
    return;
  const auto p =
      static_cast<std::size_t>(world_.pick(static_cast<int>(world_.providers.size())));
  work_off();
  force_provider command{std::to_string(p),
                         forced_state::open,
                         world_.wall() + 20s,
                         {"simulation", "because"}};
  world_.truth.operator_forces(p, jobs_.clock().now());
  caf::anon_send(r->supervisor(), command);
  work_off();
  const auto stored = world_.states.run(storage::load_provider_states{});
  for (const auto& state : stored->states)
    if (state.provider == command.provider && state.forced == "open"
        && state.forced_until == command.until) {
      world_.truth.forced_open(r->life(), p, jobs_.clock().now() + 20s);
      world_.tell("provider " + std::to_string(p) + " is forced open");
    }
}

void history::report_on_a_message() {
  auto* r = any_running();
  const auto& rows = world_.truth.accepted_rows();
  if (r == nullptr || rows.empty())
    return;
  const auto id = *std::next(rows.begin(), world_.pick(static_cast<int>(rows.size())));
  const auto row = world_.outbox.run(storage::find_message{id});
  if (!row || row->message.provider.empty())
    return;
  storage::receipt report;
  report.provider_message_id = row->message.provider_message_id;
  report.client_ref = row->message.client_ref;
  report.phone = row->message.phone;
  report.delivered = world_.happens(0.5);
  caf::anon_send(r->supervisor(), take_receipts{row->message.provider, {report}});
}

void history::step() {
  const auto i =
      static_cast<std::ptrdiff_t>(world_.pick(static_cast<int>(jobs_.jobs.size())));
  std::rotate(jobs_.jobs.begin(), jobs_.jobs.begin() + i, jobs_.jobs.begin() + i + 1);
  jobs_.run_once();
  ++steps_;
  look();
}

void history::work_off() {
  while (jobs_.has_job() && !broken())
    step();
  world_.slack = 0ms;
}

void history::pass(milliseconds d) {
  while (d.count() > 0 && !broken()) {
    const auto part = std::min<milliseconds>(d, milliseconds{50 + world_.pick(400)});
    work_off();
    world_.truth.now_ms += part;
    jobs_.advance_time(part);
    d -= part;
  }
  work_off();
}

void history::look() {
  for (const auto& [id, row] : world_.outbox.rows())
    world_.truth.look(row);
}

replica* history::any_running() {
  const auto first =
      static_cast<std::size_t>(world_.pick(static_cast<int>(replicas_.size())));
  for (std::size_t i = 0; i < replicas_.size(); ++i)
    if (auto& r = replicas_[(first + i) % replicas_.size()]; r->runs())
      return r.get();
  return nullptr;
}

} // namespace tinybook::sim
