#include "zooport/convert/convert_model.hpp"

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

// The format that the ending of a name promises.
std::string format_of(const std::string& dest) {
  if (ends_with_ignoring_case(dest, ".czann")) return "czann";
  if (ends_with_ignoring_case(dest, ".czseg") || ends_with_ignoring_case(dest, ".czmodel")) return "czseg";
  if (ends_with_ignoring_case(dest, ".onnx")) return "onnx";
  return "bioimageio";
}

Result<CzannOptions> complete(const ConvertRequest& request, const Context& context) {
  CzannOptions options = request.czann;
  if (!request.type.empty()) {
    options.type = czann::model_type_named(request.type);
    if (!options.type) {
      std::vector<std::string> names;
      for (const std::string_view name : czann::model_type_names()) names.emplace_back(name);
      return make_error(ErrorKind::kUsage, "convert.options",
                        concat("expected one of ", join(names, ", "), " as --type, found ", printable(request.type)));
    }
  }
  if (!request.source_dtype.empty()) {
    options.source_dtype = tensor::dtype_named(request.source_dtype);
    if (!options.source_dtype)
      return make_error(
          ErrorKind::kUsage, "convert.options",
          concat("expected uint8, uint16 or float32 as --source-dtype, found ", printable(request.source_dtype)));
  }
  if (!request.license_file.empty()) {
    ZOOPORT_TRY_ASSIGN(const Bytes text, os::read_file(request.license_file, context.limits.document_bytes));
    options.license_text = text.text();
  }
  return options;
}

}  // namespace

Result<ConversionReport> convert_model(const Loaded& source, const std::string& dest, const ConvertRequest& request,
                                       std::shared_ptr<engine::Engine> engine, const Context& context) {
  const std::string to = request.to.empty() ? format_of(dest) : request.to;
  if (to != "czann") {
    std::string what = concat("models cannot be written as ", printable(to), " yet, only as czann");
    if (request.to.empty()) what += concat("; ", printable(dest), " does not end in .czann");
    return make_error(ErrorKind::kUnsupported, "convert.unsupported-dest", std::move(what));
  }
  ZOOPORT_TRY_ASSIGN(const CzannOptions options, complete(request, context));
  return to_czann(source, dest, options, std::move(engine), context);
}

}  // namespace zooport::convert
