#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "convert/trial_patterns.hpp"
#include "convert/trial_sizes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/convert/trial.hpp"
#include "zooport/predict/predictor.hpp"

namespace zooport::convert {

using Pictures = std::vector<predict::Picture>;

// The two that are compared. Each takes the inputs of the first, in its order, and gives the outputs of the first, in
// its order and axes.
struct Sides {
  using Run = std::function<Result<std::vector<tensor::Array>>(const Pictures&, const Trial&)>;
  Run first;
  Run second;
  struct Output {
    std::string id;
    std::optional<model::Tolerance> own;  // none: relative to how far the output varies
    bool is_half = false;                 // computed with eleven bits somewhere
    int channel = -1;                     // axis whose indices may be of different sizes; -1: none
  };
  std::vector<Output> outputs;
  std::uint64_t mismatched_per_million = 0;  // where the output is not of whole numbers; of those, 100
};

struct TrialReport {
  bool has_run = false;                      // on at least one input
  bool passed = false;                       // and no trial that counts differs
  std::string reason;                        // the first thing that differs, or why nothing has run
  std::vector<predict::Comparison> outputs;  // of each the worst over the trials that count
  std::vector<Trial> trials;
  Diagnostics findings;
  std::optional<Error> error;  // of the first side, if nothing has run
  bool is_too_slow = false;    // nothing has run, since a run took longer than it may
};

class TrialRunner {
 public:
  // `seconds`: once as much has been spent, larger inputs, and then all, are left out; so are all after a run that did
  // not finish within the deadline of its session (engine.deadline), which may be of no more use.
  TrialRunner(Sides sides, double seconds) : sides_(std::move(sides)), seconds_(seconds) {}

  // Errors: cancellation; with a test tensor or a named image, whatever keeps the first side from running; whatever
  // keeps the second from running at all. What else goes wrong is a result.
  Result<Trial::Status> run(Trial trial, const Pictures& inputs, const Context& context);
  const std::vector<Trial>& trials() const { return trials_; }
  double spent() const { return spent_; }  // seconds
  bool is_out_of_time() const { return is_late_ || spent_ > seconds_; }
  // From now on no trial decides anything but those that were given.
  void discount_what_was_made();
  TrialReport report() &&;

 private:
  bool has_time_for(std::uint64_t elements) const;
  predict::Tolerances tolerances_of(std::size_t output, const tensor::View& expected, bool is_usual);
  Result<std::vector<tensor::Array>> run_shaken(const Trial& trial, const Pictures& inputs, double part);
  Result<bool> is_unstable(const Trial& trial, const Pictures& inputs, const std::vector<tensor::Array>& expected);
  // All that differs is NaN of the first where the second has numbers: what is left is within the tolerance.
  bool first_alone_has_nan(const Trial& trial, const std::vector<tensor::Array>& expected,
                           const std::vector<tensor::Array>& found) const;
  void judge(Trial& trial, const std::vector<tensor::Array>& expected, const std::vector<tensor::Array>& found);
  // Why a trial has not run, or does not count, as far as the report tells of it.
  enum class Why : std::uint8_t { kNothing, kNoTime, kTooSlow, kSecondRefuses, kFirstAloneIsNan };
  void keep(Trial trial, Why why);
  std::vector<const Trial*> trials_because(Why why) const;
  void find_what_proves_nothing(TrialReport& report) const;

  Sides sides_;
  double seconds_;
  double spent_ = 0;
  std::uint64_t largest_ = 1;  // elements of the largest input so far, and what it took
  double seconds_of_largest_ = 0;
  bool has_run_ = false;
  bool is_late_ = false;                   // a run did not finish within the deadline
  std::vector<predict::Spread> ordinary_;  // of each output over test tensors, images, random and natural inputs
  std::vector<std::vector<predict::Spread>> channels_;  // likewise, of each of its channels
  std::vector<predict::Spread> all_;                    // over all that count
  std::vector<predict::Tolerances> tolerances_;         // of each output in the last trial
  std::vector<Trial> trials_;
  std::vector<Why> whys_;  // of each of them
  std::optional<Error> first_error_;
};

// Trials that are made, not given: patterns at sizes, those that tell most first.
struct PlannedTrial {
  TrialSizes sizes;
  Pattern pattern = Pattern::kUniform;
};
std::vector<PlannedTrial> planned_trials(const std::vector<TrialInput>& inputs, const std::vector<TrialSizes>& sizes);

// One of them, with its inputs.
struct MadeTrial {
  Trial trial;
  Pictures inputs;
};
MadeTrial make_trial(const std::vector<TrialInput>& inputs, const PlannedTrial& planned, std::uint64_t seed);

}  // namespace zooport::convert
