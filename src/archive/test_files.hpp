#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "zooport/archive/zip.hpp"

namespace zooport::archive::testing {

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline Member member(std::string name, std::string content, Method method = Method::kStored) {
  return {std::move(name), Bytes(std::move(content)), method};
}

// The archive, or "" and a failure of the test.
inline std::string packed(const std::vector<Member>& members) {
  std::string out;
  const auto sink = append_to(out);
  const Result<void> written = write_zip(members, sink, {});
  EXPECT_TRUE(written.ok()) << written.error().what.message;
  return out;
}

// The first error of opening the archive and reading all of it; "" if there is none.
inline std::string first_fault(const std::string& archive, const Context& context = {}) {
  const auto reader = Reader::open(Bytes(archive), context);
  if (!reader.ok()) return reader.error().what.id;
  for (const Entry& entry : reader->entries()) {
    const auto content = reader->read(entry, context);
    if (!content.ok()) return content.error().what.id;
  }
  return "";
}

}  // namespace zooport::archive::testing
