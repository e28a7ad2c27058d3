#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tests/support/shared.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/doc/json.hpp"

// The records of data/czmodel that speak of the old format.
namespace zooport::czann {

inline constexpr std::uint64_t kMost = 64u << 20;

inline doc::Document json_of(std::string text, const std::string& file = "") {
  auto document = doc::read_json(std::move(text));
  EXPECT_TRUE(document.ok()) << file << document.error().what.message;
  return std::move(*document);
}

inline std::string read_text(const std::string& path) {
  const auto bytes = os::read_file(path, kMost);
  EXPECT_TRUE(bytes.ok()) << path;
  return bytes ? std::string(bytes->text()) : std::string();
}

inline std::vector<doc::Document> legacy_vectors(std::string_view api) {
  const std::string all = read_text(testing::shared_folder() + "/data/czmodel/api_vectors.jsonl");
  std::vector<doc::Document> found;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    const std::string line = all.substr(at, end - at);
    at = end + 1;
    if (line.find(concat("\"api\": \"", api, '"')) == line.npos &&
        line.find(concat("\"api\":\"", api, '"')) == line.npos)
      continue;
    found.push_back(json_of(line));
  }
  return found;
}

inline std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// As the records show metadata: "SplitRgb|Gray16|Background 255 0 0,Nucleus 0 255 0|8|".
inline std::string shown(const doc::Node& fields) {
  const auto text = [&](std::string_view key) { return std::string(fields.find(key)->text); };
  std::string out = fields.find("color_handling")->kind == doc::Kind::kNull ? "" : text("color_handling");
  for (const doc::Node& type : fields.find("pixel_types")->children) out += concat('|', type.text);
  for (const doc::Node& entry : fields.find("classes")->children) {
    out += concat('|', entry.children[0].text);
    for (const doc::Node& value : entry.children[1].children) out += concat(' ', value.text);
  }
  const doc::Node& border = *fields.find("border_size");
  if (border.kind == doc::Kind::kSequence) {
    for (const doc::Node& value : border.children) out += concat('|', value.text);
  } else if (border.kind != doc::Kind::kNull) {
    out += concat('|', border.text);
  }
  return out;
}

inline std::string shown(const LegacyMetadata& metadata) {
  std::string out = metadata.color_handling;
  for (const std::string& type : metadata.pixel_types) out += concat('|', type);
  for (const SegmentationClass& entry : metadata.classes)
    out += concat('|', entry.name, ' ', int{entry.color.red}, ' ', int{entry.color.green}, ' ', int{entry.color.blue});
  for (const std::int64_t value : metadata.border_size) out += concat('|', value);
  return out;
}

inline std::string_view name_of_vector(const doc::Node& vector) {
  const std::string_view id = vector.find("id")->text;
  return id.substr(id.find('/') + 1);
}

// The metadata of a record; none if a field holds what ours cannot.
inline std::optional<LegacyMetadata> metadata_of(const doc::Node& fields) {
  LegacyMetadata metadata;
  const auto text = [&](std::string_view key, std::string& to) {
    const doc::Node& node = *fields.find(key);
    if (node.kind == doc::Kind::kString) to = std::string(node.text);
    return node.kind == doc::Kind::kString || node.kind == doc::Kind::kNull;
  };
  bool fits = text("name", metadata.name) && text("color_handling", metadata.color_handling) &&
              text("post_processing", metadata.post_processing) && text("model_id", metadata.id);
  // Without a name it writes the word None.
  fits = fits && fields.find("name")->kind == doc::Kind::kString;
  for (const doc::Node& type : fields.find("pixel_types")->children) {
    fits = fits && type.kind == doc::Kind::kString;
    metadata.pixel_types.emplace_back(type.text);
  }
  for (const doc::Node& entry : fields.find("classes")->children) {
    SegmentationClass one;
    fits = fits && entry.children[0].kind == doc::Kind::kString;
    one.name = std::string(entry.children[0].text);
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint8_t>(doc::integer_of(entry.children[1].children[i]).value_or(0));
    };
    one.color = {byte(0), byte(1), byte(2)};
    metadata.classes.push_back(one);
  }
  const doc::Node& border = *fields.find("border_size");
  const auto add = [&](const doc::Node& node) {
    const bool is_number = node.kind == doc::Kind::kInteger || node.kind == doc::Kind::kString;
    const bool is_digits = !node.text.empty() && node.text.size() < 10 &&
                           std::all_of(node.text.begin(), node.text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number || !is_digits) return false;
    metadata.border_size.push_back(std::stoll(std::string(node.text)));
    return true;
  };
  if (border.kind == doc::Kind::kSequence) {
    // As texts, of an XML with two elements, it writes them in quotes.
    for (const doc::Node& value : border.children) fits = fits && value.kind == doc::Kind::kInteger && add(value);
    fits = fits && !border.children.empty();
  } else {
    fits = fits && add(border);
  }
  return fits ? std::optional(metadata) : std::nullopt;
}

inline Bytes zip_of(const std::vector<archive::Member>& members) {
  std::string bytes;
  const auto sink = archive::append_to(bytes);
  EXPECT_TRUE(archive::write_zip(members, sink, Context{}).ok());
  return Bytes(std::move(bytes));
}

}  // namespace zooport::czann
