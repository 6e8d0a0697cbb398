#pragma once

#include <memory>

namespace tinybook::http {

/// What the thread of a log writes its lines to. Only that thread calls it.
class line_output {
 public:
  virtual ~line_output() = default;

  /// Where the next line goes; below 0 = nowhere, `errno` says why.
  [[nodiscard]] virtual int descriptor() = 0;
  /// Lines are being lost; `error` is one of errno's.
  virtual void fails(int error) = 0;
  /// A line got through.
  virtual void works() = 0;

 protected:
  line_output() = default;
  line_output(const line_output&) = default;
  line_output& operator=(const line_output&) = default;
};

/// A descriptor that outlives it, such as standard error; nobody is told what is lost.
[[nodiscard]] std::shared_ptr<line_output> output_to(int descriptor);

} // namespace tinybook::http
