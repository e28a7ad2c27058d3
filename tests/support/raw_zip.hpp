#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace zooport::testing {

// A ZIP of stored members, with whatever names and repetitions they have: what no writer of ours would make.
inline std::string raw_zip(const std::vector<std::pair<std::string, std::string>>& members) {
  const auto number = [](std::string& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
  };
  const auto crc_of = [](const std::string& bytes) {
    std::uint32_t crc = ~0u;
    for (const char c : bytes) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0u);
    }
    return ~crc;
  };
  std::string zip;
  std::string directory;
  for (const auto& [name, content] : members) {
    std::string common;  // of the local header and the directory's entry
    number(common, 20, 2);
    number(common, 0x800, 2);  // the name is UTF-8
    number(common, 0, 2);
    number(common, 0x00210000, 4);  // 1980-01-01
    number(common, crc_of(content), 4);
    number(common, static_cast<std::uint32_t>(content.size()), 4);
    number(common, static_cast<std::uint32_t>(content.size()), 4);
    number(common, static_cast<std::uint32_t>(name.size()), 2);
    number(common, 0, 2);
    directory += "PK\x01\x02";
    number(directory, 20, 2);
    directory += common;
    directory.append(2 + 2 + 2 + 4, '\0');
    number(directory, static_cast<std::uint32_t>(zip.size()), 4);
    directory += name;
    zip += "PK\x03\x04" + common + name + content;
  }
  std::string end = "PK\x05\x06";
  number(end, 0, 4);
  number(end, static_cast<std::uint32_t>(members.size()), 2);
  number(end, static_cast<std::uint32_t>(members.size()), 2);
  number(end, static_cast<std::uint32_t>(directory.size()), 4);
  number(end, static_cast<std::uint32_t>(zip.size()), 4);
  number(end, 0, 2);
  return zip + directory + end;
}

}  // namespace zooport::testing
