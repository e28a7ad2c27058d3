#pragma once

#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {

// Adds what only this format knows to the findings of a description that has been read: fixes that are certain (date
// forms, licence ids, quotes, lists), and the places that a rule over several fields compares. Text that a fix puts
// into quotes is escaped for them.
void complete_findings(Description& description);

// The time that a text in another form than ISO 8601 means, as ISO 8601; nothing if it may mean several.
std::optional<std::string> iso_time_of(std::string_view text);

}  // namespace zooport::bioimageio
