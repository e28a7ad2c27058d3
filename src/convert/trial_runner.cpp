#include "convert/trial_runner.hpp"

#include <algorithm>
#include <cmath>

#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"

namespace zooport::convert {
namespace {

using predict::Comparison;
using predict::Spread;
using Clock = std::chrono::steady_clock;

bool is_given(Trial::Kind kind) { return kind == Trial::Kind::kTest || kind == Trial::Kind::kImage; }
bool is_ordinary(Trial::Kind kind) { return kind != Trial::Kind::kExtreme && kind != Trial::Kind::kNotFinite; }

// The network takes longer on this input than a run may: of the kind of a cancellation, which nobody asked for.
bool is_too_slow(const Error& error) { return error.what.id == "engine.deadline"; }

// No further trial would get an answer, or is wanted.
bool ends_all(const Error& error) {
  return (error.kind == ErrorKind::kCancelled && !is_too_slow(error)) || engine::is_misbehaviour(error);
}

// What is smaller than this is rounding of values about 1, whatever the output's own size.
constexpr double kLeast = 1e-6;

double relative_of(const Sides::Output& output) { return output.is_half ? 1e-2 : 1e-3; }

std::uint64_t elements_of(const Pictures& inputs) {
  std::uint64_t count = 0;
  for (const predict::Picture& input : inputs) count += static_cast<std::uint64_t>(input.elements.size());
  return count;
}

bool varies(const Spread& spread, double relative) {
  const double size = std::max(std::abs(spread.low), std::abs(spread.high));
  return spread.elements > 0 && spread.size() / 2 > kLeast + relative * size;
}

Diagnostic note(const char* id, Severity severity, std::string message) {
  Diagnostic made;
  made.id = id;
  made.severity = severity;
  made.message = std::move(message);
  return made;
}

std::string names_of(const std::vector<const Trial*>& trials) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < trials.size() && i < 3; ++i) names.push_back(trials[i]->name());
  std::string text = join(names, "; ");
  if (trials.size() > 3) text += concat(" and ", trials.size() - 3, " more");
  return text;
}

// What is beyond the numbers of halves is infinite for a side that computes with them.
tensor::Array as_halves(const tensor::View& view) {
  constexpr double kMostOfHalves = 65504;
  if (!tensor::is_floating(view.dtype)) return tensor::Array::copy_of(view);
  tensor::Array clipped = tensor::Array::converted(view, tensor::Dtype::kFloat64);
  for (double& value : clipped.as<double>())
    if (!std::isnan(value)) value = std::clamp(value, -kMostOfHalves, kMostOfHalves);
  return clipped;
}

// `first`, and what `second` has where that is NaN.
tensor::Array without_nan(const tensor::View& first, const tensor::View& second) {
  tensor::Array filled = tensor::Array::converted(first, tensor::Dtype::kFloat64);
  const tensor::Array other = tensor::Array::converted(second, tensor::Dtype::kFloat64);
  for (std::size_t i = 0; i < filled.as<double>().size(); ++i)
    if (std::isnan(filled.as<double>()[i])) filled.as<double>()[i] = other.as<double>()[i];
  return filled;
}

}  // namespace

bool TrialRunner::has_time_for(std::uint64_t elements) const {
  if (is_out_of_time()) return false;
  // From the largest so far: what a small one takes is mostly not for its elements.
  const double times = std::max(1.0, static_cast<double>(elements) / static_cast<double>(largest_));
  return !has_run_ || spent_ + seconds_of_largest_ * times <= seconds_;
}

predict::Tolerances TrialRunner::tolerances_of(std::size_t output, const tensor::View& expected, bool is_usual) {
  const Sides::Output& side = sides_.outputs[output];
  const Spread spread = predict::spread_of(expected);
  if (is_usual) ordinary_[output].add(spread);
  if (side.own) return {{*side.own}, -1};
  const double relative = relative_of(side);
  const double widest = std::max(spread.size(), ordinary_[output].size());
  model::Tolerance tolerance;
  tolerance.absolute = std::max(kLeast, relative * widest);
  tolerance.relative = relative;
  // Labels and masks: two ways to compute the same may flip single elements.
  tolerance.mismatched_per_million = spread.is_whole ? 100 : sides_.mismatched_per_million;
  tolerance.from = "spread";

  // A probability beside a distance would not be looked at: every channel is held against its own spread.
  constexpr std::int64_t kMostChannels = 256;
  const auto axis = static_cast<std::size_t>(side.channel);
  if (side.channel < 0 || axis >= expected.shape.size()) return {{tolerance}, -1};
  const std::int64_t count = expected.shape[axis];
  if (count < 2 || count > kMostChannels) return {{tolerance}, -1};
  std::vector<Spread>& known = channels_[output];
  known.resize(std::max(known.size(), static_cast<std::size_t>(count)));
  predict::Tolerances each{{}, side.channel};
  for (std::int64_t i = 0; i < count; ++i) {
    const Spread own = predict::spread_of(expected.cropped(side.channel, i, 1));
    Spread& usual = known[static_cast<std::size_t>(i)];
    if (is_usual) usual.add(own);
    // Channels come of the same sums: rounding is that of the largest.
    tolerance.absolute = std::max({kLeast, relative * std::max(own.size(), usual.size()), relative / 100 * widest});
    each.of.push_back(tolerance);
  }
  return each;
}

void TrialRunner::judge(Trial& trial, const std::vector<tensor::Array>& expected,
                        const std::vector<tensor::Array>& found) {
  trial.status = Trial::Status::kAgrees;
  tolerances_.clear();
  const auto differs = [&](std::string reason) {
    trial.status = Trial::Status::kDiffers;
    if (trial.reason.empty()) trial.reason = std::move(reason);
  };
  if (expected.size() != found.size())
    differs(concat("the first has ", expected.size(), " outputs, the second ", found.size()));
  const auto nans = is_given(trial.kind) ? predict::Nans::kNeverMatch : predict::Nans::kMatchInPlace;
  for (std::size_t i = 0; i < sides_.outputs.size() && i < expected.size() && i < found.size(); ++i) {
    const Sides::Output& output = sides_.outputs[i];
    tensor::View view = expected[i].view();
    tensor::View other = found[i].view();
    if (trial.counts) all_[i].add(predict::spread_of(view));
    std::optional<tensor::Array> as_half, other_as_half;
    if (output.is_half && trial.kind == Trial::Kind::kExtreme) {
      view = as_half.emplace(as_halves(view)).view();
      other = other_as_half.emplace(as_halves(other)).view();
    }
    tolerances_.push_back(tolerances_of(i, view, trial.counts && is_ordinary(trial.kind)));
    trial.outputs.push_back(predict::compare_slices(output.id, view, other, tolerances_[i], nans));
    Comparison& compared = trial.outputs.back();
    compared.trial = trial.name();
    // Nothing, from both: nonzero elements of zeros, say.
    if (compared.elements == 0 && found[i].shape() == expected[i].shape() && !is_given(trial.kind)) {
      compared.passed = true;
      compared.reason.clear();
    }
    if (!compared.passed) differs(concat(printable(output.id), ": ", compared.reason));
  }
}

Result<std::vector<tensor::Array>> TrialRunner::run_shaken(const Trial& trial, const Pictures& inputs, double part) {
  Pictures others;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    others.push_back({shaken(inputs[i].elements.view(), part, trial.seed + i), inputs[i].letters});
  return sides_.first(others, trial);
}

Result<bool> TrialRunner::is_unstable(const Trial& trial, const Pictures& inputs,
                                      const std::vector<tensor::Array>& expected) {
  const auto cannot_tell = [this](const Result<std::vector<tensor::Array>>& again) -> Result<bool> {
    if (ends_all(again.error())) return again.error();
    is_late_ = is_late_ || is_too_slow(again.error());
    return false;
  };
  const auto failed = [&](const auto& is_explained) {
    return std::all_of(trial.outputs.begin(), trial.outputs.end(),
                       [&](const Comparison& output) { return output.passed || is_explained(output); });
  };
  const auto index_of = [&](const Comparison& output) {
    return static_cast<std::size_t>(&output - trial.outputs.data());
  };
  if (trial.outputs.size() != expected.size()) return false;
  // It is the number of outputs that differs.
  if (failed([](const Comparison&) { return false; })) return false;

  const auto again = run_shaken(trial, inputs, 1.0 / (1 << 20));
  if (!again) return cannot_tell(again);
  // Ten times: the second side rounds in every layer, not only at the input.
  constexpr double kTimes = 10;
  const bool differs_from_itself = failed([&](const Comparison& found) {
    const std::size_t i = index_of(found);
    if (i >= again->size()) return false;
    const Comparison own = predict::compare_slices(found.id, expected[i].view(), (*again)[i].view(), tolerances_.at(i),
                                                   predict::Nans::kMatchInPlace);
    if (own.elements == 0) return !own.passed && expected[i].size() > 0;  // even of another shape
    return found.elements > 0 && own.mismatched > 0 &&
           static_cast<double>(found.mismatched) <= kTimes * static_cast<double>(own.mismatched) &&
           found.max_abs <= kTimes * own.max_abs;
  });
  if (differs_from_itself) return true;

  // NaN that the first gives for this very input, and not once there is a little noise in it: the variance of a
  // constant, say, which rounding made negative. That is nothing to agree with.
  const bool has_nan = failed([](const Comparison& found) { return found.nan_expected > found.nan_found; });
  if (!has_nan) return false;
  const auto beside = run_shaken(trial, inputs, 1.0 / (1 << 5));
  if (!beside) return cannot_tell(beside);
  return failed([&](const Comparison& found) {
    const std::size_t i = index_of(found);
    if (i >= beside->size()) return false;
    const auto numbers = static_cast<std::uint64_t>((*beside)[i].size());
    const std::uint64_t finite = predict::spread_of((*beside)[i].view()).elements;
    return 2 * (numbers - std::min(numbers, finite)) < found.nan_expected;
  });
}

bool TrialRunner::first_alone_has_nan(const Trial& trial, const std::vector<tensor::Array>& expected,
                                      const std::vector<tensor::Array>& found) const {
  if (expected.size() != found.size() || trial.outputs.size() != expected.size()) return false;
  for (std::size_t i = 0; i < trial.outputs.size(); ++i) {
    const Comparison& output = trial.outputs[i];
    if (output.passed) continue;
    if (output.nan_expected == 0 || expected[i].shape() != found[i].shape()) return false;
    tensor::Array one = without_nan(expected[i].view(), found[i].view());
    tensor::Array other = tensor::Array::converted(found[i].view(), tensor::Dtype::kFloat64);
    if (sides_.outputs[i].is_half) {
      one = as_halves(one.view());
      other = as_halves(other.view());
    }
    if (!predict::compare_slices(output.id, one.view(), other.view(), tolerances_.at(i), predict::Nans::kMatchInPlace)
             .passed)
      return false;
  }
  return true;
}

Result<Trial::Status> TrialRunner::run(Trial trial, const Pictures& inputs, const Context& context) {
  if (context.stopped()) return Context::cancelled();
  ordinary_.resize(sides_.outputs.size());
  all_.resize(sides_.outputs.size());
  channels_.resize(sides_.outputs.size());
  if (!is_given(trial.kind) && !has_time_for(elements_of(inputs))) {
    trial.reason = "left out for want of time";
    keep(std::move(trial), Why::kNoTime);
    return Trial::Status::kNotRun;
  }
  const auto begin = Clock::now();
  const auto finish = [&](Trial::Status status, Why why = Why::kNothing) {
    trial.status = status;
    trial.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    spent_ += trial.seconds;
    const std::uint64_t elements = std::max<std::uint64_t>(1, elements_of(inputs));
    // The latest counts: the first run of a session takes longer than those that follow.
    if (!trial.outputs.empty() && elements >= largest_) {
      largest_ = elements;
      seconds_of_largest_ = trial.seconds;
    }
    has_run_ = has_run_ || !trial.outputs.empty();
    keep(std::move(trial), why);
    return status;
  };
  const auto takes_too_long = [&](const char* side, const Error& error) {
    is_late_ = true;
    trial.reason = concat(side, " takes too long: ", error.what.message);
    return finish(Trial::Status::kNotRun, Why::kTooSlow);
  };
  const Result<std::vector<tensor::Array>> expected = sides_.first(inputs, trial);
  if (!expected) {
    if (ends_all(expected.error()) || is_given(trial.kind)) return expected.error();
    if (!first_error_) first_error_ = expected.error();
    if (is_too_slow(expected.error())) return takes_too_long("the first", expected.error());
    trial.reason = concat("the first does not run: ", expected.error().what.message);
    return finish(Trial::Status::kNotRun);
  }
  const Result<std::vector<tensor::Array>> found = sides_.second(inputs, trial);
  if (!found) {
    const ErrorKind kind = found.error().kind;
    if (ends_all(found.error())) return found.error();
    if (is_too_slow(found.error()) && !is_given(trial.kind)) return takes_too_long("the second", found.error());
    trial.reason = concat("the second does not run: ", found.error().what.message);
    if (kind != ErrorKind::kInvalid && found.error().what.id != "engine.input-mismatch") {
      if (!has_run_) return found.error();
      return finish(Trial::Status::kNotRun, Why::kSecondRefuses);
    }
    for (const Sides::Output& output : sides_.outputs) {
      Comparison nothing;
      nothing.id = output.id;
      nothing.trial = trial.name();
      nothing.reason = trial.reason;
      trial.outputs.push_back(std::move(nothing));
    }
    return finish(Trial::Status::kDiffers);
  }
  judge(trial, *expected, *found);
  if (trial.status == Trial::Status::kDiffers && trial.counts && !is_given(trial.kind)) {
    ZOOPORT_TRY_ASSIGN(const bool unstable, is_unstable(trial, inputs, *expected));
    if (unstable) return finish(Trial::Status::kUnstable);
    // Where the first overflows there is nothing to agree with.
    if (trial.kind == Trial::Kind::kExtreme && first_alone_has_nan(trial, *expected, *found)) {
      trial.counts = false;
      trial.reason = concat("the first alone gives NaN: ", trial.reason);
      return finish(trial.status, Why::kFirstAloneIsNan);
    }
  }
  return finish(trial.status);
}

void TrialRunner::discount_what_was_made() {
  for (Trial& trial : trials_)
    if (!is_given(trial.kind)) trial.counts = false;
}

void TrialRunner::keep(Trial trial, Why why) {
  trials_.push_back(std::move(trial));
  whys_.push_back(why);
}

std::vector<const Trial*> TrialRunner::trials_because(Why why) const {
  std::vector<const Trial*> found;
  for (std::size_t i = 0; i < trials_.size(); ++i)
    if (whys_[i] == why) found.push_back(&trials_[i]);
  return found;
}

void TrialRunner::find_what_proves_nothing(TrialReport& report) const {
  for (std::size_t i = 0; i < sides_.outputs.size(); ++i) {
    const double relative = relative_of(sides_.outputs[i]);
    std::size_t count = 0;
    std::size_t stable = 0;
    bool tells = false;
    bool tells_on_ordinary = varies(ordinary_[i], relative);
    for (const Trial& trial : trials_) {
      if (!trial.counts || i >= trial.outputs.size()) continue;
      ++count;
      if (trial.status == Trial::Status::kUnstable) continue;
      ++stable;
      if (!trial.outputs[i].discriminates) continue;
      tells = true;
      tells_on_ordinary = tells_on_ordinary || is_ordinary(trial.kind);
    }
    tells_on_ordinary = tells_on_ordinary && stable > 0;
    tells = (tells || tells_on_ordinary || varies(all_[i], relative)) && stable > 0;
    report.outputs[i].discriminates = tells;
    if (tells_on_ordinary) continue;
    if (stable == 0) {
      report.findings.add(note("convert.compare-constant", Severity::kAlert,
                               concat("nothing is shown about output ", printable(sides_.outputs[i].id), ": in all ",
                                      count, " trials the first differs as much from itself as the second from it")));
      continue;
    }
    const Spread& spread = tells ? ordinary_[i] : all_[i];
    const std::string how_little = concat("hardly varies (standard deviation ", spread.deviation, " around ",
                                          spread.mean, tells ? "" : concat(" over all ", count, " trials"), ')');
    const std::string name = concat("output ", printable(sides_.outputs[i].id));
    report.findings.add(
        tells ? note("convert.compare-varies-little", Severity::kWarning,
                     concat(name, " is not discriminating on ordinary inputs: it ", how_little,
                            "; only extreme inputs show whether both compute the same"))
              : note("convert.compare-constant", Severity::kAlert,
                     concat(name, " is not discriminating: it ", how_little,
                            "; whatever gives that constant would have passed as well, so nothing is shown about this "
                            "output: compare on inputs that make it vary, with --input")));
  }
}

TrialReport TrialRunner::report() && {
  TrialReport report;
  report.has_run = has_run_;
  const std::vector<const Trial*> late = trials_because(Why::kNoTime);
  const std::vector<const Trial*> slow = trials_because(Why::kTooSlow);
  // That the first takes no odd sizes, say, is no news.
  const std::vector<const Trial*> refused = trials_because(Why::kSecondRefuses);
  const std::vector<const Trial*> first_nan = trials_because(Why::kFirstAloneIsNan);
  std::vector<const Trial*> unstable, with_nan, other_nan;
  for (const Trial& trial : trials_) {
    if (trial.status == Trial::Status::kUnstable && trial.counts) unstable.push_back(&trial);
    if (trial.status == Trial::Status::kDiffers && trial.kind == Trial::Kind::kNotFinite) other_nan.push_back(&trial);
    const bool has_nan = std::any_of(trial.outputs.begin(), trial.outputs.end(),
                                     [](const Comparison& output) { return output.nan_expected > 0; });
    if (has_nan && trial.counts && trial.status == Trial::Status::kAgrees) with_nan.push_back(&trial);
    if (!trial.counts || trial.outputs.empty()) continue;
    if (trial.status == Trial::Status::kDiffers && report.reason.empty())
      report.reason = concat(trial.reason, " (", trial.name(), ")");
    if (trial.status == Trial::Status::kUnstable) continue;
    report.outputs.resize(std::max(report.outputs.size(), trial.outputs.size()));
    for (std::size_t i = 0; i < trial.outputs.size(); ++i) {
      Comparison& worst = report.outputs[i];
      const Comparison& other = trial.outputs[i];
      const bool is_worse = worst.trial.empty() || (worst.passed && !other.passed) ||
                            (worst.passed == other.passed && other.excess > worst.excess);
      if (is_worse) worst = other;
    }
  }
  const bool differs = !report.reason.empty();
  report.passed = has_run_ && !differs;
  if (!has_run_) report.reason = trials_.empty() ? "there is nothing to try" : trials_.front().reason;
  if (!unstable.empty())
    report.findings.add(
        note("convert.compare-unstable",
             std::any_of(unstable.begin(), unstable.end(), [](const Trial* trial) { return is_ordinary(trial->kind); })
                 ? Severity::kWarning
                 : Severity::kInfo,
             concat(unstable.size(), " of ", trials_.size(),
                    " trials show nothing, since the first differs as much from itself when the input "
                    "hardly changes: ",
                    names_of(unstable))));
  if (!with_nan.empty())
    report.findings.add(
        note("convert.compare-nan", Severity::kInfo, concat("both give NaN at the same places: ", names_of(with_nan))));
  if (!first_nan.empty())
    report.findings.add(note("convert.compare-nan", Severity::kInfo,
                             concat("the first alone gives NaN, of extreme inputs, which does not count: ",
                                    names_of(first_nan), "; elsewhere the second agrees")));
  if (!other_nan.empty())
    report.findings.add(note("convert.compare-not-finite", Severity::kWarning,
                             concat("the two treat NaN and infinities of the input differently, which does not count: ",
                                    names_of(other_nan), "; ", other_nan.front()->reason)));
  if (!refused.empty() && has_run_)
    report.findings.add(note("convert.compare-refused", Severity::kInfo,
                             concat(refused.size(), " of ", trials_.size(), " inputs could not be compared: ",
                                    names_of(refused), "; ", refused.front()->reason)));
  if (!slow.empty() && has_run_)
    report.findings.add(note("convert.compare-time", Severity::kInfo,
                             concat("not compared, and none after it: ", names_of(slow), "; ", slow.front()->reason)));
  if (!late.empty())
    report.findings.add(note("convert.compare-time", Severity::kInfo,
                             concat(late.size(), " of ", trials_.size(), " trials were left out, since ", spent_,
                                    " s had been spent: ", names_of(late))));
  if (!has_run_) report.error = first_error_;
  report.is_too_slow = !has_run_ && !whys_.empty() && whys_.front() == Why::kTooSlow;
  if (has_run_) {
    // Those of which no trial says anything.
    for (std::size_t i = 0; i < sides_.outputs.size(); ++i) {
      if (i >= report.outputs.size()) report.outputs.emplace_back().passed = true;
      if (report.outputs[i].id.empty()) report.outputs[i].id = sides_.outputs[i].id;
    }
    find_what_proves_nothing(report);
  }
  report.trials = std::move(trials_);
  return report;
}

}  // namespace zooport::convert
