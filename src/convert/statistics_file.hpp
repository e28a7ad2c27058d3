#pragma once

#include <string>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/model/model.hpp"

namespace zooport::convert {

// Statistics over a dataset as the reference's command line keeps them (precomputed_statistics.json): a list of
// {"measure": {"member_id", "scope", "name", "axes", "q"}, "value": number or {"data", "dims"}}. Variances and measures
// of other scopes are passed over. Errors (kInvalid): convert.statistics-file, and convert.statistics-missing where the
// model needs one over a dataset of an input that the file lacks.
Result<process::Measured> read_statistics(const Bytes& json, const model::Model& model, const Context& context);

}  // namespace zooport::convert
