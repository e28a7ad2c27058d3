#pragma once

#include "zooport/convert/load.hpp"
#include "zooport/convert/spec_source.hpp"

namespace zooport::convert {

// What is wrong with the package that a specification asks for, without what a conversion mends by itself (opset and IR
// version). Files and places are those of the specification and of the network that it names.
Diagnostics check_spec_package(const SpecSource& source, const SpecPackage& packed, const Context& context);

struct LoadedSpec {
  Loaded loaded;
  SpecPackage packed;
};
// Errors: those of read_spec() and pack_spec(), convert.invalid-source.
Result<LoadedSpec> load_spec(Opened opened, const SpecCall& call, const Context& context);
// `opened` says what people call it.
Result<LoadedSpec> load_spec_files(Opened opened, SpecSource source, const SpecCall& call, const Context& context);

}  // namespace zooport::convert
