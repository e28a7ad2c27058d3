#pragma once

#include <memory>
#include <string>

#include "zooport/convert/convert_model.hpp"
#include "zooport/convert/spec_source.hpp"

namespace zooport::convert {

// What is asked of the network beside the format: sizes, operations, and whether a SavedModel may be packed unread.
// Operations stand outside of those that the model itself describes: `pre` works on what the caller gives, in the order
// of the list, `post` on what comes out last. Sizes are CzannOptions::spatial_dims.
struct NetworkCall {
  std::vector<std::string> pre;  // docs/processing.md: "scale(1/255)"
  std::vector<std::string> post;
  SpecCall::SavedModel savedmodel = SpecCall::SavedModel::kRefuse;
};

// Opens a source of any kind and converts it. Of a conversion specification, operations and sizes that are given here
// replace its own; the result is compared with the kernels of the operations around the network as it was, and nothing
// is written if they differ. Errors: those of load_model(), pack_spec() and convert_model(); operations: kUsage with
// "--pre" or "--pre 2" as `file` and a span in its text.
Result<ConversionReport> convert_source(const std::string& source, const std::string& dest,
                                        const ConvertRequest& request, const NetworkCall& call, EngineOnDemand engine,
                                        const Context& context);

// The text behind errors of operations, by the `file` that they name.
std::map<std::string, Bytes, std::less<>> option_texts(const NetworkCall& call);

}  // namespace zooport::convert
