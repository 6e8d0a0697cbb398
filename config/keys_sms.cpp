#include "config/key_builders.hpp"
#include "config/key_table.hpp"
#include "config/text_rules.hpp"

namespace tinybook::config {

namespace {

using namespace std::chrono_literals;

constexpr auto in_sms = &settings::sms;

constexpr auto sms_table = std::to_array<key>({
    text({"sms.public_url", at<in_sms, &sms_settings::public_url>, "\"\"", restart,
          "How providers reach this server, for their receipts; Twilio signs it."},
         0, 2048, rules::url),
    integer({"sms.rate_per_second", at<in_sms, &sms_settings::rate_per_second>, "0", live,
             "Tries of all providers together; what is over waits; 0 = off."},
            0, 100'000, "a second"),
    duration({"sms.lease", at<in_sms, &sms_settings::lease>, "\"15s\"", restart,
              "How long a claimed message belongs to its sender; at least two timeouts."},
             1s, 10min),
    integer({"sms.claim_batch", at<in_sms, &sms_settings::claim_batch>, "20", live,
             "Messages that are claimed at once."},
            1, 1000, "messages"),
    integer({"sms.max_backlog", at<in_sms, &sms_settings::max_backlog>, "100000", live,
             "Messages that may wait for delivery; beyond: 503."},
            1, 10'000'000, "messages"),
    integer({"sms.retention_days", at<in_sms, &sms_settings::retention_days>, "30", live,
             "How long the history of finished messages is kept."},
            1, 3650, "days"),
    duration({"sms.max_retry_after", at<in_sms, &sms_settings::max_retry_after>,
              "\"60s\"", live, "How long a provider's Retry-After is honoured at most."},
             1s, 24h),
    duration({"sms.region_memory", at<in_sms, &sms_settings::region_memory>, "\"10m\"",
              live,
              "How long a provider that cannot send to a region comes last for it."},
             1s, 24h),
});

constexpr auto in_retry = &sms_settings::retry;

constexpr auto retry_table = std::to_array<key>({
    duration({"sms.retry.base", at<in_sms, in_retry, &retry_settings::base>, "\"500ms\"",
              live, "The wait after the first round."},
             10ms, 1min),
    real({"sms.retry.multiplier", at<in_sms, in_retry, &retry_settings::multiplier>,
          "2.0", live, "What each further round multiplies the wait with."},
         1.0, 10.0),
    real({"sms.retry.jitter", at<in_sms, in_retry, &retry_settings::jitter>, "0.5", live,
          "The share by which a wait is randomly shorter or longer."},
         0.0, 1.0),
    duration({"sms.retry.cap", at<in_sms, in_retry, &retry_settings::cap>, "\"60s\"",
              live, "The longest wait, before the jitter."},
             10ms, 1h),
    integer({"sms.retry.rounds", at<in_sms, in_retry, &retry_settings::rounds>, "5", live,
             "Rounds with a growing wait; later ones go on at the cap."},
            1, 100, "rounds"),
    integer(
        {"sms.retry.max_total_tries",
         at<in_sms, in_retry, &retry_settings::max_total_tries>, "0", live,
         "Tries after which a message is dead; 0 = off, it is tried until it expires."},
        0, 1000, "tries"),
    real({"sms.retry.budget_share", at<in_sms, in_retry, &retry_settings::budget_share>,
          "0.2", live,
          "Tries at the same provider again, as a share of the first tries."},
         0.0, 10.0),
    integer({"sms.retry.budget_per_second",
             at<in_sms, in_retry, &retry_settings::budget_per_second>, "1", live,
             "Tries at the same provider again that are always allowed."},
            0, 10'000, "a second"),
    texts({"sms.retry.single_copy_purposes",
           at<in_sms, in_retry, &retry_settings::single_copy_purposes>, "[]", live,
           "Purposes that no other provider tries after an ambiguous result."},
          20, rules::plain),
});

constexpr auto in_monitor = &sms_settings::monitor;

constexpr auto monitor_table = std::to_array<key>({
    duration({"sms.monitor.window", at<in_sms, in_monitor, &monitor_settings::window>,
              "\"30s\"", live,
              "The sliding window of the error rate; \"5m\" is calmer and slower."},
             1s, 1h),
    integer({"sms.monitor.buckets", at<in_sms, in_monitor, &monitor_settings::buckets>,
             "60", live, "The parts that the window moves on by."},
            2, 3600, "buckets"),
    integer({"sms.monitor.min_samples",
             at<in_sms, in_monitor, &monitor_settings::min_samples>, "20", live,
             "Calls in the window before its rate counts."},
            1, 10'000, "calls"),
    real({"sms.monitor.threshold_floor",
          at<in_sms, in_monitor, &monitor_settings::threshold_floor>, "0.3", live,
          "The lowest threshold of the error rate."},
         0.01, 1.0),
    real({"sms.monitor.threshold_cap",
          at<in_sms, in_monitor, &monitor_settings::threshold_cap>, "0.6", live,
          "The highest threshold of the error rate."},
         0.01, 1.0),
    real({"sms.monitor.margin", at<in_sms, in_monitor, &monitor_settings::margin>, "0.15",
          live, "How far the threshold keeps above the usual error rate."},
         0.0, 1.0),
    real({"sms.monitor.slow_share", at<in_sms, in_monitor, &monitor_settings::slow_share>,
          "0.5", live, "The share of slow calls that opens the circuit, too."},
         0.01, 1.0),
    duration({"sms.monitor.learning_time",
              at<in_sms, in_monitor, &monitor_settings::learning_time>, "\"10m\"", live,
              "Over how long the usual error rate is averaged."},
             1min, 24h),
    real({"sms.monitor.learned_cap",
          at<in_sms, in_monitor, &monitor_settings::learned_cap>, "0.3", live,
          "The highest error rate that can become the usual one."},
         0.0, 0.9),
});

constexpr auto in_circuit = &sms_settings::circuit;

constexpr auto circuit_table = std::to_array<key>({
    duration({"sms.circuit.open_base",
              at<in_sms, in_circuit, &circuit_settings::open_base>, "\"5s\"", live,
              "How long a circuit stays open the first time; then it doubles."},
             100ms, 10min),
    duration({"sms.circuit.open_cap", at<in_sms, in_circuit, &circuit_settings::open_cap>,
              "\"60s\"", live,
              "How long a circuit stays open at most, before the jitter."},
             100ms, 24h),
    real({"sms.circuit.jitter", at<in_sms, in_circuit, &circuit_settings::jitter>, "0.2",
          live, "The share by which that time is randomly shorter or longer."},
         0.0, 1.0),
    integer({"sms.circuit.probes", at<in_sms, in_circuit, &circuit_settings::probes>,
             "10", live, "Calls that a half-open circuit lets through for its verdict."},
            1, 1000, "calls"),
    integer({"sms.circuit.probes_at_once",
             at<in_sms, in_circuit, &circuit_settings::probes_at_once>, "3", live,
             "Of these, at once."},
            1, 1000, "calls"),
    duration({"sms.circuit.verdict_within",
              at<in_sms, in_circuit, &circuit_settings::verdict_within>, "\"60s\"", live,
              "The verdict's deadline, from the first probe on."},
             1s, 1h),
    duration({"sms.circuit.ramp", at<in_sms, in_circuit, &circuit_settings::ramp>,
              "\"60s\"", live, "From 10 % of the traffic back to all of it."},
             0s, 1h),
});

} // namespace

std::span<const key> sms_keys() {
  return sms_table;
}

std::span<const key> retry_keys() {
  return retry_table;
}

std::span<const key> monitor_keys() {
  return monitor_table;
}

std::span<const key> circuit_keys() {
  return circuit_table;
}

} // namespace tinybook::config
