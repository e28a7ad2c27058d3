#include "zooport/base/text.hpp"
#include "zooport/engine/engine.hpp"

namespace zooport::engine {

namespace {

bool is_device(std::string_view device) {
  if (device == "cpu" || device == "cuda") return true;
  if (!device.starts_with("cuda:")) return false;
  const std::string_view number = device.substr(5);
  return !number.empty() && number.size() <= 3 && number.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<void> SessionOptions::validate() const {
  if (!is_device(device)) {
    return make_error(ErrorKind::kUsage, "engine.device",
                      concat("expected the device cpu, cuda or cuda:N, found \"", printable(device), "\""));
  }
  if (deadline && deadline->count() <= 0) {
    return make_error(ErrorKind::kUsage, "engine.deadline-not-positive", "the deadline of a run has to be positive");
  }
  for (const FixedInput& input : fixed) {
    const std::int64_t count = tensor::element_count(input.shape);
    if (count < 0 || input.bytes.size() / tensor::size_of(input.dtype) != static_cast<std::uint64_t>(count) ||
        input.bytes.size() % tensor::size_of(input.dtype) != 0) {
      return make_error(ErrorKind::kUsage, "engine.input-mismatch",
                        concat("the fixed input ", printable(input.name), " of shape ", shape_text(input.shape),
                               " has ", input.bytes.size(), " bytes"));
    }
  }
  return {};
}

}  // namespace zooport::engine
