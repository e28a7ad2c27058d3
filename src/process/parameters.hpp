#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/process/operation.hpp"

namespace zooport::process {

// Over which axes, and which samples, a statistic is taken.
struct Scope {
  std::vector<std::string> axes;  // in the order of the tensor; empty: all
  bool over_dataset = false;
};

// Values along one axis, or one value for all (then `axis` is empty).
struct Along {
  std::vector<double> values;
  std::string axis;
};

// Takes parameters by name and type; remembers what is wrong, and says it at the end.
class ParameterReader {
 public:
  ParameterReader(std::string_view operation, const Parameters& parameters, const tensor::Axes& axes)
      : operation_(operation), parameters_(parameters), axes_(axes) {}

  bool has(std::string_view key);
  std::optional<double> number(std::string_view key);
  double number_or(std::string_view key, double otherwise) { return number(key).value_or(otherwise); }
  std::string text_or(std::string_view key, std::string_view otherwise);
  // A number or a list of them.
  std::vector<double> numbers_or(std::string_view key, double otherwise);
  // Ids from a list of ids or from letters, in the order of the tensor; empty if absent.
  std::vector<std::string> axis_ids(std::string_view key);

  // The scope by the rules of the formats (`axes`, `mode`). Without either the reference takes all samples, except in
  // scale_mean_variance.
  enum class WithoutAxes : std::uint8_t { kDataset, kSample };
  Scope scope(WithoutAxes without = WithoutAxes::kDataset);
  // The axis that lists run along: `axis`, or the one that `axes` leaves.
  std::string list_axis();
  // Both at the same length; the axis is needed if there is more than one value.
  void pair_along(std::string_view first, double otherwise_first, std::string_view second, double otherwise_second,
                  Along& first_out, Along& second_out);

  // `key`: the parameter that is to blame, where it is one.
  void fail(std::string_view why, std::string_view key = {});
  // The first thing that was wrong; a parameter that nothing asked for is wrong, too.
  Result<void> finish();

 private:
  const Value* find(std::string_view key);
  void fail_type(std::string_view key, std::string_view expected);

  std::string_view operation_;
  const Parameters& parameters_;
  const tensor::Axes& axes_;
  std::set<std::string, std::less<>> known_;
  std::optional<std::string> error_;
  std::string blamed_;  // key of the first parameter that was wrong
};

}  // namespace zooport::process
