#include <algorithm>

#include "predict/state.hpp"

namespace zooport::predict {

StatisticsBook::StatisticsBook(const model::Model& model, const std::optional<process::Measured>& frozen)
    : model_(model) {
  if (!frozen) return;
  for (const auto* tensors : {&model.inputs, &model.outputs}) {
    for (const model::TensorSpec& tensor : *tensors) {
      const bool is_input = tensors == &model.inputs;
      for (const auto& [measure, value] : *frozen) {
        if (measure.tensor.empty() && !is_input) continue;
        frozen_[tensor.id].insert_or_assign(measure, value);
        if (measure.tensor != tensor.id) continue;
        process::Measure own = measure;
        own.tensor.clear();
        frozen_[tensor.id].insert_or_assign(own, value);
      }
    }
  }
  values_ = frozen_;
}

bool StatisticsBook::is_frozen(const model::TensorSpec& tensor, const process::Measure& measure) const {
  const auto values = frozen_.find(tensor.id);
  return values != frozen_.end() && values->second.count(measure) > 0;
}

std::vector<process::Measure> StatisticsBook::needed(const std::string& id) const {
  std::vector<process::Measure> measures;
  for (const auto* tensors : {&model_.inputs, &model_.outputs}) {
    for (const model::TensorSpec& tensor : *tensors) {
      for (const process::OperationPtr& operation : tensor.processing) {
        for (const process::Measure& measure : operation->measures()) {
          const bool is_own = measure.tensor.empty() && tensor.id == id;
          if ((!is_own && measure.tensor != id) || is_frozen(tensor, measure)) continue;
          if (std::find(measures.begin(), measures.end(), measure) == measures.end()) measures.push_back(measure);
        }
      }
    }
  }
  return measures;
}

void StatisticsBook::add(const std::string& id, process::Measured values) {
  for (auto& [measure, value] : values) {
    // Values that name their tensor are for the operations of any.
    for (const auto* tensors : {&model_.inputs, &model_.outputs})
      for (const model::TensorSpec& tensor : *tensors)
        if (tensor.id == id || !measure.tensor.empty()) values_[tensor.id].insert_or_assign(measure, value);
  }
}

const process::Measured& StatisticsBook::of(const std::string& id) const {
  static const process::Measured kNone;
  const auto found = values_.find(id);
  return found == values_.end() ? kNone : found->second;
}

bool StatisticsBook::needs_itself(const model::TensorSpec& tensor) const { return !needed(tensor.id).empty(); }

Result<void> apply_all(const std::vector<process::OperationPtr>& operations, process::Block& block,
                       const process::Measured& measured) {
  for (const process::OperationPtr& operation : operations) ZOOPORT_TRY(operation->apply(block, measured));
  return {};
}

process::Subject subject_of(const SampleView& view, std::int64_t sample, const model::TensorSpec& spec,
                            const Context& context) {
  process::Subject subject;
  subject.dtype = view.dtype();
  subject.axes = spec.tensor_axes();
  subject.shape = view.shape();
  subject.source = [&view, sample, shape = view.shape(), &context](const process::BlockSink& sink) -> Result<void> {
    // Bands along the axis of the rows, or what takes its place: the last but one.
    const std::size_t axis = shape.size() < 2 ? 0 : shape.size() - 2;
    std::int64_t row = static_cast<std::int64_t>(tensor::size_of(view.dtype()));
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (i != axis) row *= std::max<std::int64_t>(1, shape[i]);
    constexpr std::int64_t kBand = 16 << 20;
    const std::int64_t rows = std::max<std::int64_t>(1, kBand / std::max<std::int64_t>(1, row));
    for (std::int64_t begin = 0; begin < shape[axis]; begin += rows) {
      if (context.stopped()) return Context::cancelled();
      tensor::Shape origin(shape.size(), 0);
      tensor::Shape size = shape;
      origin[axis] = begin;
      size[axis] = std::min(rows, shape[axis] - begin);
      ZOOPORT_TRY_ASSIGN(const tensor::Array band, view.read(sample, origin, size));
      ZOOPORT_TRY(sink(band.view(), origin));
    }
    return {};
  };
  return subject;
}

}  // namespace zooport::predict
