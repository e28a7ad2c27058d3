#include "zooport/convert/check.hpp"

#include <utility>

#include "convert/check_tiling.hpp"
#include "convert/spec_load.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/open.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

using bioimageio::Status;

constexpr std::string_view kMetadataName = "model.json";

Status status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return Status::kInvalid;
    case ErrorKind::kUnsupported: return Status::kUnsupported;
    default: return Status::kUnreadable;
  }
}

bool ends_the_work(const Error& error) {
  return error.kind == ErrorKind::kCancelled || error.kind == ErrorKind::kInternal;
}

void judge(CheckReport& report, const bioimageio::CheckOptions& options) {
  report.status = Status::kValid;
  if (report.findings.has_errors()) report.status = Status::kInvalid;
  for (const Diagnostic& finding : report.findings.items())
    if (finding.severity >= options.fail_from) report.status = Status::kInvalid;
}

void refuse(CheckReport& report, const Error& error) {
  report.status = status_of(error.kind);
  Diagnostic finding = error.what;
  finding.severity = Severity::kError;  // also what would only be a warning about a file of the source
  report.findings.add(std::move(finding));
}

// Findings name the file that they speak of as people see it.
void show_files(CheckReport& report, const Opened& opened) {
  for (Diagnostic& finding : report.findings.items())
    finding.file = finding.file.empty() ? opened.source : opened.shown(finding.file);
}

Result<void> check_description(CheckReport& report, const Opened& opened, const bioimageio::CheckOptions& options,
                               const Context& context) {
  const std::string shown = opened.shown(opened.file_name);
  ZOOPORT_TRY_ASSIGN(bioimageio::Description description,
                     bioimageio::read(std::string(opened.bytes.text()), shown, options, context));
  if (options.io == bioimageio::Io::kFull && opened.root)
    ZOOPORT_TRY(bioimageio::check_io(description, *opened.root, options, context));
  report.status = description.status;
  report.type = std::move(description.type);
  report.declared_version = std::move(description.declared_version);
  report.format_version = std::move(description.format_version);
  report.normalized = description.normalized();
  report.findings = std::move(description.diagnostics);
  report.texts.emplace(shown, opened.bytes);
  return {};
}

Tiling tiling_of(const czann::Package& package) {
  Tiling tiling;
  tiling.network = package.network;
  tiling.network_name = "model.model";
  tiling.tile = package.metadata.input_shape;
  for (const std::int64_t overlap : package.metadata.min_overlap) tiling.border.push_back(overlap / 2);
  tiling.metadata_name = kMetadataName;
  tiling.tile_path = {Step::key("InputShape")};
  tiling.border_path = {Step::key("MinOverlap")};
  return tiling;
}

Identity identity_of(const czann::Package& package) {
  return {package.metadata.id, sha256_hex(package.network.span()),
          sha256_hex(as_bytes(czann::write_metadata(package.metadata)))};
}

Result<void> check_czann(CheckReport& report, const Opened& opened, const CheckOptions& options,
                         const Context& context) {
  ZOOPORT_TRY_ASSIGN(czann::ReadResult read, czann::read(opened.bytes, context, czann::Others::kVerify));
  const Result<Bytes> text = opened.root->read(read.metadata_name, context);
  const std::string_view shown_text = text ? text->text() : std::string_view();
  if (read.package) {
    const czann::Package& package = *read.package;
    Diagnostics findings = czann::check(package, {options.target, shown_text}, context);
    check_tiling(tiling_of(package), findings, context);
    czann::place_findings(shown_text, context.limits, findings);
    for (Diagnostic& finding : findings.items())
      if (finding.file == kMetadataName) finding.file = read.metadata_name;
    read.findings.add(std::move(findings));
    if (czann::is_type_known(read.findings)) report.type = czann::name_of(package.metadata.type);
    report.declared_version = package.metadata.format_version;
    report.format_version = czann::name_of(czann::specification_of(package));
    if (options.identity == CheckOptions::Identity::kHashed) report.identity = identity_of(package);
  }
  report.findings = std::move(read.findings);
  show_files(report, opened);
  if (text) report.texts.emplace(opened.shown(read.metadata_name), *text);
  judge(report, options);
  return {};
}

// Says nothing of networks whose tile is not known.
Tiling tiling_of(const czann::LegacyPackage& package) {
  const czann::LegacyMetadata& metadata = package.metadata;
  Tiling tiling;
  tiling.network = package.network;
  tiling.network_name = package.network_name;
  tiling.metadata_name = package.xml_name;
  tiling.border = metadata.border_size;
  if (tiling.border.size() == 1) tiling.border.push_back(tiling.border.front());
  tiling.border_path = {Step::key("BorderSize")};
  tiling.tile_path = {Step::key("TotalTileHeight")};
  tiling.open_sizes = {metadata.tile_height, metadata.tile_width};
  return tiling;
}

Identity identity_of(const czann::LegacyPackage& package) {
  return {package.metadata.id, sha256_hex(package.network.span()),
          sha256_hex(as_bytes(czann::write_legacy_metadata(package.metadata)))};
}

Result<void> check_czseg(CheckReport& report, const Opened& opened, const CheckOptions& options,
                         const Context& context) {
  ZOOPORT_TRY_ASSIGN(czann::LegacyReadResult read, czann::read_legacy(opened.bytes, context));
  const Result<Bytes> text = opened.root->read(read.xml_name, context);
  if (read.package) {
    const czann::LegacyPackage& package = *read.package;
    const std::string_view shown_text = text ? text->text() : std::string_view();
    Diagnostics findings = czann::check(package, {options.target, shown_text}, context);
    check_tiling(tiling_of(package), findings, context);
    czann::place_legacy_findings(shown_text, read.xml_name, context.limits, findings);
    read.findings.add(std::move(findings));
    report.type = czann::name_of(czann::ModelType::kSingleClassSemanticSegmentation);
    report.format_version = package.metadata.version;
    if (options.identity == CheckOptions::Identity::kHashed) report.identity = identity_of(package);
  }
  report.findings = std::move(read.findings);
  show_files(report, opened);
  if (text) report.texts.emplace(opened.shown(read.xml_name), *text);
  judge(report, options);
  return {};
}

Result<void> check_onnx(CheckReport& report, const Opened& opened, const CheckOptions& options,
                        const Context& context) {
  const onnx::ReadOptions reading{.limits = context.limits, .external = [&](const std::string& location) {
                                    return resource::read_only_name(*opened.root, location, context);
                                  }};
  ZOOPORT_TRY_ASSIGN(const onnx::Model model, onnx::read_model(opened.bytes, reading));
  onnx::check_model(model, report.findings);
  if (options.identity == CheckOptions::Identity::kHashed) report.identity = Identity{{}, opened.sha256.hex(), {}};
  show_files(report, opened);
  judge(report, options);
  return {};
}

// The specification, and what would become of it. Weights that cannot be read yet are no fault of it.
Result<void> check_spec(CheckReport& report, const Opened& opened, const CheckOptions& options,
                        const Context& context) {
  report.texts.emplace(opened.source, opened.bytes);
  ZOOPORT_TRY_ASSIGN(SpecSource source, read_spec(opened, context));
  report.type =
      czann::name_of(source.legacy ? czann::ModelType::kSingleClassSemanticSegmentation : source.spec.metadata.type);
  report.findings.add(std::move(source.findings));
  if (!report.findings.has_errors()) {
    ZOOPORT_TRY_ASSIGN(const SpecPackage packed, pack_spec(source, {}, context));
    report.findings.add(check_spec_package(source, packed, context));
  }
  for (Diagnostic& finding : report.findings.items())
    if (finding.file.empty()) finding.file = opened.source;
  judge(report, options);
  return {};
}

Error cannot_check(const Opened& opened) {
  Error error = make_error(
      ErrorKind::kUnsupported, "convert.unsupported-source",
      concat("expected a bioimage.io description, a CZANN, a CZSEG, a conversion specification or an ONNX file, found ",
             opened.recognised_as.empty() ? std::string("something else") : opened.recognised_as,
             ", which cannot be read yet"));
  error.what.file = opened.source;
  return error;
}

Result<void> check_opened(CheckReport& report, const Opened& opened, const CheckOptions& options,
                          const Context& context) {
  switch (opened.kind) {
    case SourceKind::kBioimageio: return check_description(report, opened, options, context);
    case SourceKind::kCzann: return check_czann(report, opened, options, context);
    case SourceKind::kCzseg: return check_czseg(report, opened, options, context);
    case SourceKind::kOnnx: return check_onnx(report, opened, options, context);
    case SourceKind::kCzmodelSpec: return check_spec(report, opened, options, context);
    case SourceKind::kUnknown: break;
  }
  return cannot_check(opened);
}

}  // namespace

Result<CheckReport> check_source(const std::string& source, const CheckOptions& options, const Context& context) {
  CheckReport report;
  report.source = source;
  const Result<Opened> opened = open_source(source, context);
  if (!opened) {
    if (ends_the_work(opened.error())) return opened.error();
    refuse(report, opened.error());
    if (report.findings.items().back().file.empty()) report.findings.items().back().file = source;
    return report;
  }
  report.kind = opened->kind == SourceKind::kUnknown ? opened->recognised_as : std::string(name_of(opened->kind));
  report.sha256 = opened->sha256;
  if (const Result<void> checked = check_opened(report, *opened, options, context); !checked) {
    if (ends_the_work(checked.error())) return checked.error();
    refuse(report, checked.error());
    if (report.findings.items().back().file.empty()) report.findings.items().back().file = source;
  }
  return report;
}

}  // namespace zooport::convert
