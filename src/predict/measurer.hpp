#pragma once

#include <map>
#include <set>
#include <string>

#include "predict/state.hpp"

namespace zooport::predict {

// Measures tensors sample by sample into a book; values over a dataset run on in `running`. Notes what statistics say
// about a tensor: NaN, infinities, or nothing but one value.
class Measurer {
 public:
  Measurer(const model::Model& model, StatisticsBook& book, RunningStatistics& running, const Context& context)
      : model_(model), book_(book), running_(running), context_(context) {}

  // What operations need to know about the tensor `id`.
  Result<void> measure(const std::string& id, const process::Subject& subject);
  // Of all inputs of a sample.
  Result<void> measure(const std::vector<SampleView>& inputs, std::int64_t sample);

  Diagnostics take_findings() { return std::move(findings_); }

 private:
  void look_at(const std::string& id, const process::Measured& values);

  const model::Model& model_;
  StatisticsBook& book_;
  RunningStatistics& running_;
  const Context& context_;
  std::set<std::string> noted_;
  Diagnostics findings_;
};

}  // namespace zooport::predict
