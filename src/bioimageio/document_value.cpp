#include <algorithm>
#include <limits>

#include "zooport/bioimageio/load.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::bioimageio {
namespace {

// JSON has no NaN and no infinities; they are written as texts.
void restore_real(doc::Value& value) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (value.kind == doc::Kind::kString) {
    double real = 0;
    if (value.text == "Infinity")
      real = kInfinity;
    else if (value.text == "-Infinity")
      real = -kInfinity;
    else if (value.text == "NaN")
      real = std::numeric_limits<double>::quiet_NaN();
    else
      return;
    std::string key = std::move(value.key);
    value = doc::Value(real);
    value.key = std::move(key);
  }
  for (doc::Value& child : value.children) restore_real(child);
}

// The fields that hold reals, and no texts that could be taken for them.
void restore_reals_of_tensor(doc::Value& tensor) {
  if (doc::Value* range = tensor.find("data_range")) restore_real(*range);
  for (const char* name : {"preprocessing", "postprocessing"}) {
    doc::Value* steps = tensor.find(name);
    for (std::size_t i = 0; steps && i < steps->children.size(); ++i) {
      doc::Value* kwargs = steps->children[i].find("kwargs");
      for (std::size_t k = 0; kwargs && k < kwargs->children.size(); ++k) {
        const std::string& key = kwargs->children[k].key;
        if (key != "mode" && key != "axes" && key != "reference_tensor") restore_real(kwargs->children[k]);
      }
    }
  }
}

}  // namespace

Result<doc::Value> document_of_json(std::string json) {
  // The text is our own: what came from outside has passed the limits before.
  Limits limits;
  limits.document_bytes = limits.depth = limits.nodes = std::numeric_limits<std::size_t>::max();
  ZOOPORT_TRY_ASSIGN(const doc::Document document, doc::read_json(std::move(json), limits));
  doc::Value value = doc::Value::from(document.root());
  for (const char* name : {"inputs", "outputs"}) {
    doc::Value* tensors = value.find(name);
    for (std::size_t i = 0; tensors && i < tensors->children.size(); ++i) restore_reals_of_tensor(tensors->children[i]);
  }
  return value;
}

}  // namespace zooport::bioimageio
