#include <algorithm>

#include "convert/trial_runner.hpp"

namespace zooport::convert {
namespace {

using Purpose = TrialSizes::Purpose;

// Everything at the middle size; the other sizes with what shows most there.
constexpr std::pair<Purpose, Pattern> kOrder[] = {
    {Purpose::kMiddle, Pattern::kUniform},     {Purpose::kMiddle, Pattern::kNatural},
    {Purpose::kSmallest, Pattern::kUniform},   {Purpose::kNotSquare, Pattern::kNatural},
    {Purpose::kOdd, Pattern::kUniform},        {Purpose::kTwo, Pattern::kNatural},
    {Purpose::kMiddle, Pattern::kNormal},      {Purpose::kMiddle, Pattern::kLarge},
    {Purpose::kMiddle, Pattern::kNegative},    {Purpose::kMiddle, Pattern::kAlternating},
    {Purpose::kMiddle, Pattern::kHotPixel},    {Purpose::kMiddle, Pattern::kZeros},
    {Purpose::kMiddle, Pattern::kMaximum},     {Purpose::kMiddle, Pattern::kHuge},
    {Purpose::kMiddle, Pattern::kDenormal},    {Purpose::kNotSquare, Pattern::kNormal},
    {Purpose::kTwo, Pattern::kAlternating},    {Purpose::kSmallest, Pattern::kNormal},
    {Purpose::kNotSquare, Pattern::kHotPixel}, {Purpose::kMiddle, Pattern::kNan},
    {Purpose::kMiddle, Pattern::kInfinite},
};

std::uint64_t mixed(std::uint64_t seed, std::uint64_t with) {
  return Numbers(seed ^ (with * 0x9e3779b97f4a7c15u)).next();
}

}  // namespace

std::vector<PlannedTrial> planned_trials(const std::vector<TrialInput>& inputs, const std::vector<TrialSizes>& sizes) {
  std::vector<PlannedTrial> planned;
  for (const auto& [purpose, pattern] : kOrder) {
    const bool is_of_use = std::any_of(inputs.begin(), inputs.end(),
                                       [p = pattern](const TrialInput& input) { return suits(p, input.dtype); });
    // A graph without inputs gives the same however often it runs.
    if (!is_of_use && (!inputs.empty() || !planned.empty())) continue;
    for (const TrialSizes& one : sizes)
      if (one.purpose == purpose) planned.push_back({one, pattern});
  }
  return planned;
}

MadeTrial make_trial(const std::vector<TrialInput>& inputs, const PlannedTrial& planned, std::uint64_t seed) {
  MadeTrial made;
  made.trial.kind = kind_of(planned.pattern);
  made.trial.pattern = name_of(planned.pattern);
  made.trial.seed = seed;
  made.trial.counts = made.trial.kind != Trial::Kind::kNotFinite;
  const std::uint64_t of_pattern = mixed(seed, static_cast<std::uint64_t>(planned.pattern) + 1);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const TrialInput& input = inputs[i];
    const std::string letters = input.letters();
    const Filling filling{input.dtype, input.range, letters, planned.sizes.shapes[i]};
    made.inputs.push_back({filled(filling, planned.pattern, mixed(of_pattern, i + 1)), letters});
    made.trial.inputs.emplace_back(input.id, planned.sizes.shapes[i]);
  }
  return made;
}

}  // namespace zooport::convert
