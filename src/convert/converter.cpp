#include "zooport/convert/converter.hpp"

#include "convert/first_error.hpp"
#include "convert/spec_convert.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/convert_source.hpp"
#include "zooport/czann/czmodel.hpp"

namespace zooport::convert {
namespace {

// The file below the folder, which is made.
Result<std::string> target_of(const std::string& folder, const std::string& name,
                              std::string (*file_name)(std::string_view)) {
  if (name.empty()) return make_error(ErrorKind::kUsage, "convert.options", "a name for the output is needed");
  if (!folder.empty()) ZOOPORT_TRY(os::make_folders(folder));
  return os::join_path(folder, file_name(name));
}

ConvertRequest request_for(const Conversion& conversion, const char* to) {
  ConvertRequest request;
  request.to = to;
  request.czann.spatial_dims = conversion.spatial_dims;
  request.czann.if_present = CzannOptions::IfPresent::kReplace;
  return request;
}

SpecCall::SavedModel savedmodel_of(const Conversion& conversion) {
  return conversion.savedmodel == Conversion::SavedModel::kPack ? SpecCall::SavedModel::kPack
                                                                : SpecCall::SavedModel::kRefuse;
}

// The one that was given, or the one that is installed.
EngineOnDemand engine_for(const std::shared_ptr<engine::Engine>& engine, const Context& context) {
  if (engine) return EngineOnDemand(engine);
  return EngineOnDemand([context] { return engine::open_onnxruntime("", context); });
}

SpecCall call_of(const Conversion& conversion) {
  return {conversion.spatial_dims, conversion.preprocessing, conversion.postprocessing, savedmodel_of(conversion)};
}

// As if a file had said it.
Opened opened_of(const std::string& model) {
  Opened opened;
  opened.kind = SourceKind::kCzmodelSpec;
  opened.source = opened.location = model;
  return opened;
}

Result<Opened> open_spec(const std::string& path, czann::SpecForm form, const Context& context) {
  ZOOPORT_TRY_ASSIGN(Opened opened, open_source(path, context));
  if (opened.kind != SourceKind::kCzmodelSpec)
    return make_error(ErrorKind::kInvalid, "convert.no-spec",
                      concat(printable(path), " is no conversion specification: expected an object with ModelPath"));
  if (czann::spec_form_of(opened.bytes.text(), context.limits) != form)
    return make_error(ErrorKind::kInvalid, "convert.no-spec",
                      form == czann::SpecForm::kLegacy
                          ? concat(printable(path),
                                   " is no specification of a CZSEG: expected ModelPath, ColorHandling, "
                                   "PixelType, Classes and BorderSize beside each other")
                          : concat(printable(path), " is one of a CZSEG: LegacyConverter converts it"));
  return opened;
}

// All members below the folder, which may hold other files already: those stay.
Result<void> extract(const archive::Reader& reader, const std::string& target_dir, const Context& context) {
  ZOOPORT_TRY(os::make_folders(target_dir));
  for (const archive::Entry& entry : reader.entries()) {
    if (entry.is_folder) continue;
    ZOOPORT_TRY_ASSIGN(const Bytes content, reader.read(entry, context));
    const std::string path = os::join_path(target_dir, entry.name);
    ZOOPORT_TRY(os::make_folders(os::parent_path(path)));
    ZOOPORT_TRY(os::write_file_atomically(path, content.span(), true));
  }
  return {};
}

// A format, and the form of its specification.
struct Format {
  const char* name;
  czann::SpecForm form;
  std::string (*file_name)(std::string_view);
};
constexpr Format kCzann{"czann", czann::SpecForm::kModern, czann::czann_file_name};
constexpr Format kCzseg{"czseg", czann::SpecForm::kLegacy, czann::czseg_file_name};

Result<ConversionReport> convert_to(const Format& format, const LoadedSpec& loaded, const std::string& output_path,
                                    const Conversion& conversion, const std::shared_ptr<engine::Engine>& engine,
                                    const Context& context) {
  ZOOPORT_TRY_ASSIGN(const std::string dest, target_of(output_path, conversion.output_name, format.file_name));
  return convert_spec(loaded, dest, request_for(conversion, format.name), engine_for(engine, context), context);
}

// `Values` is what czann has of the specification, `spec` what this API has.
template <class Values, class Spec>
Result<LoadedSpec> load_made(const Spec& spec, const Conversion& conversion, const Context& context) {
  Values values;
  values.metadata = spec.model_metadata;
  values.model_path = spec.model;
  values.license_file = spec.license_file;
  ZOOPORT_TRY_ASSIGN(SpecSource source, find_spec_files(std::move(values), context));
  return load_spec_files(opened_of(spec.model), std::move(source), call_of(conversion), context);
}

Result<LoadedSpec> load_json(const Format& format, const std::string& path, const Conversion& conversion,
                             const Context& context) {
  ZOOPORT_TRY_ASSIGN(Opened opened, open_spec(path, format.form, context));
  return load_spec(std::move(opened), call_of(conversion), context);
}

}  // namespace

DefaultConverter::DefaultConverter(std::shared_ptr<engine::Engine> engine, Context context)
    : engine_(std::move(engine)), context_(std::move(context)) {}

Result<ConversionReport> DefaultConverter::convert_from_model_spec(const ModelSpec& spec,
                                                                   const std::string& output_path,
                                                                   const Conversion& conversion) const {
  ZOOPORT_TRY_ASSIGN(const LoadedSpec loaded, load_made<czann::ModelSpec>(spec, conversion, context_));
  return convert_to(kCzann, loaded, output_path, conversion, engine_, context_);
}

Result<ConversionReport> DefaultConverter::convert_from_json_spec(const std::string& path,
                                                                  const std::string& output_path,
                                                                  const Conversion& conversion) const {
  ZOOPORT_TRY_ASSIGN(const LoadedSpec loaded, load_json(kCzann, path, conversion, context_));
  return convert_to(kCzann, loaded, output_path, conversion, engine_, context_);
}

Result<UnpackedModel> DefaultConverter::unpack_model(const std::string& file, const std::string& target_dir) const {
  ZOOPORT_TRY_ASSIGN(const Bytes archive, os::read_file(file, context_.limits.model_bytes));
  ZOOPORT_TRY_ASSIGN(czann::ReadResult read, czann::read(archive, context_));
  if (!read.package || read.findings.has_errors()) return first_error(read.findings, file, ErrorKind::kInvalid);
  ZOOPORT_TRY_ASSIGN(const archive::Reader reader, archive::Reader::open(archive, context_));
  // The member that was read as the network: the one that is not metadata and not among the others.
  std::string network = "model.model";
  if (!reader.find(network)) {
    for (const archive::Entry& entry : reader.entries())
      if (entry.name.find('/') == std::string::npos && entry.name.ends_with(".model")) network = entry.name;
  }
  ZOOPORT_TRY(extract(reader, target_dir, context_));
  return UnpackedModel{std::move(read.package->metadata), os::join_path(target_dir, network), std::move(read.findings)};
}

LegacyConverter::LegacyConverter(std::shared_ptr<engine::Engine> engine, Context context)
    : engine_(std::move(engine)), context_(std::move(context)) {}

Result<ConversionReport> LegacyConverter::convert_from_model_spec(const LegacyModelSpec& spec,
                                                                  const std::string& output_path,
                                                                  const Conversion& conversion) const {
  ZOOPORT_TRY_ASSIGN(const LoadedSpec loaded, load_made<czann::LegacyModelSpec>(spec, conversion, context_));
  return convert_to(kCzseg, loaded, output_path, conversion, engine_, context_);
}

Result<ConversionReport> LegacyConverter::convert_from_json_spec(const std::string& path,
                                                                 const std::string& output_path,
                                                                 const Conversion& conversion) const {
  ZOOPORT_TRY_ASSIGN(const LoadedSpec loaded, load_json(kCzseg, path, conversion, context_));
  return convert_to(kCzseg, loaded, output_path, conversion, engine_, context_);
}

Result<UnpackedLegacyModel> LegacyConverter::unpack_model(const std::string& file,
                                                          const std::string& target_dir) const {
  ZOOPORT_TRY_ASSIGN(const Bytes archive, os::read_file(file, context_.limits.model_bytes));
  ZOOPORT_TRY_ASSIGN(czann::LegacyReadResult read, czann::read_legacy(archive, context_));
  if (!read.package || read.findings.has_errors()) return first_error(read.findings, file, ErrorKind::kInvalid);
  ZOOPORT_TRY_ASSIGN(const archive::Reader reader, archive::Reader::open(archive, context_));
  ZOOPORT_TRY(extract(reader, target_dir, context_));
  const std::string& network = read.package->network_name;
  return UnpackedLegacyModel{std::move(read.package->metadata),
                             network.empty() ? std::string() : os::join_path(target_dir, network),
                             std::move(read.findings)};
}

}  // namespace zooport::convert
