#include "process/ops/extents.hpp"

#include "zooport/base/text.hpp"

namespace zooport::process {

Result<void> take_extents(std::string_view operation, std::initializer_list<const Along*> lists, Form& form) {
  for (const Along* list : lists) {
    const int at = list->values.size() > 1 ? tensor::find_axis(form.axes, list->axis) : -1;
    if (at < 0) continue;
    std::int64_t& extent = form.extents.at(static_cast<std::size_t>(at));
    const auto count = static_cast<std::int64_t>(list->values.size());
    if (extent >= 0 && extent != count) {
      return make_error(ErrorKind::kInvalid, "process.values-mismatch",
                        concat(operation, " has ", count, " values along ", printable(list->axis),
                               ", where the tensor has the size ", extent));
    }
    extent = count;
  }
  return {};
}

}  // namespace zooport::process
