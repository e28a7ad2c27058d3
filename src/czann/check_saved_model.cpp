#include "czann/rules.hpp"
#include "czann/saved_model.hpp"
#include "zooport/archive/zip.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kGraphName = "saved_model.pb";
constexpr std::size_t kMostNamed = 5;

Result<SavedModelInfo> info_of(const Bytes& network, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const archive::Reader reader, archive::Reader::open(network, context));
  const archive::Entry* graph = reader.find(kGraphName);
  if (!graph)
    return make_error(ErrorKind::kInvalid, "czann.saved-model-broken",
                      concat("the archive in the place of the network has no ", kGraphName));
  if (graph->size > context.limits.document_bytes)
    return make_error(
        ErrorKind::kInvalid, "limits.document_bytes",
        concat(kGraphName, " has ", size_text(graph->size), "; raise limits.document_bytes to have it read"));
  ZOOPORT_TRY_ASSIGN(const Bytes text, reader.read(*graph, context));
  return read_saved_model(text, context.limits);
}

}  // namespace

void check_saved_model(const Bytes& network, Specification specification, const std::optional<ZenVersion>& target,
                       const Context& context, Findings& findings) {
  findings.add({"czann.saved-model",
                Severity::kAlert,
                {},
                "an ONNX network",
                "a zipped TensorFlow SavedModel",
                "the network is a zipped TensorFlow SavedModel: programs that read ONNX cannot run it, ZEN needs "
                "TensorFlow for it, and nothing of it can be held against model.json",
                "Convert the network to ONNX; specifications from 2.0.0 on no longer name this form."});
  const bool is_new = specification == Specification::kCzann200 || specification == Specification::kCzann210;
  if (is_new)
    findings.add({"czann.saved-model-version",
                  Severity::kError,
                  {},
                  "an ONNX network, as model.json is of 2.0.0 or later",
                  "a zipped TensorFlow SavedModel",
                  {},
                  {}});
  if (target && !is_new && (target->major > 3 || (target->major == 3 && target->minor >= 13)))
    findings.add({"czann.zen-saved-model",
                  Severity::kWarning,
                  {},
                  "an ONNX network",
                  "a zipped TensorFlow SavedModel",
                  concat("nothing says that ", name_of(*target),
                         " still loads a SavedModel; 2.0.0, the format of 3.13, "
                         "dropped it"),
                  {}});
  const auto info = info_of(network, context);
  if (!info) {
    Finding broken{info.error().what.id,      Severity::kError,      {}, {}, {},
                   info.error().what.message, info.error().what.help};
    return findings.add(std::move(broken));
  }
  std::vector<std::string> beyond;
  for (const auto& [name, count] : info->operators)
    if (!name.starts_with('_') && !is_tensorflow_operator(name)) beyond.push_back(name);
  if (beyond.empty()) return;
  const std::size_t count = beyond.size();
  if (count > kMostNamed) beyond.resize(kMostNamed);
  const std::string names = concat(join(beyond, ", "), count > kMostNamed ? ", …" : "");
  findings.add({"czann.saved-model-operators",
                Severity::kAlert,
                {},
                "operators of TensorFlow 2.0.0",
                names,
                concat("TensorFlow 2.0.0, which the specification names, has no operator ", names),
                info->tensorflow_version.empty()
                    ? std::string()
                    : concat("The network was written by TensorFlow ", info->tensorflow_version, ".")});
}

}  // namespace zooport::czann
