#include "tests/simulation/replica.hpp"

#include "tests/simulation/provider_actor.hpp"
#include "tests/support/default_configs.hpp"

#include <utility>

namespace tinybook::sim {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds provider_timeout{5000};

failover_supervisor_config supervisor_config(const world& w) {
  auto c = test::default_supervisor();
  c.shared = w.several;
  c.codes_in_store = false; // The judge is asked.
  c.retention = std::chrono::days{3650};
  return c;
}

} // namespace

replica::replica(caf::actor_system& system, world& w, std::shared_ptr<const keyring> keys,
                 wall_clock clock)
    : system_(system), world_(w), keys_(std::move(keys)), clock_(std::move(clock)) {}

template <class State, class... Ts>
void replica::spawn(const address<typename State::actor_type>& at, Ts&&... args) {
  auto handle = system_.spawn<managed_actor<typename State::actor_type, State>>(
      at, std::forward<Ts>(args)...);
  actors_.push_back(caf::actor_cast<caf::actor>(handle));
}

void replica::start() {
  using store = test::delivery_store;
  life_ = ++world_.lives;
  random_ = std::make_shared<seeded_random>(world_.chance.below(1U << 31U));
  world_.truth.born(life_);
  world_.tell("life " + std::to_string(life_) + " starts");
  writer_ = std::make_unique<address<store::writer>>(named<store::writer>("writer"));
  reader_ = std::make_unique<address<store::reader>>(named<store::reader>("reader"));
  judge_ = std::make_unique<address<code_judge_actor>>(named<code_judge_actor>("codes"));
  resender_ = std::make_unique<address<code_resender_actor>>(
      named<code_resender_actor>("verification"));
  supervisor_ = std::make_unique<address<failover_supervisor_actor>>(
      named<failover_supervisor_actor>("supervisor"));
  spawn<store_actor_state<store::writer, store::write_commands>>(*writer_, &world_,
                                                                 life_);
  spawn<store_actor_state<store::reader, store::read_commands>>(*reader_, &world_, life_);
  spawn<judge_actor_state>(*judge_, &world_);
  spawn<resender_actor_state>(*resender_, &world_,
                              store_address<store>{*writer_, {*reader_}}, *supervisor_,
                              keys_);
  doors_.clear();
  for (std::size_t p = 0; p < world_.providers.size(); ++p) {
    doors_.push_back({named<sms_sender_actor>("sender"),
                      named<error_rate_monitor_actor>("monitor"), 0});
    spawn_monitor(p);
    spawn_sender(p);
  }
  spawn_supervisor();
}

void replica::kill() {
  if (life_ == 0)
    return;
  world_.tell("life " + std::to_string(life_) + " is killed");
  world_.truth.died(life_);
  end_actors();
  for (auto& d : doors_) {
    d.sender.clear();
    d.monitor.clear();
  }
  writer_->clear();
  reader_->clear();
  judge_->clear();
  resender_->clear();
  supervisor_->clear();
  life_ = 0;
}

void replica::end_actors() {
  for (auto& a : actors_)
    caf::anon_send_exit(a, caf::exit_reason::kill);
  actors_.clear();
}

void replica::submit(new_message message) {
  // Whoever hears of the commit first, and whether it comes about at all, is chance.
  caf::anon_send(writer_->get(),
                 submission_of(std::move(message), *keys_, *random_, clock_()));
  tell(*supervisor_, outbox_changed{1});
}

void replica::restart_supervisor() {
  caf::anon_send_exit(supervisor_->get(), caf::exit_reason::kill);
  spawn_supervisor();
}

void replica::restart_sender(std::size_t provider) {
  caf::anon_send_exit(doors_[provider].sender.get(), caf::exit_reason::kill);
  spawn_sender(provider);
}

void replica::restart_monitor(std::size_t provider) {
  caf::anon_send_exit(doors_[provider].monitor.get(), caf::exit_reason::kill);
  spawn_monitor(provider);
}

void replica::spawn_supervisor() {
  store_address<test::delivery_store> store{*writer_, {*reader_}};
  std::vector<provider_link> links;
  for (std::size_t p = 0; p < doors_.size(); ++p)
    links.push_back(
        {std::to_string(p), doors_[p].sender, provider_timeout, p == 0 ? 100U : 0U, {}});
  spawn<failover_supervisor_state>(
      *supervisor_, supervisor_config(world_),
      failover_peers{store, store, store, *judge_, *resender_}, links, keys_, clock_,
      random_);
}

void replica::spawn_sender(std::size_t provider) {
  auto c = test::default_sender();
  c.name = std::to_string(provider);
  c.timeout = provider_timeout;
  c.admission.max_in_flight = world_.truth.max_in_flight;
  c.circuit.open_cap = world_.open_cap;
  store_address<test::delivery_store> store{*writer_, {*reader_}};
  spawn<sms_sender_state>(doors_[provider].sender, c, lines(provider),
                          sms_sender_peers{doors_[provider].monitor, *supervisor_, store},
                          clock_, random_);
}

void replica::spawn_monitor(std::size_t provider) {
  spawn<error_rate_monitor_state>(doors_[provider].monitor, test::default_monitor(),
                                  doors_[provider].sender);
}

sms_worker_spawner replica::lines(std::size_t provider) {
  doors_[provider].incarnation = ++world_.senders;
  return [this, provider, life = life_, sender = world_.senders](
             caf::actor_system&, const std::string& name) -> sms_worker_handle {
    auto at = named<sms_worker_actor>(name);
    spawn<provider_actor_state>(
        at, line{&world_, life, provider, sender, provider_timeout, *supervisor_});
    return {at};
  };
}

} // namespace tinybook::sim
