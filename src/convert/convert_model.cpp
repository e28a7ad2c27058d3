#include "zooport/convert/convert_model.hpp"

#include "convert/czann_version.hpp"
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
    options.license_name = os::file_name(request.license_file);
  }
  if (!request.czann_version.empty()) {
    ZOOPORT_TRY_ASSIGN(options.specification, czann_version_named(request.czann_version));
  }
  if (!request.target.empty()) {
    ZOOPORT_TRY_ASSIGN(options.target, czann::zen_version_named(request.target));
  }
  return options;
}

}  // namespace

std::string format_to_write(const ConvertRequest& request, const std::string& dest) {
  const std::string to = request.to.empty() ? format_of(dest) : request.to;
  return to == "czmodel" ? "czseg" : to;  // the same under another name
}

Result<ConversionReport> convert_model(const Loaded& source, const std::string& dest, const ConvertRequest& request,
                                       EngineOnDemand engine, const Context& context) {
  const std::string to = format_to_write(request, dest);
  if (to != "czann" && to != "czseg") {
    std::string what = concat("models cannot be written as ", printable(to), " yet, only as czann or czseg");
    if (request.to.empty()) what += concat("; ", printable(dest), " ends in none of .czann, .czseg and .czmodel");
    return make_error(ErrorKind::kUnsupported, "convert.unsupported-dest", std::move(what));
  }
  const auto only_for = [](std::string_view option, std::string_view format) {
    return make_error(ErrorKind::kUsage, "convert.options", concat(option, " is of ", format, " alone"));
  };
  if (to == "czseg" && !request.czann_version.empty()) return only_for("--czann-version", "czann");
  if (to == "czann" && !request.legacy.pixel_types.empty()) return only_for("--pixel-type", "czseg");
  if (to == "czann" && !request.legacy.color_handling.empty()) return only_for("--color-handling", "czseg");
  ZOOPORT_TRY_ASSIGN(const CzannOptions options, complete(request, context));
  if (to == "czseg") return to_legacy(source, dest, options, request.legacy, std::move(engine), context);
  return to_czann(source, dest, options, std::move(engine), context);
}

}  // namespace zooport::convert
