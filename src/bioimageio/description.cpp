#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {

Description::Description() = default;
Description::Description(const Description&) = default;
Description::Description(Description&&) noexcept = default;
Description& Description::operator=(const Description&) = default;
Description& Description::operator=(Description&&) noexcept = default;
Description::~Description() = default;

const ResourceDescription* Description::resource() const {
  return std::visit(
      [](const auto& known) -> const ResourceDescription* {
        if constexpr (std::is_same_v<decltype(known), const std::monostate&>)
          return nullptr;
        else
          return &known;
      },
      content);
}

std::string_view to_text(Status status) {
  constexpr std::string_view kNames[] = {"valid", "invalid", "unreadable", "unsupported"};
  return kNames[static_cast<std::size_t>(status)];
}

}  // namespace zooport::bioimageio
