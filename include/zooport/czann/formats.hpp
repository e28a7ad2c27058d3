#pragma once

#include <span>

#include "zooport/schema/format.hpp"

namespace zooport::czann {

// model.json by its specifications, oldest first: "czann-1.0", …, "czann-2.1". The tables take what the published
// schemas take: keys that are missing, kinds and counts. What else is wrong with a file says check(), and a null, which
// the schemas refuse, is an absent key for read_metadata().
// Behind them "czmodel-spec", the conversion specification, for which there is no published schema.
std::span<const schema::Format> formats();

}  // namespace zooport::czann
