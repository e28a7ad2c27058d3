#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {

Description::Description() = default;
Description::Description(const Description&) = default;
Description::Description(Description&&) noexcept = default;
Description& Description::operator=(const Description&) = default;
Description& Description::operator=(Description&&) noexcept = default;
Description::~Description() = default;

namespace {

template <class Result, class F>
Result of_content(const Content& content, F&& make) {
  return std::visit(
      [&](const auto& known) -> Result {
        if constexpr (std::is_same_v<decltype(known), const std::monostate&>)
          return {};
        else
          return make(known);
      },
      content);
}

}  // namespace

const ResourceDescription* Description::resource() const {
  return of_content<const ResourceDescription*>(content, [](const ResourceDescription& known) { return &known; });
}

std::string Description::normalized() const {
  if (!is_whole) return {};
  return of_content<std::string>(content, [](const auto& known) { return schema::to_json(known); });
}

double Description::metadata_completeness() const {
  if (!is_whole) return 0;
  return of_content<double>(content, [](const auto& known) {
    const schema::Type& table = schema::type_of<std::decay_t<decltype(known)>>();
    return static_cast<double>(table.count_keys(&known, schema::Keys::kGiven)) /
           static_cast<double>(table.count_keys(&known, schema::Keys::kAll));
  });
}

std::string_view to_text(Status status) {
  constexpr std::string_view kNames[] = {"valid", "invalid", "unreadable", "unsupported"};
  return kNames[static_cast<std::size_t>(status)];
}

}  // namespace zooport::bioimageio
