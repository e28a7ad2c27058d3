#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include "bioimageio/named_files.hpp"
#include "bioimageio/package_places.hpp"
#include "bioimageio/vectors_for_test.hpp"
#include "tests/support/shared.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/bioimageio/package.hpp"
#include "zooport/resource/outside.hpp"

namespace zooport::bioimageio {
namespace {

using namespace testing;
using zooport::testing::shared_folder;

// Rules of docs/differences.md, "Packaging".
constexpr std::string_view kAdditions = "files left behind";
constexpr std::string_view kWeb = "files on the web";

// One record: the source as a folder, and what the reference made of it.
class Case {
 public:
  Case(const Node& record, const std::string& scratch) : record_(record), scratch_(scratch) {
    if (const Node* file = record.find("file")) {
      const std::string path = shared_folder() + "/data/models/" + std::string(file->text);
      folder_ = os::parent_path(path);
      name_ = os::file_name(path);
    } else {
      folder_ = scratch + "/rdf";
      name_ = record.find("rdf_name")->text;
      for (const Node& named : record.find("files")->children)
        put(std::string(named.text), concat("content of ", named.text, "\n"));
      std::string text;
      write_yaml(*record.find("document"), text);
      put(name_, text);
    }
    if (record.find("weights_priority_order")->kind == Kind::kSequence) {
      options_.weights.emplace();
      for (const Node& name : record.find("weights_priority_order")->children)
        options_.weights->emplace_back(name.text);
    }
    options_.io = doc::boolean_of(*record.find("io_checks")) ? Io::kFull : Io::kNone;
    root_ = resource::open_folder_and_outside(folder_, {}).value();
    const CheckOptions check{.io = options_.io, .fail_from = Severity::kError};
    description_ = bioimageio::read(content_of(folder_ + "/" + name_), name_, check, {}).value();
    EXPECT_TRUE(check_io(description_, *root_, check, offline()));
  }

  std::string title() const {
    const Node* name = record_.find("file") ? record_.find("file") : record_.find("case");
    return concat(name->text, options_.io == Io::kFull ? " with io checks, " : ", ",
                  loc_text(*record_.find("weights_priority_order")));
  }
  const Description& description() const { return description_; }
  bool is_left_out() const { return description_.status == Status::kUnsupported; }

  // Rules that excuse it; with the wrong ones the test fails.
  std::set<std::string_view> run() {
    std::set<std::string_view> excused;
    compare_content(excused);
    compare_archive(excused);
    return excused;
  }

 private:
  static Context offline() {
    Context context;
    context.offline = true;
    return context;
  }

  void put(const std::string& name, const std::string& text) const {
    const std::string path = folder_ + "/" + name;
    EXPECT_TRUE(os::make_folders(os::parent_path(path)).ok());
    EXPECT_TRUE(os::write_file_atomically(path, as_bytes(text), true).ok());
  }

  void compare_content(std::set<std::string_view>& excused) {
    const Node& recorded = *record_.find("content");
    description_.file_name = "rdf.yaml";
    Result<PackageContent> ours = package_content(description_, options_);
    description_.file_name = name_;
    if (const Node* error = recorded.find("error")) {
      const bool is_network = error->find("type")->text == "ConnectError";
      if (is_network && ours.ok()) excused.insert(kWeb);
      EXPECT_TRUE(is_network || !ours.ok()) << title();
      return;
    }
    const Node& rdf = *recorded.children.back().find("rdf");
    if (description_.status == Status::kInvalid) {
      EXPECT_EQ(recorded.children.size(), 1u) << title() << description_.diagnostics.items().front().message;
      return;
    }
    ASSERT_TRUE(ours.ok()) << title() << ": " << ours.error().what.message;
    const auto is_on_the_web = [](const PackageFile& file) { return is_url(file.source); };
    if (recorded.children.size() == 1 && std::any_of(ours->files.begin(), ours->files.end(), is_on_the_web)) {
      excused.insert(kWeb);
      return;
    }
    std::size_t next = 0;
    for (const PackageFile& file : ours->files) {
      if (file.is_addition) {
        excused.insert(kAdditions);
        continue;
      }
      ASSERT_LT(next, recorded.children.size()) << title();
      const Node& other = recorded.children[next++];
      EXPECT_EQ(file.name, other.key) << title();
      EXPECT_EQ(file.source, other.find("source")->text) << title();
      if (const Node& hash = *other.find("sha256"); hash.kind == Kind::kString) {
        EXPECT_EQ(sha256_hex(root_->read(file.source, {}).value().span()), hash.text) << title() << file.name;
      }
    }
    EXPECT_EQ(next, recorded.children.size() - 1) << title();
    if (options_.io == Io::kNone) expect_document(ours->description, rdf);
  }

  // Equal but for what the reference left as it was.
  void expect_document(doc::Value document, const Node& recorded) const {
    for (const PackagePlace& place : package_places(document, kind_of(description_.content)))
      if (place.is_addition) place.value->text = node_at(recorded, place.path).text;
    doc::JsonWriter json;
    document.write(json);
    const doc::Document ours = doc::read_json(json.text()).value();
    EXPECT_TRUE(is_same(recorded, ours.root()))
        << title() << "\nrecorded " << loc_text(recorded) << "\nours " << json.text();
  }

  void compare_archive(std::set<std::string_view>& excused) {
    const std::string dest = scratch_ + "/package.zip";
    const Result<WrittenPackage> ours = package(description_, root_, dest, options_, offline());
    const Node& recorded = *record_.find("zip");
    if (const Node* error = recorded.find("error")) {
      EXPECT_FALSE(ours.ok()) << title() << ": " << error->find("msg")->text;
      EXPECT_FALSE(std::filesystem::exists(dest)) << title();
      return;
    }
    ASSERT_TRUE(ours.ok()) << title() << ": " << ours.error().what.message;
    std::set<std::string> additions;
    for (const PackageFile& file : ours->content.files)
      if (file.is_addition) additions.insert(file.name);
    if (!additions.empty()) excused.insert(kAdditions);
    const Bytes bytes = os::read_file(dest, 1u << 30).value();
    const archive::Reader reader = archive::Reader::open(bytes, {}).value();
    std::size_t next = 0;
    for (const archive::Entry& entry : reader.entries()) {
      if (additions.contains(entry.name)) continue;
      ASSERT_LT(next, recorded.children.size()) << title();
      const Node& other = recorded.children[next++];
      EXPECT_EQ(entry.name, other.find("name")->text) << title();
      const Bytes content = reader.read(entry, {}).value();
      if (const Node* hash = other.find("sha256")) {
        EXPECT_EQ(sha256_hex(content.span()), hash->text) << title() << entry.name;
      }
      if (const Node* rdf = other.find("rdf")) {
        EXPECT_EQ(&entry, &reader.entries().back());
        expect_document(doc::Value::from(doc::read_yaml(std::string(content.text())).value().root()), *rdf);
      }
    }
    EXPECT_EQ(next, recorded.children.size()) << title();
    expect_same_as_folder(reader);
    expect_same_verdict(bytes, ours->content.description_name);
  }

  void expect_same_as_folder(const archive::Reader& reader) const {
    const std::string dest = scratch_ + "/package";
    const Result<WrittenPackage> ours = package(description_, root_, dest, options_, offline());
    ASSERT_TRUE(ours.ok()) << title() << ": " << ours.error().what.message;
    const auto folder = resource::open_folder(dest, {}).value();
    EXPECT_EQ(folder->list().value().size(), reader.entries().size()) << title();
    for (const archive::Entry& entry : reader.entries())
      EXPECT_EQ(folder->read(entry.name, {}).value().text(), reader.read(entry, {}).value().text()) << title();
    std::filesystem::remove_all(dest);
  }

  // The package is as right as its source, whatever it was checked with.
  void expect_same_verdict(const Bytes& bytes, const std::string& name) const {
    const auto packed = resource::open_archive(bytes, "package.zip", {}).value();
    const auto checked = [&](const std::string& text, const resource::Root& root) {
      Description description = bioimageio::read(text, name, {}, {}).value();
      EXPECT_TRUE(check_io(description, root, {}, offline()));
      return description;
    };
    const Description before = checked(content_of(folder_ + "/" + name_), *root_);
    const Description after = checked(std::string(packed->read(name, {}).value().text()), *packed);
    EXPECT_EQ(to_text(after.status), to_text(before.status)) << title();
    if (options_.weights) return;
    EXPECT_EQ(verdict_of(after.diagnostics).text(), verdict_of(before.diagnostics).text()) << title();
  }

  const Node& record_;
  std::string scratch_;
  std::string folder_;
  std::string name_;
  PackageOptions options_;
  std::shared_ptr<resource::Root> root_;
  Description description_;
};

TEST(PackageConformance, EqualsTheReference) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream lines(shared_folder() + "/data/verdicts/packaging.jsonl");
  ASSERT_TRUE(lines);
  const zooport::testing::TemporaryFolder temporary;
  const std::string& scratch = temporary.path();
  int records = 0, equal = 0;
  std::map<std::string, int> left_out;  // formats that are not packaged
  std::map<std::string_view, std::set<std::string>> excused;
  for (std::string line; std::getline(lines, line);) {
    const doc::Document record = doc::read_json(std::move(line)).value();
    Case one(record.root(), scratch);
    ++records;
    if (one.is_left_out()) {
      ++left_out[concat(one.description().type, " ", one.description().declared_version)];
    } else {
      const std::set<std::string_view> rules = one.run();
      equal += rules.empty() ? 1 : 0;
      for (const std::string_view rule : rules) excused[rule].insert(one.title());
    }
    for (const auto& entry : std::filesystem::directory_iterator(scratch)) std::filesystem::remove_all(entry);
  }
  std::cout << "packaging.jsonl: " << records << " records, equal " << equal;
  for (const auto& [rule, titles] : excused) std::cout << "; " << rule << " " << titles.size();
  for (const auto& [format, count] : left_out) std::cout << "; not packaged: " << format << " " << count;
  std::cout << "\n";
  EXPECT_EQ(records, 292);
  EXPECT_EQ(equal, 195);
  EXPECT_EQ(excused[kAdditions].size(), 37u);
  EXPECT_EQ(excused[kWeb].size(), 4u);
  const std::string documented = content_of(ZOOPORT_SOURCE_DIR "/docs/differences.md");
  for (const auto& [rule, titles] : excused)
    EXPECT_NE(documented.find(concat("| ", rule, " |")), std::string::npos) << rule << " is not documented";
}

}  // namespace
}  // namespace zooport::bioimageio
