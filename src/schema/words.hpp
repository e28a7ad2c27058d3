#pragma once

#include <string>
#include <vector>

#include "zooport/schema/explain.hpp"
#include "zooport/schema/facts.hpp"

namespace zooport::schema {

// A type in words: "list of whole numbers, or null".
std::string words_for(const Type& type);

// What its values have to keep to, and what may be chosen from.
void collect_conditions(const Type& type, std::vector<std::string>& constraints, std::vector<std::string>& choices);

// The mappings that its values hold.
std::vector<FieldFacts::Part> parts_of(const Type& type);

}  // namespace zooport::schema
