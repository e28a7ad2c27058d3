#include "predict/measurer.hpp"

#include <cmath>

#include "zooport/base/text.hpp"

namespace zooport::predict {
namespace {

std::string_view name_of(process::Measure::Kind kind) {
  switch (kind) {
    case process::Measure::Kind::kMean: return "mean";
    case process::Measure::Kind::kStd: return "standard deviation";
    case process::Measure::Kind::kQuantile: break;
  }
  return "percentile";
}

}  // namespace

Result<void> Measurer::measure(const std::string& id, const process::Subject& subject) {
  std::vector<process::Measure> of_sample, of_dataset;
  for (process::Measure& measure : book_.needed(id))
    (measure.over_dataset ? of_dataset : of_sample).push_back(std::move(measure));
  if (!of_sample.empty()) {
    ZOOPORT_TRY_ASSIGN(process::Measured values, process::measure(subject, of_sample, {}, context_));
    look_at(id, values);
    book_.add(id, std::move(values));
  }
  if (!of_dataset.empty()) {
    ZOOPORT_TRY_ASSIGN(process::Measured values, running_[id].update(subject, of_dataset, {}, context_));
    look_at(id, values);
    book_.add(id, std::move(values));
  }
  return {};
}

Result<void> Measurer::measure(const std::vector<SampleView>& inputs, std::int64_t sample) {
  for (std::size_t i = 0; i < inputs.size(); ++i)
    ZOOPORT_TRY(measure(model_.inputs[i].id, subject_of(inputs[i], sample, model_.inputs[i], context_)));
  return {};
}

void Measurer::look_at(const std::string& id, const process::Measured& values) {
  for (const auto& [measure, value] : values) {
    for (const double one : value.values) {
      Diagnostic finding;
      if (!std::isfinite(one)) {
        finding.id = "predict.statistics-not-finite";
        finding.severity = Severity::kWarning;
        finding.message = concat("the ", name_of(measure.kind), " of ", printable(id), " is ", number_text(one),
                                 ": it holds NaN or infinities, and what is computed with it is of no use");
      } else if (one == 0 && measure.kind == process::Measure::Kind::kStd) {
        finding.id = "predict.statistics-constant";
        finding.severity = Severity::kInfo;
        finding.message = concat(printable(id), " is constant where its standard deviation is taken: it becomes 0");
      } else {
        continue;
      }
      if (noted_.insert(concat(finding.id, ' ', id)).second) findings_.add(std::move(finding));
      break;
    }
  }
}

}  // namespace zooport::predict
