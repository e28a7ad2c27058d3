#include "zooport/czann/package.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kMetadataName = "model.json";
constexpr std::string_view kNetworkName = "model.model";

// Case counts, and a name that is nothing but the suffix does not have it.
bool is_at_top(std::string_view name, std::string_view suffix) {
  return name.find('/') == std::string_view::npos && name.size() > suffix.size() && name.ends_with(suffix);
}

// The member of that name or else, as the real package does, the one at the top with the same suffix.
const archive::Entry* find_part(const archive::Reader& reader, std::string_view name, Diagnostics& findings) {
  if (const archive::Entry* entry = reader.find(name)) return entry;
  const std::string_view suffix = name.substr(name.rfind('.'));
  const archive::Entry* other = nullptr;
  std::size_t others = 0;
  for (const archive::Entry& entry : reader.entries())
    if (!entry.is_folder && is_at_top(entry.name, suffix)) other = &entry, ++others;
  const bool is_found = others == 1;
  Diagnostic problem;
  problem.id = is_found ? "czann.member-name" : "czann.missing-member";
  problem.severity = is_found ? Severity::kWarning : Severity::kError;
  problem.file = is_found ? other->name : std::string(name);
  problem.expected = std::string(name);
  problem.found = is_found      ? printable(other->name)
                  : others == 0 ? std::string("nothing")
                                : concat(others, " others with the suffix ", suffix);
  problem.message = concat("expected a member ", name, " at the top of the archive, found ", problem.found);
  findings.add(std::move(problem));
  return is_found ? other : nullptr;
}

model::AxisSpec axis(std::string id, tensor::AxisKind kind, std::int64_t size) {
  model::AxisSpec spec;
  spec.axis = {std::move(id), kind};
  spec.size = model::ParametrizedSize{size, 0};
  return spec;
}

model::TensorSpec tensor_spec(std::string id, const std::vector<std::int64_t>& shape) {
  model::TensorSpec spec;
  spec.id = std::move(id);
  spec.range = {0.0, 1.0};
  spec.axes.push_back(axis("batch", tensor::AxisKind::kBatch, 1));
  const std::vector<std::string> space =
      shape.size() == 4 ? std::vector<std::string>{"z", "y", "x"} : std::vector<std::string>{"y", "x"};
  for (std::size_t i = 0; i < space.size(); ++i)
    spec.axes.push_back(axis(space[i], tensor::AxisKind::kSpace, shape[i]));
  spec.axes.push_back(axis("channel", tensor::AxisKind::kChannel, shape.back()));
  return spec;
}

}  // namespace

bool is_czann(const std::vector<std::string>& members) {
  const auto has = [&](std::string_view name) {
    return std::find(members.begin(), members.end(), name) != members.end();
  };
  if (has(kMetadataName) || has(kNetworkName)) return true;
  const auto count = [&](std::string_view suffix) {
    return std::count_if(members.begin(), members.end(),
                         [&](const std::string& name) { return is_at_top(name, suffix); });
  };
  return count(".json") == 1 && count(".model") == 1 && count(".xml") + count(".yaml") + count(".yml") == 0;
}

Result<ReadResult> read(const Bytes& archive, const Context& context, Others others) {
  ZOOPORT_TRY_ASSIGN(const archive::Reader reader, archive::Reader::open(archive, context));
  ReadResult result;
  Package package;
  const archive::Entry* json = find_part(reader, kMetadataName, result.findings);
  const archive::Entry* network = find_part(reader, kNetworkName, result.findings);
  if (!json || !network) return result;
  result.metadata_name = json->name;
  for (const archive::Entry& entry : reader.entries()) {
    if (entry.is_folder || &entry == json || &entry == network) continue;
    if (others == Others::kVerify) {
      ZOOPORT_TRY(reader.read(
          entry, [](std::span<const std::byte>) { return Result<void>(); }, context));
      package.others.push_back({entry.name, {}});
      continue;
    }
    ZOOPORT_TRY_ASSIGN(Bytes content, reader.read(entry, context));
    package.others.push_back({entry.name, std::move(content)});
  }
  ZOOPORT_TRY_ASSIGN(const Bytes text, reader.read(*json, context));
  Diagnostics of_metadata;
  Result<Metadata> metadata = read_metadata(std::string(text.text()), context.limits, of_metadata);
  if (!metadata) of_metadata.add(metadata.error().what);
  for (Diagnostic& finding : of_metadata.items()) finding.file = json->name;
  result.findings.add(std::move(of_metadata));
  if (!metadata) return result;
  package.metadata = std::move(*metadata);
  ZOOPORT_TRY_ASSIGN(package.network, reader.read(*network, context));
  result.package = std::move(package);
  return result;
}

Result<void> write(const Package& package, const archive::Sink& sink, const Context& context) {
  std::vector<archive::Member> members;
  members.push_back({std::string(kMetadataName), Bytes(write_metadata(package.metadata)), archive::Method::kStored});
  members.push_back({std::string(kNetworkName), package.network, archive::Method::kStored});
  for (const Member& other : package.others) members.push_back({other.name, other.content, archive::Method::kStored});
  return archive::write_zip(members, sink, context);
}

Result<model::Model> to_model(Package package) {
  const Metadata& metadata = package.metadata;
  for (const auto* shape : {&metadata.input_shape, &metadata.output_shape})
    if (shape->size() != 3 && shape->size() != 4)
      return make_error(ErrorKind::kInvalid, "czann.wrong-shape",
                        concat("expected a shape of 3 or 4 numbers in model.json, found ", shape_text(*shape)));
  model::Model model;
  model.name = metadata.name;
  model.format = metadata.format_version.empty() ? "czann" : concat("czann ", metadata.format_version);
  model.id = metadata.id;
  model::TensorSpec input = tensor_spec("input", metadata.input_shape);
  input.integer_pixels = model::TensorSpec::IntegerPixels::kDividedByTypeMaximum;
  model::TensorSpec output = tensor_spec("output", metadata.output_shape);
  for (std::size_t i = 0; i + 2 < output.axes.size(); ++i)
    if (i < metadata.min_overlap.size()) output.axes[i + 1].halo = (metadata.min_overlap[i] + 1) / 2;
  output.axes.back().channel_names = metadata.classes;
  model.inputs.push_back(std::move(input));
  model.outputs.push_back(std::move(output));
  model::Network network;
  network.weights = "onnx";
  network.source = std::string(kNetworkName);
  if (archive::looks_like_zip(package.network.span())) {
    network.weights = "tensorflow_saved_model";
    network.reason = "it is a zipped TensorFlow SavedModel, which cannot be read yet; convert it to ONNX";
  } else {
    network.load = [bytes = package.network](const Context& context) {
      return onnx::read_model(bytes, {.limits = context.limits, .external = nullptr});
    };
  }
  model.networks.push_back(std::move(network));
  model.open = [](const std::string& source, const Context&) -> Result<Bytes> {
    return make_error(ErrorKind::kIo, "czann.no-files",
                      concat("a CZANN refers to no files; asked for ", printable(source)));
  };
  return model;
}

}  // namespace zooport::czann
