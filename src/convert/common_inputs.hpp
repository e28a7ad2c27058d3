#pragma once

#include <vector>

#include "convert/trial_runner.hpp"
#include "zooport/convert/compare_models.hpp"

namespace zooport::convert {

// How inputs of two models meet, and what each side gets of an image that both are to see.
class CommonInputs {
 public:
  // Error (kUnsupported, convert.compare-input): they have other numbers of inputs.
  static Result<CommonInputs> of(const Loaded& a, const Loaded& b, const Context& context);

  // A trial whose images are given: one for each input of the first model, in its order.
  struct Given {
    Trial trial;
    Pictures images;
  };
  // Those that the options name.
  Result<std::vector<Given>> named(const CompareOptions& options, const Context& context);
  // The test tensors of the first model, else of the second; none if there are none, or (with a finding) if they
  // cannot be seen as one image each.
  Result<std::vector<Given>> tests(const Context& context);
  // What is to be made: axes that images have, and a batch in front if both networks take any.
  std::vector<TrialInput> wanted(const predict::Predictor& first, const predict::Predictor& second,
                                 const CompareOptions& options);

  Pictures for_first(const Pictures& images) const;
  Pictures for_second(const Pictures& images) const;  // in its own order

  // One model takes statistics of its inputs and the other does not.
  bool statistics_differ() const;

  Diagnostics findings;  // what was done to images

 private:
  struct Meeting {
    std::size_t first = 0;  // of this input of the second: which of the first it is
    bool differs = false;   // only one of the two wants pixels divided by their type's maximum
    bool first_divides = false;
    std::optional<tensor::Dtype> type;  // of pixels, where the graph shows it
  };
  CommonInputs(const Loaded& a, const Loaded& b) : a_(a), b_(b) {}
  std::string dividing(const Meeting& meeting) const;

  const Loaded& a_;
  const Loaded& b_;
  std::vector<Meeting> meetings_;  // of each input of the second
};

}  // namespace zooport::convert
