#include <fstream>

#include "archive/libzip.hpp"
#include "archive/test_files.hpp"

namespace zooport::archive {
namespace {

using testing::first_fault;
using testing::member;
using testing::packed;
using testing::slurp;

const std::string kFolder = ZOOPORT_SOURCE_DIR "/tests/evil/zip/";

TEST(ZipEvil, EveryFileGivesItsDiagnostic) {
  std::ifstream manifest(kFolder + "MANIFEST.tsv");
  int files = 0;
  for (std::string line; std::getline(manifest, line); ++files) {
    const std::string name = line.substr(0, line.find('\t'));
    const std::string expected = line.substr(line.find('\t') + 1);
    EXPECT_EQ(first_fault(slurp(kFolder + name)), expected) << name;
  }
  EXPECT_GE(files, 100);
}

TEST(ZipEvil, FaultsNameEntryAndPlace) {
  const auto reader = Reader::open(Bytes(slurp(kFolder + "name-slip.zip")), {});
  ASSERT_FALSE(reader.ok());
  const Diagnostic& what = reader.error().what;
  EXPECT_EQ(reader.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(what.message, "entry '../../evil' has a name that contains '..', which leads out");
  // The central header: after 30 + 10 + 4 bytes of the entry, 46 + 10 long.
  ASSERT_TRUE(what.span.has_value());
  EXPECT_EQ(*what.span, (Span{44, 100}));
  EXPECT_EQ(what.path, Path{Step::key("../../evil")});
}

TEST(ZipEvil, ControlCharactersDoNotReachTheMessage) {
  const auto reader = Reader::open(Bytes(slurp(kFolder + "name-escape.zip")), {});
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().what.message.find('\x1b'), std::string::npos);
}

TEST(ZipEvil, UnsupportedIsNotInvalid) {
  for (const char* name : {"encrypted.zip", "method-zstd.zip"}) {
    const auto reader = Reader::open(Bytes(slurp(kFolder + name)), {});
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error().kind, ErrorKind::kUnsupported) << name;
  }
}

TEST(ZipEvil, LimitsAreNamedAndCanBeRaised) {
  const std::string bomb = slurp(kFolder + "bomb.zip");
  const auto refused = Reader::open(Bytes(bomb), {});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().what.message.find("limits.archive_ratio = 1000"), std::string::npos);
  Context more;
  more.limits.archive_ratio = 2000;
  EXPECT_EQ(first_fault(bomb, more), "");

  const std::string two = packed({member("a", "1234"), member("b", "5678")});
  Context less;
  less.limits.archive_bytes = 8;
  less.limits.archive_entries = 2;
  EXPECT_EQ(first_fault(two, less), "");
  less.limits.archive_bytes = 7;
  EXPECT_EQ(first_fault(two, less), "zip.bytes-limit");
  less.limits.archive_bytes = 8;
  less.limits.archive_entries = 1;
  EXPECT_EQ(first_fault(two, less), "zip.entries-limit");

  Context small;
  small.limits.array_bytes = 99;
  const std::string deflated = packed({member("a", std::string(100, 'x'), Method::kDeflated)});
  EXPECT_EQ(first_fault(deflated, small), "zip.memory-limit");
  small.limits.array_bytes = 100;
  EXPECT_EQ(first_fault(deflated, small), "");
}

TEST(ZipEvil, NeverMoreThanDeclaredIsHandedOut) {
  const auto reader = Reader::open(Bytes(slurp(kFolder + "bomb-declared-small.zip")), {});
  ASSERT_TRUE(reader.ok());
  std::size_t got = 0;
  const auto sink = [&](std::span<const std::byte> piece) {
    got += piece.size();
    return Result<void>();
  };
  EXPECT_FALSE(reader->read(reader->entries()[0], sink, {}).ok());
  EXPECT_LE(got, 100u);
}

TEST(ZipEvil, MissingMemoryIsAnError) {
  Context context;
  context.limits.archive_bytes = context.limits.array_bytes = std::uint64_t{1} << 62;
  context.limits.archive_ratio = 0;
  // More than any machine has, of which nothing comes.
  EXPECT_EQ(first_fault(slurp(kFolder + "zip64-deflated-much.zip"), context), "zip.memory");
}

TEST(ZipEvil, WithoutLibzipTheErrorSaysHowToGetIt) {
  const auto missing = load_libzip({"libzip-of-nowhere.so.5"});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(missing.error().what.id, "zip.no-libzip");
  EXPECT_NE(missing.error().what.help.find("apt install libzip4"), std::string::npos);
  const auto other = load_libzip({"libc.so.6"});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().what.id, "zip.no-libzip");
}

// A changed byte is refused, or changes nothing that is read: names, sizes and content have two witnesses each.
TEST(ZipEvil, AChangedByteNeverChangesTheContent) {
  const std::string text = "some text that is long enough to be worth deflating, deflating, deflating, deflating";
  const std::string good = packed({member("model.json", "{}"), member("folder/model.model", text, Method::kDeflated)});
  ASSERT_EQ(first_fault(good), "");
  int accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int bits : {0x01, 0x80, 0xff}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ bits);
      const auto reader = Reader::open(Bytes(bad), {});
      if (!reader.ok()) continue;
      ASSERT_EQ(reader->entries().size(), 2u) << at;
      const auto json = reader->read(reader->entries()[0], {});
      const auto model = reader->read(reader->entries()[1], {});
      if (!json.ok() || !model.ok()) continue;
      ++accepted;
      EXPECT_EQ(reader->entries()[0].name, "model.json") << at;
      EXPECT_EQ(reader->entries()[1].name, "folder/model.model") << at;
      EXPECT_EQ(json->text(), "{}") << at;
      EXPECT_EQ(model->text(), text) << at;
    }
  }
  EXPECT_GT(accepted, 0);  // times, versions and attributes
}

TEST(ZipEvil, EveryCutIsRefused) {
  const std::string good = packed({member("model.json", "{}"), member("model.model", "abc", Method::kDeflated)});
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_NE(first_fault(good.substr(0, size)), "") << size;
}

}  // namespace
}  // namespace zooport::archive
