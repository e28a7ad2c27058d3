#pragma once

#include <functional>
#include <memory>

#include "zooport/base/context.hpp"
#include "zooport/report/text.hpp"

namespace zooport::app {

// A bar in the last line of a terminal, on stderr. May be told from any thread; draws ten times a second at most.
class ProgressBar {
 public:
  explicit ProgressBar(report::Colours colours);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void tell(const Progress& at);
  void clear();  // before anything else is written to the terminal

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace zooport::app
