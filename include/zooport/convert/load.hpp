#pragma once

#include <memory>
#include <optional>

#include "zooport/base/diagnostics.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/convert/open.hpp"
#include "zooport/convert/spec_source.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/model/model.hpp"

namespace zooport::convert {

// A source as a model that can be predicted with, and the typed description that it came from.
struct Loaded {
  Opened opened;
  model::Model model;
  std::optional<bioimageio::Description> description;
  std::optional<czann::Package> package;       // of a CZANN, or what a conversion specification asks for
  std::optional<czann::LegacyPackage> legacy;  // of a CZSEG, or what the flat form of a specification asks for
  std::shared_ptr<const SpecSource> spec;      // of a conversion specification
  Diagnostics findings;                        // of a CZANN or CZSEG
  std::optional<Error> refused;                // of load_readable() only: why this is no model that can be run
};

// Errors: what open_source() gives; an invalid description, CZANN or CZSEG (kInvalid: the first finding that makes it
// so). A bare ONNX file becomes a model whose axes are guessed from its rank: 4 axes are "bcyx", 5 are "bczyx".
Result<Loaded> load_model(const std::string& source, const Context& context);

// The same of any source: a description of another kind (a dataset, say) comes without a model.
Result<Loaded> load_source(const std::string& source, const Context& context);
Result<Loaded> load_opened(Opened opened, const Context& context);
// The same, but what can be read of a CZANN or CZSEG with errors, in place of kInvalid: its metadata, and the model as
// far as they tell it.
Result<Loaded> load_readable(Opened opened, const Context& context);
// Error convert.no-model (kUnsupported).
Result<void> expect_model(const Loaded& loaded);

// Whether the source, or one of its networks, was named by a URL, DOI or id: somebody else's file, it may be anything.
bool is_from_elsewhere(const Loaded& loaded);

}  // namespace zooport::convert
