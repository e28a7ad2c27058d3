#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/golden/npz.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/process/registry.hpp"

// The recorded cases of data/golden/processing (its README says what they are).
namespace zooport::testing::golden {

struct Step {
  std::string name;
  process::Parameters parameters;
};

struct CaseTensor {
  std::string id;
  tensor::Axes axes;
  std::vector<Step> steps;  // implied ones included
};

struct Case {
  std::string id;
  std::string format;
  std::string note;
  std::string error;  // recorded stage; empty: none
  std::vector<CaseTensor> tensors;
  std::vector<std::map<std::string, std::string>> samples;  // tensor to key of the array
  std::vector<std::map<std::string, std::string>> outputs;
};

// docs/differences.md, Processing: a list of thresholds along an axis that is not the last one; softmax of integers.
inline const std::set<std::string> kDiffersOnPurpose = {"p0039", "p0119", "p0120"};

std::vector<Case> processing_cases(const std::string& folder);

}  // namespace zooport::testing::golden
