#include "convert/trial_runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

namespace zooport::convert {
namespace {

using Outputs = Result<std::vector<tensor::Array>>;
using Change = std::function<float(float)>;

Sides::Run applying(const Change& change) {
  return [change](const Pictures& inputs, const Trial&) -> Outputs {
    tensor::Array output = tensor::Array::copy_of(inputs.at(0).elements.view());
    for (float& value : output.as<float>()) value = change(value);
    std::vector<tensor::Array> outputs;
    outputs.push_back(std::move(output));
    return outputs;
  };
}

Sides::Run failing(ErrorKind kind) {
  return [kind](const Pictures&, const Trial&) -> Outputs { return make_error(kind, "test.fails", "it fails"); };
}

TrialRunner runner_of(Sides::Run first, Sides::Run second, double seconds = 60) {
  Sides sides;
  sides.first = std::move(first);
  sides.second = std::move(second);
  sides.outputs = {{"y"}};
  return TrialRunner(std::move(sides), seconds);
}

const std::vector<TrialInput> kInput = {
    {"x", tensor::Dtype::kFloat32, std::nullopt, {{'y', "y", 1, 1, true}, {'x', "x", 1, 1, true}}}};

TrialReport all_of(TrialRunner runner, const Context& context = {}) {
  for (const PlannedTrial& planned : planned_trials(kInput, sizes_to_try(kInput, 16))) {
    const MadeTrial made = make_trial(kInput, planned, 1);
    const auto status = runner.run(made.trial, made.inputs, context);
    EXPECT_TRUE(status.ok());
  }
  return std::move(runner).report();
}

TEST(TrialRunner, SaysOfEachOutputWhereItDiffersMost) {
  const TrialReport report =
      all_of(runner_of(applying([](float x) { return x; }), applying([](float x) { return x > 500 ? 1.1f * x : x; })));
  EXPECT_TRUE(report.has_run);
  EXPECT_FALSE(report.passed);
  ASSERT_EQ(report.outputs.size(), 1u);
  const predict::Comparison& worst = report.outputs[0];
  EXPECT_FALSE(worst.passed);
  for (const Trial& trial : report.trials) {
    EXPECT_EQ(trial.outputs.size(), 1u);
    if (trial.counts) {
      EXPECT_LE(trial.outputs[0].excess, worst.excess);
    }
    if (trial.name() == worst.trial) {
      EXPECT_EQ(trial.outputs[0].worst, worst.worst);
    }
  }
}

// One element of a thousand that differs is no rounding.
TEST(TrialRunner, OneElementIsEnough) {
  const auto add_one = [](float) -> Sides::Run {
    return [](const Pictures& inputs, const Trial&) -> Outputs {
      tensor::Array output = tensor::Array::copy_of(inputs.at(0).elements.view());
      output.as<float>()[0] += 0.5f;
      std::vector<tensor::Array> outputs;
      outputs.push_back(std::move(output));
      return outputs;
    };
  };
  EXPECT_FALSE(all_of(runner_of(applying([](float x) { return x; }), add_one(0))).passed);
}

// Labels may flip here and there.
TEST(TrialRunner, ToleratesFlipsOfWholeNumbersWhereTheFirstFlipsItself) {
  const auto above = [](float limit) { return [limit](float x) { return x > limit ? 1.0f : 0.0f; }; };
  EXPECT_TRUE(all_of(runner_of(applying(above(0.5f)), applying(above(0.5f)))).passed);
  EXPECT_FALSE(all_of(runner_of(applying(above(0.5f)), applying(above(0.6f)))).passed);
}

TEST(TrialRunner, WhatTheEngineLacksIsNoDifference) {
  int runs = 0;
  const auto sometimes = [&runs](const Pictures& inputs, const Trial& trial) -> Outputs {
    if (++runs > 3) return make_error(ErrorKind::kUnsupported, "engine.out-of-memory", "no memory");
    return applying([](float x) { return x; })(inputs, trial);
  };
  const TrialReport report = all_of(runner_of(applying([](float x) { return x; }), sometimes));
  EXPECT_TRUE(report.passed) << report.reason;
  ASSERT_EQ(report.findings.items().size(), 1u);
  EXPECT_EQ(report.findings.items()[0].id, "convert.compare-refused");
}

TEST(TrialRunner, WhatTheSecondRefusesIsADifference) {
  const TrialReport report = all_of(runner_of(applying([](float x) { return x; }), failing(ErrorKind::kInvalid)));
  EXPECT_TRUE(report.has_run);
  EXPECT_FALSE(report.passed);
  EXPECT_NE(report.reason.find("the second does not run"), std::string::npos);
}

TEST(TrialRunner, WithoutAnAnswerOfTheFirstThereIsNothingToCompare) {
  const TrialReport report = all_of(runner_of(failing(ErrorKind::kInvalid), failing(ErrorKind::kInvalid)));
  EXPECT_FALSE(report.has_run);
  EXPECT_FALSE(report.passed);
  ASSERT_TRUE(report.error.has_value());
  EXPECT_EQ(report.error->what.id, "test.fails");
}

// A test tensor or an image that somebody named has to run.
TEST(TrialRunner, WhatIsGivenHasToRun) {
  TrialRunner runner = runner_of(failing(ErrorKind::kInvalid), failing(ErrorKind::kInvalid));
  MadeTrial made = make_trial(kInput, {sizes_to_try(kInput, 16)[0], Pattern::kUniform}, 1);
  made.trial.kind = Trial::Kind::kImage;
  EXPECT_FALSE(runner.run(made.trial, made.inputs, {}).ok());
}

TEST(TrialRunner, LeavesOutWhatThereIsNoTimeFor) {
  const TrialReport report =
      all_of(runner_of(applying([](float x) { return x; }), applying([](float x) { return x; }), 0));
  EXPECT_TRUE(report.has_run);
  EXPECT_TRUE(report.passed);
  EXPECT_EQ(report.trials.at(0).status, Trial::Status::kAgrees);
  EXPECT_EQ(report.trials.at(1).status, Trial::Status::kNotRun);
  ASSERT_EQ(report.findings.items().size(), 1u);
  EXPECT_EQ(report.findings.items()[0].id, "convert.compare-time");
}

Sides::Run too_slow_above(float limit) {
  return [limit](const Pictures& inputs, const Trial& trial) -> Outputs {
    for (const float value : inputs.at(0).elements.as<float>())
      if (value > limit) return make_error(ErrorKind::kCancelled, "engine.deadline", "it did not finish within 1 ms");
    return applying([](float x) { return x; })(inputs, trial);
  };
}

// Nobody has cancelled it: what did run counts, and a session that was ended is not asked again.
TEST(TrialRunner, AnInputThatTakesTooLongIsNotRun) {
  for (const bool is_second : {false, true}) {
    const Sides::Run same = applying([](float x) { return x; });
    const Sides::Run slow = too_slow_above(500);
    const TrialReport report = all_of(runner_of(is_second ? same : slow, is_second ? slow : same));
    EXPECT_TRUE(report.has_run);
    EXPECT_TRUE(report.passed) << report.reason;
    const auto first = std::find_if(report.trials.begin(), report.trials.end(),
                                    [](const Trial& trial) { return trial.status == Trial::Status::kNotRun; });
    ASSERT_NE(first, report.trials.end());
    EXPECT_EQ(first->reason.find(is_second ? "the second takes too long: " : "the first takes too long: "), 0u);
    for (auto trial = first + 1; trial != report.trials.end(); ++trial)
      EXPECT_EQ(trial->reason, "left out for want of time");
    for (const Diagnostic& finding : report.findings.items()) EXPECT_EQ(finding.id, "convert.compare-time");
    EXPECT_EQ(report.findings.items().size(), 2u);
  }
}

TEST(TrialRunner, WhereEveryInputTakesTooLongOneIsTried) {
  int runs = 0;
  const auto slow = [&runs](const Pictures& inputs, const Trial& trial) {
    ++runs;
    return too_slow_above(-1)(inputs, trial);
  };
  const TrialReport report = all_of(runner_of(slow, slow));
  EXPECT_EQ(runs, 1);
  EXPECT_FALSE(report.has_run);
  EXPECT_FALSE(report.passed);
  EXPECT_EQ(report.reason, "the first takes too long: it did not finish within 1 ms");
}

// Cancelling ends all.
TEST(TrialRunner, CancellationIsAnError) {
  TrialRunner runner = runner_of(failing(ErrorKind::kCancelled), failing(ErrorKind::kCancelled));
  const MadeTrial made = make_trial(kInput, {sizes_to_try(kInput, 16)[0], Pattern::kUniform}, 1);
  EXPECT_FALSE(runner.run(made.trial, made.inputs, {}).ok());
}

// A small input that takes long says nothing about large ones.
TEST(TrialRunner, TimeIsThatOfTheLargestInput) {
  const auto slow_if_small = [](const Pictures& inputs, const Trial& trial) -> Outputs {
    if (inputs.at(0).elements.size() == 1) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return applying([](float x) { return x; })(inputs, trial);
  };
  const TrialReport report = all_of(runner_of(slow_if_small, applying([](float x) { return x; }), 10));
  for (const Trial& trial : report.trials) EXPECT_EQ(trial.status, Trial::Status::kAgrees) << trial.name();
}

TEST(TrialRunner, NanInATestTensorNeverMatches) {
  const auto nan = [](float x) { return x > 0.5f ? std::nanf("") : x; };
  TrialRunner runner = runner_of(applying(nan), applying(nan));
  MadeTrial made = make_trial(kInput, {sizes_to_try(kInput, 16)[0], Pattern::kUniform}, 1);
  EXPECT_EQ(*runner.run(made.trial, made.inputs, {}), Trial::Status::kAgrees);
  made.trial.kind = Trial::Kind::kTest;
  EXPECT_EQ(*runner.run(made.trial, made.inputs, {}), Trial::Status::kDiffers);
}

// A scalar has no spread of its own; over all inputs it has.
TEST(TrialRunner, ScalarsVaryFromInputToInput) {
  const Sides::Run mean = [](const Pictures& inputs, const Trial&) -> Outputs {
    double sum = 0;
    for (const float value : inputs.at(0).elements.as<float>()) sum += value;
    std::vector<tensor::Array> outputs;
    outputs.push_back(tensor::Array::of<float>({1}, {static_cast<float>(sum)}));
    return outputs;
  };
  const TrialReport report = all_of(runner_of(mean, mean));
  EXPECT_TRUE(report.passed);
  EXPECT_TRUE(report.outputs.at(0).discriminates);
  for (const Diagnostic& finding : report.findings.items()) EXPECT_NE(finding.id, "convert.compare-constant");
}

}  // namespace
}  // namespace zooport::convert
