#include "zooport/resource/unpack.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "zooport/base/os/file.hpp"

namespace zooport::resource {
namespace {

// A root that says whatever a test wants, also what no archive would.
class MadeUpRoot final : public Root {
 public:
  std::vector<std::pair<std::string, std::string>> files;
  std::string name = "made up";
  const std::string& description() const override { return name; }
  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names;
    for (const auto& [file, text] : files) names.push_back(file);
    return names;
  }
  bool has(const std::string&) const override { return true; }
  Result<Bytes> read(const std::string& wanted, const Context&) const override {
    for (const auto& [file, text] : files) {
      if (file == wanted && text != "fails") return Bytes(text);
    }
    return make_error(ErrorKind::kIo, "test.fails", "cannot be read");
  }
};

struct Unpack : ::testing::Test {
  const zooport::testing::TemporaryFolder temporary;
  const std::string folder = temporary.path();
  MadeUpRoot root;

  std::string go(const UnpackOptions& options = {}, const Context& context = {}) const {
    const auto done = unpack(root, folder + "/out", options, context);
    return done.ok() ? "" : done.error().what.id;
  }
  std::string text(const std::string& name) const {
    const auto bytes = os::read_file(folder + "/" + name, 1000);
    return bytes.ok() ? std::string(bytes->text()) : "absent";
  }
  // Everything that lies in the parent folder, so that leftovers are seen.
  std::vector<std::string> left() const { return os::list_folder(folder).value(); }
};

using Names = std::vector<std::string>;

TEST_F(Unpack, WritesEveryFile) {
  root.files = {{"rdf.yaml", "name: x"}, {"a/b/c", "deep"}, {"empty", ""}};
  const auto done = unpack(root, folder + "/out/", {}, {});
  ASSERT_TRUE(done.ok()) << done.error().what.message;
  EXPECT_EQ(*done, (Names{"rdf.yaml", "a/b/c", "empty"}));
  EXPECT_EQ(text("out/a/b/c"), "deep");
  EXPECT_EQ(text("out/empty"), "");
  EXPECT_EQ(left(), Names{"out"});
}

TEST_F(Unpack, AFailureLeavesNothing) {
  root.files = {{"a", "1"}, {"b", "fails"}};
  EXPECT_EQ(go(), "test.fails");
  EXPECT_EQ(left(), Names{});
  std::stop_source stop;
  stop.request_stop();
  Context context;
  context.stop = stop.get_token();
  root.files = {{"a", "1"}};
  EXPECT_EQ(go({}, context), "base.cancelled");
  EXPECT_EQ(left(), Names{});
}

TEST_F(Unpack, ReplacesOnlyWhenAsked) {
  root.files = {{"a", "old"}, {"only-old", ""}};
  EXPECT_EQ(go(), "");
  root.files = {{"a", "new"}};
  EXPECT_EQ(go(), "base.exists");
  EXPECT_EQ(text("out/a"), "old");
  EXPECT_EQ(go({.if_present = IfPresent::kReplace}), "");
  EXPECT_EQ(text("out/a"), "new");
  EXPECT_EQ(text("out/only-old"), "absent");
  EXPECT_EQ(left(), Names{"out"});

  root.files = {{"a", "fails"}};
  EXPECT_EQ(go({.if_present = IfPresent::kReplace}), "test.fails");
  EXPECT_EQ(text("out/a"), "new");
  EXPECT_EQ(left(), Names{"out"});
}

TEST_F(Unpack, NeverReplacesAFileOrALink) {
  root.files = {{"a", "1"}};
  ASSERT_TRUE(os::write_file_atomically(folder + "/out", as_bytes("a file"), false).ok());
  EXPECT_EQ(go({.if_present = IfPresent::kReplace}), "resource.not-a-folder");
  EXPECT_EQ(text("out"), "a file");
  ASSERT_TRUE(os::remove_file(folder + "/out").ok());
  ASSERT_TRUE(os::make_folders(folder + "/real").ok());
  std::filesystem::create_symlink("real", folder + "/out");
  EXPECT_EQ(go({.if_present = IfPresent::kReplace}), "resource.not-a-folder");
  EXPECT_EQ(left(), (Names{"out", "real"}));
}

TEST_F(Unpack, DoesNotTrustTheNamesOfARoot) {
  for (const char* name : {"../escaped", "/tmp/zooport-escaped", "a/../../escaped", ""}) {
    root.files = {{name, "evil"}};
    EXPECT_EQ(go(), "resource.bad-name") << name;
  }
  root.files = {{"a", "1"}, {"a", "2"}};
  EXPECT_EQ(go(), "base.exists");
  EXPECT_EQ(left(), Names{});
  Context context;
  context.limits.depth = 2;
  root.files = {{"a/b/c/d", "deep"}};
  EXPECT_EQ(go({}, context), "resource.depth-limit");
}

}  // namespace
}  // namespace zooport::resource
