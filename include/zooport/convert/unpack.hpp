#pragma once

#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/resource/unpack.hpp"

namespace zooport::convert {

struct Unpacked {
  std::string source;
  std::string folder;
  std::vector<std::string> files;  // names below the folder
};

// Writes the files of a package, CZANN or CZSEG (any ZIP archive, or a folder) below `folder`, as a whole or not at
// all. Errors: a source that is neither (kInvalid), or cannot be read or reached (kIo).
Result<Unpacked> unpack_source(const std::string& source, const std::string& folder,
                               const resource::UnpackOptions& options, const Context& context);

// Writes the test tensors of a model below `folder`, each as the NumPy file that it is and named after its input or
// output. Nothing is held in memory. Errors: as unpack_source(), a source that is no valid model (kInvalid), and a
// test tensor that is no array of numbers.
Result<Unpacked> unpack_tensors(const std::string& source, const std::string& folder,
                                const resource::UnpackOptions& options, const Context& context);

}  // namespace zooport::convert
