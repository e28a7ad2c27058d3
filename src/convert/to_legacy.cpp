#include "zooport/convert/to_legacy.hpp"

#include <algorithm>

#include "convert/czann_package.hpp"
#include "convert/czann_verify.hpp"
#include "convert/legacy_plan.hpp"
#include "convert/zen_copy.hpp"
#include "convert/zen_file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

constexpr czann::Specification kWritten = czann::Specification::kLegacy310;

Error no_legacy(std::string message) {
  return make_error(ErrorKind::kUnsupported, "convert.legacy", std::move(message));
}

std::string stem(const std::string& path) {
  const std::string name = os::file_name(path);
  return name.substr(0, name.rfind('.'));
}

class ToLegacy {
 public:
  ToLegacy(const Loaded& loaded, const CzannOptions& options, const LegacyOptions& legacy, EngineOnDemand engine,
           const Context& context, ConversionReport& report)
      : loaded_(loaded),
        options_(options),
        legacy_(legacy),
        on_demand_(std::move(engine)),
        context_(context),
        report_(report) {}

  Result<void> make() {
    ZOOPORT_TRY(require_loadable(kWritten, options_.target));
    ZOOPORT_TRY_ASSIGN(source_, zen_source_of(loaded_, options_, context_, report_));
    ZOOPORT_TRY(require_segmentation());
    ZOOPORT_TRY(choose_pixels());
    ZOOPORT_TRY_ASSIGN(plan_, plan_for_zen(source_, options_, delivered(), context_, report_));
    ZOOPORT_TRY_ASSIGN(is_copied_, may_be_copied(source_, plan_, ceiling()));
    is_copied_ = is_copied_ && is_tile_declared();
    return is_copied_ ? copy_network() : change_network();
  }

  Result<void> write(const std::string& dest) {
    return write_verified(
        package_, dest, options_, [this](const ZenFile& file) { return verify(file); }, report_, context_);
  }

 private:
  bool forces() const { return options_.on_failure == CzannOptions::OnFailure::kWriteAnyway; }

  static GraphCeiling ceiling() { return {czann::newest_opset(kWritten), czann::newest_ir_version(kWritten)}; }

  // Only a CZSEG that says so has its pixels divided; the real package writes none such.
  Delivered delivered() const {
    const bool divides = source_.legacy && source_.legacy->scale_inputs_by_bit_depth.value_or(false);
    return divides ? Delivered::kDividedByTypeMaximum : Delivered::kAsTheyAre;
  }

  Result<void> require_segmentation() {
    using Type = czann::ModelType;
    const bool says = options_.type || source_.metadata;
    const Type type =
        options_.type.value_or(source_.metadata ? source_.metadata->type : Type::kSingleClassSemanticSegmentation);
    if (type != Type::kSingleClassSemanticSegmentation && type != Type::kMultiClassSemanticSegmentation)
      return no_legacy(concat("a CZSEG holds semantic segmentation only, no ", czann::name_of(type)));
    if (!says) report_.assumptions.push_back({"type", std::string(czann::name_of(type)), "--type"});
    if (type == Type::kMultiClassSemanticSegmentation)
      report_.losses.push_back({"Type", "a CZSEG does not tell segmentation into many classes from others", ""});
    options_.type = type;
    if (source_.model.inputs.size() == 1 && source_.model.inputs[0].find_axis("z") >= 0)
      return no_legacy("a CZSEG is for two-dimensional images; this model has an axis z");
    return {};
  }

  Result<void> choose_pixels() {
    LegacyOptions legacy = legacy_;
    const bool is_asked = !legacy.pixel_types.empty() || !legacy.color_handling.empty();
    const WordsOf words = source_.legacy && !is_asked ? WordsOf::kSource : WordsOf::kCaller;
    if (source_.legacy) {
      if (legacy.pixel_types.empty()) legacy.pixel_types = source_.legacy->pixel_types;
      if (legacy.color_handling.empty()) legacy.color_handling = source_.legacy->color_handling;
    }
    if (source_.model.inputs.size() != 1) return {};  // refused by the plan
    ZOOPORT_TRY_ASSIGN(const std::int64_t channels, channels_of_network());
    ZOOPORT_TRY_ASSIGN(words_, plan_legacy(legacy, words, options_, channels, report_));
    // A bare graph is told apart by the option; what it gets is the same here.
    options_.source_dtype = words_.pixels;
    return {};
  }

  Result<std::int64_t> channels_of_network() const {
    const model::TensorSpec& input = source_.model.inputs[0];
    const int channel = input.find_axis("channel");
    if (channel >= 0)
      if (const auto* size = std::get_if<model::ParametrizedSize>(&input.axes[static_cast<std::size_t>(channel)].size))
        return size->min;
    return make_error(ErrorKind::kUnsupported, "convert.axes", "the number of channels of the input is not known");
  }

  // Sizes have to stand in the network: a CZSEG has no other place for them.
  bool is_tile_declared() const {
    for (const onnx::ValueInfo* value :
         {plan_.network.graph.required_inputs().at(0), &plan_.network.graph.outputs.at(0)}) {
      if (!value->type.shape || value->type.shape->size() != 4) return false;
      if (!(*value->type.shape)[1].value || !(*value->type.shape)[2].value) return false;
    }
    return true;
  }

  Result<void> copy_network() {
    report_.steps.push_back(copy_step(source_.network));
    ZOOPORT_TRY_ASSIGN(ZenNetwork network, zen_network_of(plan_.network, source_.network));
    return assemble(std::move(network));
  }

  Result<void> change_network() {
    auto engine = on_demand_.get();
    if (!engine && !forces()) return engine.error();
    if (engine) engine_ = *engine;
    ZOOPORT_TRY_ASSIGN(ZenNetwork made, changed_network(source_, plan_, ceiling(), report_));
    return assemble(std::move(made));
  }

  Result<void> assemble(ZenNetwork network) {
    ZOOPORT_TRY(require_size_of_input(plan_.type, network));
    czann::LegacyMetadata& metadata = package_.metadata;
    if (source_.legacy) metadata = *source_.legacy;
    metadata.version.clear();  // as it is written
    metadata.pixel_types = words_.pixel_types;
    metadata.color_handling = words_.color_handling;
    ZOOPORT_TRY(put_classes(network.output_shape.back()));
    put_border();
    if (!options_.spatial_dims.empty() && metadata.tile_height) {
      metadata.tile_height = network.input_shape[0];
      metadata.tile_width = network.input_shape[1];
    }
    const std::string of_source = source_.metadata ? source_.metadata->name : source_.model.name;
    metadata.name = !options_.name.empty() ? options_.name : of_source;
    if (metadata.name.empty()) metadata.name = stem(loaded_.opened.location);
    package_.network = std::move(network.bytes);
    package_.others = zen_members(loaded_, source_, options_);
    list_what_has_no_element();
    metadata.id = !options_.id.empty() ? options_.id : source_.metadata ? source_.metadata->id : std::string();
    if (metadata.id.empty()) metadata.id = czann::content_id(package_.network, czann::write_legacy_metadata(metadata));
    drop_members_in_the_way();
    return {};
  }

  // The XML that came along when this was a CZSEG before, say.
  void drop_members_in_the_way() {
    const std::string id = to_lower(package_.metadata.id);
    std::erase_if(package_.others, [&](const czann::Member& member) {
      const std::string name = to_lower(member.name);
      const bool is_taken = name == id + ".xml" || name == id + ".model" || name == "modelid=" + id;
      if (is_taken) report_.losses.push_back({printable(member.name), "a czseg has a member of that name itself", ""});
      return is_taken;
    });
  }

  // Names by channel; colours of a CZSEG stay, others are those that the real package gives.
  Result<void> put_classes(std::int64_t channels) {
    ZOOPORT_TRY_ASSIGN(const std::vector<std::string> names, names_of_classes(plan_, channels));
    std::vector<czann::SegmentationClass>& classes = package_.metadata.classes;
    const std::vector<czann::Color> colours = czann::class_colors(names.size());
    const bool keeps = classes.size() == names.size();
    if (!keeps) classes.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      classes[i].name = names[i];
      if (keeps) continue;
      classes[i].color = colours[i];
      classes[i].label = static_cast<std::int64_t>(i) + 1;
    }
    return {};
  }

  void put_border() {
    const std::int64_t most = *std::max_element(plan_.border.begin(), plan_.border.end());
    const bool are_equal = std::all_of(plan_.border.begin(), plan_.border.end(), [&](auto one) { return one == most; });
    if (!are_equal)
      report_.assumptions.push_back({"border", concat(most, " pixels on all sides, the largest one"), "--min-overlap"});
    package_.metadata.border_size = {most};
    std::fill(plan_.border.begin(), plan_.border.end(), most);
  }

  void list_what_has_no_element() {
    if (!source_.metadata || source_.legacy) return;
    const czann::Metadata& before = *source_.metadata;
    const auto lose = [&](std::string what) {
      report_.losses.push_back({std::move(what), "a czseg has no element for it", ""});
    };
    if (!before.scaling.empty()) lose("Scaling");
    for (const czann::ExtraKey& key : before.extra) lose(printable(key.name));
  }

  Result<void> verify(const ZenFile& file) {
    ZOOPORT_TRY_ASSIGN(const Bytes archive, file.read_back());
    ZOOPORT_TRY_ASSIGN(czann::LegacyReadResult read, czann::read_legacy(archive, context_));
    if (!read.package || read.findings.has_errors()) {
      Error error = make_error(ErrorKind::kInternal, "convert.wrote-invalid", "the CZSEG that was made is not valid");
      for (const Diagnostic& finding : read.findings.items()) error.what.related.push_back({finding.message, {}, {}});
      return error;
    }
    if (is_copied_) {
      compare_copy(read.package->network, source_.network, report_);
      return {};
    }
    if (!engine_) {
      report_.verification.reason = "no engine";
      return {};
    }
    ZOOPORT_TRY_ASSIGN(model::Model made, czann::to_model(std::move(*read.package)));
    return compare_for_zen(std::move(made), source_, plan_, delivered(), options_.weights, engine_, context_, report_);
  }

  const Loaded& loaded_;
  CzannOptions options_;
  const LegacyOptions& legacy_;
  EngineOnDemand on_demand_;
  const Context& context_;
  ConversionReport& report_;

  ZenSource source_;
  LegacyPlan words_;
  ZenPlan plan_;
  std::shared_ptr<engine::Engine> engine_;
  czann::LegacyPackage package_;
  bool is_copied_ = false;
};

}  // namespace

Result<ConversionReport> to_legacy(const Loaded& source, const std::string& dest, const CzannOptions& options,
                                   const LegacyOptions& legacy, EngineOnDemand engine, const Context& context) {
  ZOOPORT_TRY(options.validate());
  ZOOPORT_TRY(ZenFile::require_free(dest, options.if_present));
  ConversionReport report = begin_report(source.opened, dest, "czseg");
  ToLegacy conversion(source, options, legacy, std::move(engine), context, report);
  ZOOPORT_TRY(conversion.make());
  list_losses(source, options, report);
  ZOOPORT_TRY(conversion.write(dest));
  return report;
}

}  // namespace zooport::convert
