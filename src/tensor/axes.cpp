#include "zooport/tensor/axes.hpp"

#include <array>

namespace zooport::tensor {
namespace {

struct Row {
  char letter;
  std::string_view id;
  AxisKind kind;
};
constexpr std::array<Row, 7> kRows{{{'b', "batch", AxisKind::kBatch},
                                    {'t', "time", AxisKind::kTime},
                                    {'i', "index", AxisKind::kIndex},
                                    {'c', "channel", AxisKind::kChannel},
                                    {'z', "z", AxisKind::kSpace},
                                    {'y', "y", AxisKind::kSpace},
                                    {'x', "x", AxisKind::kSpace}}};

const Row* find(char letter) {
  for (const Row& row : kRows)
    if (row.letter == letter) return &row;
  return nullptr;
}

}  // namespace

Axes axes_from_letters(std::string_view letters) {
  Axes axes;
  for (const char letter : letters) {
    const Row* row = find(letter);
    if (row == nullptr) return {};
    axes.push_back({std::string(row->id), row->kind});
  }
  return axes;
}

std::string letters_of(const Axes& axes) {
  std::string letters;
  for (const Axis& axis : axes) {
    char letter = axis.id.empty() ? '?' : axis.id.front();
    for (const Row& row : kRows)
      if (row.id == axis.id) letter = row.letter;
    letters += letter;
  }
  return letters;
}

int find_axis(const Axes& axes, std::string_view id) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i].id == id) return static_cast<int>(i);
  return -1;
}

}  // namespace zooport::tensor
