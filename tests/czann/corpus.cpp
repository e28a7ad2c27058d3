#include "tests/czann/corpus.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::testing::czann_corpus {

namespace {

namespace fs = std::filesystem;

std::string text_at(const doc::Node& node, std::string_view key) {
  const doc::Node* found = node.find(key);
  return found ? std::string(found->text) : std::string();
}

bool is_archive(const fs::path& path) {
  const std::string extension = to_lower(path.extension().string());
  return extension == ".czann" || extension == ".czseg" || extension == ".czmodel";
}

File described(const fs::path& path, const doc::Node& record) {
  File file;
  file.path = path.string();
  file.is_recorded = true;
  file.model_json = text_at(record, "model_json");
  file.model_xml = text_at(record, "model_xml");
  file.holds_saved_model = record.find("savedmodel") != nullptr;
  for (const doc::Node& member : record.find("members")->children) file.members.push_back(text_at(member, "name"));
  return file;
}

// Python writes sums that are no numbers as NaN and Infinity, each on a line of its own.
std::string without_nan(std::string text) {
  for (const std::string_view word : {"NaN", "-Infinity", "Infinity"}) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) {
      if (text[text.find_last_not_of(' ', at - 1)] == '\n') text.replace(at, word.size(), "null");
    }
  }
  return text;
}

// The archives that one call of czmodel left.
void add_case(const fs::path& folder, std::vector<File>& all) {
  const auto text = os::read_file((folder / "case.json").string(), Limits{}.document_bytes);
  ASSERT_TRUE(text.ok()) << folder;
  const auto document = doc::read_json(without_nan(std::string(text->text())));
  ASSERT_TRUE(document.ok()) << folder << document.error().what.message;
  const doc::Node& root = document->root();
  const doc::Node* run = root.find("run");
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!is_archive(entry.path())) continue;
    const std::string name = fs::relative(entry.path(), folder).generic_string();
    const doc::Node* record = root.find("written")->find(name);
    ASSERT_NE(record, nullptr) << entry.path();
    File file = described(entry.path(), *record);
    file.name =
        concat("czmodel/", folder.parent_path().filename().string(), "/", folder.filename().string(), "/", name);
    if (run && text_at(*run, "file") == name && fs::exists(folder / "input.npy")) {
      file.input_file = (folder / "input.npy").string();
      file.output_file = (folder / "output.npy").string();
    }
    all.push_back(std::move(file));
  }
}

bool matches(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  for (std::size_t skip = star; skip <= name.size(); ++skip)
    if (matches(pattern.substr(star + 1), name.substr(skip))) return true;
  return false;
}

std::vector<File> found() {
  std::vector<File> all;
  const fs::path data = shared_folder() + "/data";
  for (const auto& entry : fs::directory_iterator(data / "czann")) {
    if (!is_archive(entry.path())) continue;
    File file;
    file.name = "czann/" + entry.path().filename().string();
    file.path = entry.path().string();
    all.push_back(std::move(file));
  }
  for (const auto& release : fs::directory_iterator(data / "czmodel/written")) {
    for (const auto& one : fs::directory_iterator(release.path())) add_case(one.path(), all);
  }
  std::sort(all.begin(), all.end(), [](const File& a, const File& b) { return a.name < b.name; });
  return all;
}

}  // namespace

const std::vector<File>& files() {
  static const std::vector<File> all = found();
  return all;
}

bool Row::fits(const File& file) const { return matches(pattern, file.name); }

std::vector<Row> table(const std::string& name) {
  std::vector<Row> rows;
  std::ifstream stream(concat(ZOOPORT_SOURCE_DIR "/tests/czann/", name));
  EXPECT_TRUE(stream) << name;
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t first = std::min(line.find('\t'), line.size());
    const std::size_t second = std::min(line.find('\t', first + 1), line.size());
    EXPECT_LT(second + 1, line.size()) << name << ": " << line << ": three columns are wanted";
    if (second < line.size())
      rows.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return rows;
}

bool is_said(const std::vector<Row>& rows, const File& file, std::string_view what) {
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.says == what && row.fits(file); });
}

Bytes bytes_of(const File& file) {
  auto bytes = os::read_file(file.path, Limits{}.model_bytes);
  EXPECT_TRUE(bytes.ok()) << file.name;
  return bytes ? *bytes : Bytes();
}

std::vector<archive::Member> members_of(const Bytes& archive) {
  std::vector<archive::Member> members;
  const auto reader = archive::Reader::open(archive, Context{});
  if (!reader) {
    ADD_FAILURE() << reader.error().what.message;
    return members;
  }
  for (const archive::Entry& entry : reader->entries()) {
    if (entry.is_folder) continue;
    auto content = reader->read(entry, Context{});
    EXPECT_TRUE(content.ok()) << entry.name;
    if (content) members.push_back({entry.name, *content, archive::Method::kStored});
  }
  return members;
}

Bytes content_of(const std::vector<archive::Member>& members, std::string_view name) {
  for (const archive::Member& member : members)
    if (member.name == name) return member.content;
  return {};
}

}  // namespace zooport::testing::czann_corpus
