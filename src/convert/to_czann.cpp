#include "zooport/convert/to_czann.hpp"

#include <algorithm>
#include <limits>

#include "convert/czann_package.hpp"
#include "convert/czann_verify.hpp"
#include "convert/zen_copy.hpp"
#include "convert/zen_file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

class ToCzann {
 public:
  ToCzann(const Loaded& loaded, const CzannOptions& options, EngineOnDemand engine, const Context& context,
          ConversionReport& report)
      : loaded_(loaded), options_(options), on_demand_(std::move(engine)), context_(context), report_(report) {}

  Result<void> make() {
    ZOOPORT_TRY_ASSIGN(source_, zen_source_of(loaded_, options_, context_, report_));
    ZOOPORT_TRY_ASSIGN(version_, choose_czann_version(source_, options_, report_));
    if (loaded_.package && archive::looks_like_zip(source_.network.span())) return copy_savedmodel();
    ZOOPORT_TRY_ASSIGN(plan_, plan_for_zen(source_, options_, Delivered::kDividedByTypeMaximum, context_, report_));
    ZOOPORT_TRY_ASSIGN(is_copied_, may_be_copied(source_, plan_, version_.ceiling()));
    ZOOPORT_TRY(is_copied_ ? copy_network() : change_network());
    return loaded_.legacy ? look_back_at_legacy() : Result<void>();
  }

  Result<void> write(const std::string& dest) {
    return write_verified(
        package_, dest, options_, [this](const ZenFile& file) { return verify(file); }, report_, context_);
  }

 private:
  bool forces() const { return options_.on_failure == CzannOptions::OnFailure::kWriteAnyway; }

  Result<void> look_back_at_legacy() {
    std::string kept;
    if (options_.embed == CzannOptions::Embed::kDescription) {
      ZOOPORT_TRY_ASSIGN(Bytes xml, loaded_.opened.root->read(loaded_.legacy->xml_name, context_));
      kept = concat(loaded_.legacy->xml_name, " inside the archive");
      package_.others.push_back({loaded_.legacy->xml_name, std::move(xml)});
    }
    list_legacy_losses(loaded_.legacy->metadata, kept, report_);
    return {};
  }

  Result<void> copy_savedmodel() {
    if (!options_.spatial_dims.empty())
      return make_error(ErrorKind::kUnsupported, "convert.saved-model",
                        concat("the network is a TensorFlow SavedModel, whose tile cannot be changed"));
    if (version_.specification >= czann::Specification::kCzann200)
      return make_error(ErrorKind::kUnsupported, "convert.saved-model",
                        concat("the network is a TensorFlow SavedModel, which CZANN ",
                               czann::name_of(version_.specification), " does not hold any more"));
    is_copied_ = true;
    report_.steps.push_back(copy_step(source_.network));
    ZOOPORT_TRY_ASSIGN(package_, make_czann_package(loaded_, source_, options_, version_));
    return {};
  }

  Result<void> copy_network() {
    report_.steps.push_back(copy_step(source_.network));
    if (loaded_.package && options_.spatial_dims.empty()) {
      ZOOPORT_TRY_ASSIGN(package_, make_czann_package(loaded_, source_, options_, version_));
      return {};
    }
    // What the tile makes of open sizes.
    onnx::Model fixed = plan_.network;
    std::vector<std::string> unused;
    ZOOPORT_TRY(fix_tile(fixed, plan_.graph_request(source_), unused));
    ZOOPORT_TRY_ASSIGN(ZenNetwork network, zen_network_of(fixed, source_.network));
    ZOOPORT_TRY(require_size_of_input(plan_.type, network));
    ZOOPORT_TRY_ASSIGN(package_, make_czann_package(loaded_, source_, options_, version_, plan_, std::move(network)));
    return {};
  }

  Result<void> change_network() {
    auto engine = on_demand_.get();
    if (!engine && !forces()) return engine.error();
    if (engine) engine_ = *engine;
    ZOOPORT_TRY_ASSIGN(ZenNetwork made, changed_network(source_, plan_, version_.ceiling(), report_));
    if (czann::needs_classes(plan_.type) && made.output_shape.back() < 2 && !forces())
      return make_error(ErrorKind::kUnsupported, "convert.does-not-fit",
                        concat("a CZANN of type ", czann::name_of(plan_.type),
                               " has at least two classes, and the network gives one channel; --type Regression packs "
                               "it as an image"));
    ZOOPORT_TRY_ASSIGN(package_, make_czann_package(loaded_, source_, options_, version_, plan_, std::move(made)));
    return {};
  }

  Result<void> verify(const ZenFile& file) {
    ZOOPORT_TRY_ASSIGN(const Bytes archive, file.read_back());
    if (is_copied_) return compare_bytes(archive);
    if (!engine_) {
      report_.verification.reason = "no engine";
      return {};
    }
    return compare_results(archive);
  }

  Result<void> compare_bytes(const Bytes& archive) {
    // Metadata that people give have to go with a network that nobody has changed.
    ZOOPORT_TRY_ASSIGN(czann::ReadResult read, czann::read(archive, context_));
    Diagnostics findings = std::move(read.findings);
    if (read.package) findings.add(czann::check(*read.package, {.target = options_.target}, context_));
    if (!read.package || (findings.has_errors() && !forces())) return first_error(findings);
    compare_copy(read.package->network, source_.network, report_);
    report_.findings.add(std::move(findings));
    return {};
  }

  static Error first_error(const Diagnostics& findings) {
    Error error = make_error(ErrorKind::kInvalid, "convert.does-not-fit", "the CZANN would not be valid");
    for (const Diagnostic& finding : findings.items()) {
      if (finding.severity != Severity::kError) continue;
      if (error.what.related.empty())
        error.what.message = concat("the CZANN would not be valid: ", to_text(finding.path),
                                    finding.path.empty() ? "" : ": ", finding.message, "; --force writes it anyway");
      error.what.related.push_back({finding.message, finding.span, finding.path});
    }
    return error;
  }

  Result<void> compare_results(const Bytes& archive) {
    ZOOPORT_TRY_ASSIGN(czann::Package made, read_made_czann(archive, context_));
    ZOOPORT_TRY_ASSIGN(model::Model model, czann::to_model(std::move(made)));
    return compare_for_zen(std::move(model), source_, plan_, Delivered::kDividedByTypeMaximum, options_.weights,
                           engine_, context_, report_);
  }

  const Loaded& loaded_;
  const CzannOptions& options_;
  EngineOnDemand on_demand_;
  const Context& context_;
  ConversionReport& report_;

  ZenSource source_;
  CzannVersion version_;
  ZenPlan plan_;
  std::shared_ptr<engine::Engine> engine_;
  czann::Package package_;
  bool is_copied_ = false;
};

}  // namespace

Result<void> CzannOptions::validate() const {
  const auto refuse = [](std::string message) {
    return make_error(ErrorKind::kUsage, "convert.options", std::move(message));
  };
  if (!id.empty() && !czann::is_uuid(id)) return refuse(concat("--id ", printable(id), " is no UUID"));
  for (const std::int64_t overlap : min_overlap)
    if (overlap < 0 || overlap % 2 != 0) return refuse(concat("--min-overlap ", overlap, "; expected even numbers"));
  for (const std::int64_t size : spatial_dims)
    if (size < 1) return refuse(concat("--spatial-dims ", size, "; expected sizes of at least 1"));
  if (source_dtype && *source_dtype != tensor::Dtype::kUint8 && *source_dtype != tensor::Dtype::kUint16 &&
      *source_dtype != tensor::Dtype::kFloat32)
    return refuse("--source-dtype: expected uint8, uint16 or float32");
  if ((statistics == Statistics::kOfImage) == statistics_image.empty())
    return refuse("statistics of an image need that image, and nothing else does");
  if (!scaling.empty() && scaling.size() != 2 && scaling.size() != 3)
    return refuse("--scaling: expected two or three numbers, metres along x, y (and z)");
  for (const double size : scaling)
    if (!(size > 0) || size > std::numeric_limits<double>::max())
      return refuse(concat("--scaling ", size, "; expected metres a pixel"));
  return {};
}

Result<ConversionReport> to_czann(const Loaded& source, const std::string& dest, const CzannOptions& options,
                                  EngineOnDemand engine, const Context& context) {
  ZOOPORT_TRY(options.validate());
  ZOOPORT_TRY(ZenFile::require_free(dest, options.if_present));
  ConversionReport report = begin_report(source.opened, dest, "czann");
  ToCzann conversion(source, options, std::move(engine), context, report);
  ZOOPORT_TRY(conversion.make());
  list_losses(source, options, report);
  ZOOPORT_TRY(conversion.write(dest));
  return report;
}

}  // namespace zooport::convert
