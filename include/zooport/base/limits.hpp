#pragma once

#include <cstddef>
#include <cstdint>

namespace zooport {

// What outside bytes may cost. Hitting one ends the reading with an error that names the limit (`limits.NAME`) and how
// to raise it. SECURITY.md lists the defaults.
struct Limits {
  std::size_t document_bytes = 64u << 20;  // a YAML, JSON or XML text
  std::size_t depth = 200;                 // nesting of documents, protobuf messages and subgraphs
  std::size_t nodes = 1'000'000;           // values of a document, every alias expanded
  std::size_t aliases = 10'000;
  std::size_t archive_entries = 10'000;
  std::uint64_t archive_bytes = 64ull << 30;   // uncompressed, all entries together
  std::uint64_t archive_ratio = 1'000;         // uncompressed to compressed, entries above 1 MiB
  std::uint64_t model_bytes = 64ull << 30;     // an ONNX file with its external data
  std::size_t graph_nodes = 1'000'000;         // operators, subgraphs and functions included
  std::uint64_t image_extent = 1ull << 31;     // pixels along one axis
  std::uint64_t image_elements = 1ull << 40;   // pixels times channels and pages
  std::uint64_t array_bytes = 16ull << 30;     // one array held in memory
  std::uint64_t download_bytes = 64ull << 30;  // one file from the network
};

}  // namespace zooport
