#pragma once

#include <cstddef>

#include "base/os/descriptor.hpp"

namespace zooport::os {

// Mapped files with holes: what stored_parts() asks. A file stays open as long as it is known here.
void remember_sparse_mapping(const void* memory, std::size_t size, Descriptor file);
void forget_sparse_mapping(const void* memory);

}  // namespace zooport::os
