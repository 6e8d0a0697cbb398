#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace tinybook::http {

/// Ends calls at their deadline, whatever the peer does: the library's timeouts hold for
/// each read alone, so a peer that sends a byte a second would never be late. One thread,
/// shared by the clients of a provider.
class call_deadlines {
 public:
  using clock = std::chrono::steady_clock;

  /// How a call ended.
  enum class verdict : std::uint8_t { in_time, late, cut };

  /// The calls of one client, one at a time. To end one its socket is shut down, which
  /// wakes whoever waits for it.
  class line {
   public:
    explicit line(std::shared_ptr<call_deadlines> deadlines);
    ~line();
    line(const line&) = delete;
    line& operator=(const line&) = delete;

    void begin(clock::time_point deadline);
    /// The socket of the current call, before it connects.
    void opened(int socket);
    verdict end();

    /// Ends the call under way and every later one. From any thread.
    void cut();

   private:
    friend class call_deadlines;
    void stop(verdict why);
    void forget_socket();

    std::shared_ptr<call_deadlines> deadlines_;
    std::multimap<clock::time_point, line*>::iterator place_; ///< Under their mutex.
    std::mutex mutex_;
    /// A duplicate: the library closes its own, and the number is reused.
    int socket_ = -1;
    bool cut_ = false;
    verdict verdict_ = verdict::in_time;
  };

  call_deadlines();
  ~call_deadlines();
  call_deadlines(const call_deadlines&) = delete;
  call_deadlines& operator=(const call_deadlines&) = delete;

 private:
  void add(line& of, clock::time_point deadline);
  void remove(line& of);
  void watch();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<clock::time_point, line*> waiting_;
  bool ended_ = false;
  std::thread thread_;
};

} // namespace tinybook::http
