#include "convert/trial_sizes.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace zooport::convert {
namespace {

using Purpose = TrialSizes::Purpose;
using Rules = std::map<std::string, TrialAxis>;

bool is_space(char letter) { return letter == 'x' || letter == 'y' || letter == 'z'; }

// The smallest size from `size` on that is odd, if one of the next two is.
std::int64_t odd_from(const TrialAxis& axis, std::int64_t size) {
  const std::int64_t first = axis.next(size);
  const std::int64_t second = axis.next(first + 1);
  return first % 2 != 0 || second % 2 == 0 ? first : second;
}

std::int64_t size_for(const TrialAxis& axis, Purpose purpose, std::int64_t about) {
  if (axis.is_fixed()) return axis.min;
  switch (axis.letter) {
    case 'b': return axis.next(purpose == Purpose::kTwo ? 2 : 1);
    case 'c': return axis.min;
    case 't': return axis.next(purpose == Purpose::kNotSquare ? 3 : 2);
    default: break;
  }
  // Depth is the dear one.
  const std::int64_t middle = axis.letter == 'z' ? std::max<std::int64_t>(1, about / 4) : about;
  switch (purpose) {
    case Purpose::kSmallest: return axis.is_known ? axis.min : axis.next(middle);
    case Purpose::kNotSquare:
      return axis.letter == 'x' ? axis.next(middle + middle / 2) : odd_from(axis, middle * 3 / 4);
    case Purpose::kOdd:
      return is_space(axis.letter) ? (axis.letter == 'x' ? middle + 13 : middle - middle / 4) | 1 : axis.next(middle);
    case Purpose::kMiddle:
    case Purpose::kTwo: break;
  }
  return axis.next(middle);
}

}  // namespace

std::int64_t TrialAxis::next(std::int64_t size) const {
  if (size <= min || step == 0) return min;
  return min + (size - min + step - 1) / step * step;
}

std::optional<TrialAxis> common(const TrialAxis& a, const TrialAxis& b) {
  TrialAxis both = a;
  both.is_known = a.is_known && b.is_known;
  if (a.is_fixed() || b.is_fixed()) {
    const TrialAxis& fixed = a.is_fixed() ? a : b;
    const TrialAxis& other = a.is_fixed() ? b : a;
    // What is only thought to be the step must not forbid the one size that the other side takes.
    if (other.is_fixed() ? other.min != fixed.min : other.is_known && other.next(fixed.min) != fixed.min)
      return std::nullopt;
    both.min = fixed.min;
    both.step = 0;
    return both;
  }
  both.step = std::lcm(a.step, b.step);
  both.min = a.next(b.min);
  // One round of the other's remainders shows every meeting there is.
  for (std::int64_t tries = 0; tries <= both.step / a.step; ++tries, both.min += a.step)
    if (b.next(both.min) == both.min) return both;
  return std::nullopt;
}

std::string TrialInput::letters() const {
  std::string text;
  for (const TrialAxis& axis : axes) text += axis.letter;
  return text;
}

std::vector<TrialSizes> sizes_to_try(const std::vector<TrialInput>& inputs, std::int64_t about) {
  Rules rules;
  std::size_t space = 0;
  for (const TrialInput& input : inputs) {
    std::size_t own = 0;
    for (const TrialAxis& axis : input.axes) {
      own += is_space(axis.letter) ? 1 : 0;
      if (axis.key.empty()) continue;
      const auto [place, is_new] = rules.try_emplace(axis.key, axis);
      // Where axes of one name contradict each other, each keeps its own rule: the run will tell.
      if (const auto both = common(place->second, axis); !is_new && both) place->second = *both;
    }
    space = std::max(space, own);
  }
  if (space > 2) about = std::max<std::int64_t>(8, about / 2);
  if (space < 2) about *= 2;

  std::vector<TrialSizes> all;
  for (const Purpose purpose :
       {Purpose::kMiddle, Purpose::kSmallest, Purpose::kNotSquare, Purpose::kOdd, Purpose::kTwo}) {
    TrialSizes sizes{purpose, {}};
    std::map<std::string, std::int64_t> chosen;
    for (const TrialInput& input : inputs) {
      tensor::Shape& shape = sizes.shapes.emplace_back();
      for (const TrialAxis& axis : input.axes) {
        if (axis.key.empty() || axis.is_fixed()) {
          shape.push_back(size_for(axis, purpose, about));
          continue;
        }
        const auto [size, is_new] = chosen.try_emplace(axis.key, 0);
        if (is_new) size->second = size_for(rules.at(axis.key), purpose, about);
        shape.push_back(size->second);
      }
    }
    const bool is_there =
        std::any_of(all.begin(), all.end(), [&](const TrialSizes& other) { return other.shapes == sizes.shapes; });
    if (!is_there) all.push_back(std::move(sizes));
  }
  return all;
}

TrialSizes equal_sizes(const std::vector<TrialInput>& inputs, std::int64_t size) {
  TrialSizes sizes;
  for (const TrialInput& input : inputs) {
    tensor::Shape& shape = sizes.shapes.emplace_back();
    for (const TrialAxis& axis : input.axes) shape.push_back(axis.is_fixed() ? axis.min : axis.next(size));
  }
  return sizes;
}

}  // namespace zooport::convert
