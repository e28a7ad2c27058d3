#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "zooport/process/text.hpp"

// What is read can be written and read again, and becomes operations or is refused with a place in the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zooport;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Limits limits;
  limits.nodes = 10'000;
  const auto operations = process::parse_operations(text, limits);
  if (!operations) {
    const auto& span = operations.error().what.span;
    if (!span || span->begin > span->end || span->end > size) std::abort();
    return 0;
  }
  for (const process::TextOperation& operation : *operations) {
    const auto again = process::parse_operations(process::to_text(operation));
    if (!again || again->size() != 1 || again->front().name != operation.name) std::abort();
    if (again->front().parameters.values != operation.parameters.values) std::abort();
    for (const char* axes : {"", "bcyx", "byxc", "yx", "bczyx"}) {
      const auto made = process::make_operation(operation, tensor::axes_from_letters(axes));
      if (made && (*made)->describe().empty()) std::abort();
    }
  }
  return 0;
}
