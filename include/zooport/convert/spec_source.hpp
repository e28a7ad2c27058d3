#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/convert/open.hpp"
#include "zooport/czann/legacy_model_spec.hpp"
#include "zooport/czann/model_spec.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/predict/compare.hpp"

// czmodel's conversion specification (czann/model_spec.hpp) with the files that it names: what it asks for as a CZANN,
// or, in its flat form, as a CZSEG.
namespace zooport::convert {

struct SpecSource {
  czann::ModelSpec spec;                        // of the flat form without metadata
  std::optional<czann::LegacyMetadata> legacy;  // of the flat form
  std::string network_path;                     // where the network was found
  std::string weights;                          // "onnx"; "savedmodel", "keras", "torchscript", …; empty: not known
  Bytes network;                                // the ONNX file
  std::optional<czann::Member> license;         // under its own name
  Diagnostics findings;                         // `file` empty: of the specification; errors are kept apart by kind
};

// Reads the specification and looks for its files: a path is taken from the folder of the JSON file, or, where nothing
// is there, from the working folder, which is a finding (convert.spec-folder). Errors: those of read_model_spec()
// or read_legacy_model_spec(),
// convert.spec-file (kInvalid: a file that it names is not there), convert.spec-remote, a file that cannot be read
// (kIo).
Result<SpecSource> read_spec(const Opened& opened, const Context& context);
// The same of one that was made in code: paths are those of the working folder.
Result<SpecSource> find_spec_files(czann::ModelSpec spec, const Context& context);
Result<SpecSource> find_spec_files(czann::LegacyModelSpec spec, const Context& context);

// What is said in a call, instead of what the specification says.
struct SpecCall {
  std::vector<std::int64_t> spatial_dims;  // empty: those of the specification
  std::vector<std::string> pre;            // empty: those of the specification
  std::vector<std::string> post;
  enum class SavedModel : std::uint8_t { kRefuse, kPack };
  SavedModel savedmodel = SavedModel::kRefuse;
};

struct SpecPackage {
  czann::Package package;                      // empty if there is a CZSEG
  std::optional<czann::LegacyPackage> legacy;  // of the flat form
  std::vector<std::string> steps;              // what was done to the network; empty: its bytes are those of the file
  Diagnostics findings;
  bool is_savedmodel = false;
  // Compares the network with what it was made of; a pass without a run if nothing was done. Says why it failed, or "".
  struct Verification {
    bool has_run = false;
    bool passed = true;
    std::string reason;
    std::vector<predict::Comparison> outputs;
  };
  std::function<Result<Verification>(engine::Engine& engine, const Context& context)> verify;
};

// Sizes and operations are put into the graph, in the caller's order of axes (y, x, channels last). An Id that lacks is
// made of the content. Errors: convert.spec-weights (kUnsupported): the network is of a kind that cannot be read yet,
// or a SavedModel without SpecCall::SavedModel::kPack, or in a CZSEG; onnx.fixed-size (kUnsupported), naming the node;
// process.*, with the place in the specification or the option ("--pre 2") as `file`.
Result<SpecPackage> pack_spec(const SpecSource& source, const SpecCall& call, const Context& context);

}  // namespace zooport::convert
