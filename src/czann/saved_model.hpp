#pragma once

#include <map>
#include <string>

#include "zooport/base/bytes.hpp"
#include "zooport/base/limits.hpp"
#include "zooport/base/result.hpp"

namespace zooport::czann {

// What can be said of a TensorFlow SavedModel without decoding it.
struct SavedModelInfo {
  std::string tensorflow_version;                // that wrote it; may be empty
  std::map<std::string, std::size_t> operators;  // how often each is used; calls of the model's own functions are not
};

// Walks saved_model.pb. Linear in the file; at most limits.graph_nodes operators. Error czann.saved-model-broken
// (kInvalid): it is no such message.
Result<SavedModelInfo> read_saved_model(const Bytes& saved_model_pb, const Limits& limits);

// Whether TensorFlow 2.0.0 has an operator of that name.
bool is_tensorflow_operator(std::string_view name);

}  // namespace zooport::czann
