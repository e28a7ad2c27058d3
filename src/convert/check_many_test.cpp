#include "zooport/convert/check_many.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/find_sources.hpp"

namespace zooport::convert {
namespace {

namespace fs = std::filesystem;

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

using Folder = zooport::testing::TemporaryFolder;

std::string found(const Folder& folder, Wanted wanted = Wanted::kEverything) {
  const auto result = find_sources(folder.path(), wanted, {});
  if (!result.ok()) return result.error().what.id;
  std::string names;
  for (const std::string& path : result->sources) names += path.substr(folder.path().size() + 1) + " ";
  return names;
}

TEST(FindSources, FindsWhatCanBeChecked) {
  const Folder folder;
  EXPECT_EQ(found(folder), "convert.no-sources");
  for (const std::string name :
       {"b/rdf.yaml", "b/weights.onnx", "b/README.md", "a.rdf.yaml", "z.ZIP", "c.czann", "notes.yaml", ".git/rdf.yaml",
        "b/.hidden.zip", "b/deep/er/x.czseg", "b/deep/er/y.CZMODEL"})
    folder.file(name);
  folder.file("b/other.yml", "# a model\nformat_version: 0.4.10\ntype: model\n");
  folder.file("b/environment.yaml", "name: x\ndependencies: []\n  format_version: 1\ntype: model\n");
  EXPECT_EQ(found(folder),
            "a.rdf.yaml c.czann z.ZIP b/other.yml b/rdf.yaml b/weights.onnx b/deep/er/x.czseg "
            "b/deep/er/y.CZMODEL ");
  EXPECT_EQ(found(folder, Wanted::kDescriptions), "a.rdf.yaml b/other.yml b/rdf.yaml ");
  EXPECT_EQ(find_sources(folder / "a.rdf.yaml", Wanted::kEverything, {}).error().what.id, "convert.no-sources");
}

TEST(FindSources, FollowsLinksOnce) {
  const Folder folder;
  folder.file("a/rdf.yaml");
  std::error_code error;
  fs::create_directory_symlink(folder.path(), folder / "a/loop", error);
  if (error) GTEST_SKIP() << "no links here: " << error.message();
  fs::create_directory_symlink(folder / "a", folder / "b");
  fs::create_symlink(folder / "nowhere", folder / "gone.zip");
  fs::create_symlink(folder / "a/rdf.yaml", folder / "x.rdf.yaml");
  EXPECT_EQ(found(folder), "x.rdf.yaml a/rdf.yaml ");
}

TEST(CheckMany, GivesReportsInOrder) {
  std::vector<std::string> sources;
  for (int i = 0; i < 200; ++i) sources.push_back(std::to_string(i));
  std::atomic<int> checked = 0;
  int taken = 0;
  int most_ahead = 0;
  Context context;
  context.threads = 4;
  std::uint64_t told = 0;
  context.progress = [&](const Progress& at) { told = at.done; };
  const auto result = check_many(
      sources,
      [&](const std::string& source, const Context&) -> Result<CheckReport> {
        ++checked;
        if (source == "7") return make_error(ErrorKind::kInternal, "test.seven", "seven");
        CheckReport report;
        report.source = source;
        return report;
      },
      [&](const std::string& source, Result<CheckReport> report) {
        EXPECT_EQ(source, std::to_string(taken));
        EXPECT_EQ(report.ok(), source != "7");
        if (report.ok()) {
          EXPECT_EQ(report->source, source);
        }
        most_ahead = std::max(most_ahead, checked - taken);
        ++taken;
      },
      context);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(taken, 200);
  EXPECT_EQ(told, 200u);
  EXPECT_LE(most_ahead, 20);  // four threads, four reports waiting for each, and those being checked
}

TEST(CheckMany, EndsWhenItIsStopped) {
  const std::vector<std::string> sources(100, "x");
  std::stop_source stop;
  Context context;
  context.threads = 3;
  context.stop = stop.get_token();
  int taken = 0;
  const auto result = check_many(
      sources, [](const std::string&, const Context&) -> Result<CheckReport> { return CheckReport(); },
      [&](const std::string&, const Result<CheckReport>&) {
        if (++taken == 5) stop.request_stop();
      },
      context);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(taken, 5);
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(FixSource, WritesTheFileAndChecksAgain) {
  const Folder folder;
  fs::copy(kExample, folder / "model", fs::copy_options::recursive);
  const std::string whole = content_of(folder / "model/rdf.yaml");
  std::string broken = whole;
  broken.replace(broken.find("license:"), 8, "licence:");
  const std::size_t hash = broken.find("sha256: ") + 8;
  ASSERT_GT(hash, 8u);
  const bool is_quoted = broken[hash] == '"' || broken[hash] == '\'';
  broken.replace(hash + (is_quoted ? 1 : 0), 4, "0000");
  folder.file("model/rdf.yaml", broken);
  const auto report = fix_source(folder / "model", {}, {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->status, bioimageio::Status::kValid);
  EXPECT_EQ(report->fixed.size(), 2u);
  EXPECT_EQ(content_of(folder / "model/rdf.yaml"), whole);
  const auto again = fix_source(folder / "model/rdf.yaml", {}, {});
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->fixed.empty());
}

TEST(FixSource, WantsAFileOfItsOwn) {
  const Folder folder;
  std::string archive;
  const archive::Sink sink = archive::append_to(archive);
  const archive::Member member{"rdf.yaml", Bytes(std::string("type: model\nlicence: MIT\n"))};
  ASSERT_TRUE(archive::write_zip({member}, sink, {}).ok());
  const auto report = fix_source(folder.file("x.zip", archive), {}, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "convert.fix-source");
  EXPECT_EQ(report.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(content_of(folder / "x.zip"), archive);
}

}  // namespace
}  // namespace zooport::convert
