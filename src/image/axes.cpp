#include "zooport/image/axes.hpp"

#include "zooport/base/text.hpp"

namespace zooport::image {
namespace {

constexpr std::string_view kLetters = "bticzyx";
constexpr std::int64_t kFewChannels = 4;

}  // namespace

std::string guess_axes(const tensor::Shape& shape) {
  const std::size_t rank = shape.size();
  if (rank == 0 || rank > kLetters.size()) return {};
  if (rank == 1) return "x";
  const std::int64_t last = shape[rank - 1];
  const bool channels_last =
      rank >= 3 && last >= 2 && last <= kFewChannels && shape[rank - 2] > last && shape[rank - 3] > last;
  std::string axes = channels_last ? "yxc" : "yx";
  const std::int64_t before = rank > axes.size() ? shape[rank - axes.size() - 1] : 0;
  std::string_view left = "zt";
  if (!channels_last) {
    if (rank >= 5) {
      axes = "tczyx";
    } else if (rank > axes.size() && before <= kFewChannels) {
      axes = "cyx";
    }
  }
  if (axes != "tczyx") {
    for (; axes.size() < rank && !left.empty(); left.remove_prefix(1)) axes.insert(axes.begin(), left.front());
  }
  for (const char letter : {'c', 'i', 'b'})
    if (axes.size() < rank && axes.find(letter) == std::string::npos) axes.insert(axes.begin(), letter);
  return axes;
}

Result<std::string> resolve_axes(const Info& info, const std::string& asked) {
  if (asked.empty()) return info.axes;
  bool good = asked.size() == info.shape.size();
  for (std::size_t i = 0; i < asked.size(); ++i)
    good = good && kLetters.find(asked[i]) != std::string_view::npos && asked.find(asked[i]) == i;
  if (good) return asked;
  return make_error(ErrorKind::kUsage, "image.axes",
                    concat("the axes '", printable(asked), "' do not name the ", info.shape.size(),
                           " axes of an image of shape ", shape_text(info.shape), ": give one letter of ", kLetters,
                           " for each, for example ", info.axes.empty() ? "yx" : info.axes));
}

}  // namespace zooport::image
