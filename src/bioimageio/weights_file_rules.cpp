#include "bioimageio/file_rules.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/image/image.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::bioimageio {
namespace {

bool is_hdf5(std::string_view start) { return start.starts_with("\x89HDF\r\n\x1a\n"); }
bool is_zip(std::string_view start) { return archive::looks_like_zip(as_bytes(start)); }
// PyTorch wrote pickles before it wrote archives.
bool is_pickle(std::string_view start) { return start.starts_with('\x80'); }

void tell_of_content(const Path& path, std::string_view expected, ProseFindings& findings) {
  findings.warn("zooport.weights-content", path, std::string(expected), "a file that begins otherwise",
                {{}, {}, "Look whether it is the right file, and whether it is whole."});
}

void check_onnx(const OnnxWeights& entry, const Path& path, Surroundings& files, ProseFindings& findings) {
  const auto bytes = files.bytes(entry.source.value);
  if (!bytes) return;
  // External data are not needed to see the operators.
  const onnx::ReadOptions options{.limits = files.context().limits,
                                  .external = [](const std::string&) -> Result<Bytes> { return Bytes(); }};
  const auto model = onnx::read_model(*bytes, options);
  if (!model) {
    if (model.error().what.id.find("external") == std::string::npos)
      findings.warn("zooport.weights-content", path, "an ONNX file that can be read", model.error().what.message);
    return;
  }
  const std::int64_t found = model->opset();
  if (!entry.opset_version || found == 0 || entry.opset_version->value == found) return;
  const Path opset = path_of({"weights", "onnx", "opset_version"});
  findings.warn("zooport.onnx-opset", opset, concat("opset ", found, ", as the file says"),
                concat(entry.opset_version->value),
                {{findings.related(path, "the file")},
                 Fix{"write the opset of the file", {{findings.node(opset).span, concat(found)}}},
                 ""});
}

// Word characters of a Python name.
bool is_name_part(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_name_part(text[at - 1])) && (end == text.size() || !is_name_part(text[end]))) return true;
  }
  return false;
}

void check_architecture(const PytorchStateDictWeights& entry, Surroundings& files, ProseFindings& findings) {
  if (!entry.architecture.is_in_file()) return;
  const auto code = files.bytes(entry.architecture.source_file());
  if (!code || has_word(code->text(), entry.architecture.name())) return;
  findings.warn(
      "zooport.architecture-name", path_of({"weights", "pytorch_state_dict", "architecture"}),
      concat("a class or function '", entry.architecture.name(), "' in ", printable(entry.architecture.source_file())),
      "no such name in it");
}

// The array or picture formats of which the name promises one that can be looked at.
bool can_be_opened(const std::string& source) {
  for (const std::string_view suffix : {".npy", ".png", ".tif", ".tiff"})
    if (ends_with_ignoring_case(source, suffix)) return true;
  return false;
}

void check_samples(const std::vector<PackagedFile>& samples, std::string_view field, Surroundings& files,
                   ProseFindings& findings) {
  for (std::size_t i = 0; i < samples.size() && !files.stopped(); ++i) {
    if (!can_be_opened(samples[i].value)) continue;
    const auto bytes = files.bytes(samples[i].value);
    if (!bytes) continue;
    const auto reader = image::open_reader(*bytes, samples[i].value, files.context());
    if (!reader && (reader.error().kind == ErrorKind::kInvalid || reader.error().kind == ErrorKind::kIo))
      findings.warn("zooport.sample-unreadable", path_of({field, i}), "an image or array that can be read",
                    reader.error().what.message);
  }
}

}  // namespace

void check_samples(const ModelDescription& model, Surroundings& files, ProseFindings& findings) {
  check_samples(model.sample_inputs, "sample_inputs", files, findings);
  check_samples(model.sample_outputs, "sample_outputs", files, findings);
}

void check_weights_files(const ModelDescription& model, Surroundings& files, ProseFindings& findings) {
  for (const auto& [format, entry] : model.weights.entries()) {
    if (files.stopped()) return;
    const Path path = path_of({"weights", to_text(format), "source"});
    if (format == WeightsFormat::kOnnx) {
      check_onnx(*model.weights.onnx, path, files, findings);
      continue;
    }
    if (format == WeightsFormat::kPytorchStateDict)
      check_architecture(*model.weights.pytorch_state_dict, files, findings);
    const auto start = files.start(entry->source.value, 16);
    if (!start) continue;
    if (format == WeightsFormat::kKerasHdf5 && !(is_hdf5(*start))) tell_of_content(path, "an HDF5 file", findings);
    if (format == WeightsFormat::kPytorchStateDict && !(is_zip(*start) || is_pickle(*start)))
      tell_of_content(path, "a file that PyTorch saved", findings);
    if (format == WeightsFormat::kTensorflowSavedModelBundle && !(is_zip(*start)))
      tell_of_content(path, "a ZIP archive of a SavedModel", findings);
    if (format == WeightsFormat::kTorchscript && !(is_zip(*start)))
      tell_of_content(path, "a TorchScript archive", findings);
  }
}

}  // namespace zooport::bioimageio
