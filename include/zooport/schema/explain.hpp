#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/result.hpp"
#include "zooport/schema/object.hpp"

namespace zooport::schema {

// What the tables say about one field, for people. Texts that do not apply are empty.
struct FieldFacts {
  // From the root: "inputs[].preprocessing[].scale_range.kwargs.mode". [] is any item of a list, * any key of a
  // mapping, and a member of a union that is told apart by a name stands under that name.
  std::string path;
  std::string node;     // the mapping that it is a field of: "ScaleRangeKwargs"
  std::string name;     // "mode"
  std::string summary;  // a few words
  std::string about;    // sentences
  std::string type;     // in words: "list of whole numbers, or null"
  bool is_required = false;
  std::string fallback;  // as JSON, where it may be left out
  std::vector<std::string> choices;
  std::vector<std::string> constraints;  // conditions in words; an error if broken
  struct Warning {
    Severity severity;
    std::string expected;
  };
  std::vector<Warning> warnings;
  std::string since;    // version of the format
  std::string example;  // YAML
  // Fields of the mappings that it holds, one entry for each of them, and the rules over several of them.
  struct Part {
    std::string node;
    std::string tag;  // where the mapping is a member of a union that is told apart by a name
    std::string about;
    struct Member {
      std::string name;
      std::string summary;
      bool is_required;
    };
    std::vector<Member> fields;
    std::vector<std::string> rules;
    bool takes_others = false;  // other fields are kept or ignored
  };
  std::vector<Part> parts;
};

// Fields that `path` names below `root`, in the order of the tables; the root itself where it is empty. A path is names
// with dots between; [], [3] and [*] go into lists and may be left out, as may names of union members and `kwargs`; *
// is any name, ** everything below. An error (kUsage) if there is none; it suggests the nearest.
Result<std::vector<FieldFacts>> explain(const ObjectType& root, std::string_view path);

}  // namespace zooport::schema
