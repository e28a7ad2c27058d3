#include <random>
#include <set>

#include "archive/test_files.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

using testing::first_fault;
using testing::member;
using testing::packed;
using testing::slurp;
using zooport::testing::TemporaryFolder;

std::string refusal(const std::vector<Member>& members) {
  const auto written = write_zip(members, [](std::span<const std::byte>) { return Result<void>(); }, {});
  return written.ok() ? "" : written.error().what.id;
}

// The exit status of a program whose output goes to `out`.
int run(const std::string& command, const std::filesystem::path& out) {
  return std::system((command + " > '" + out.string() + "' 2>&1").c_str());
}

TEST(ZipWriter, BytesAreWhatTheFormatSays) {
  const std::string expected(
      "PK\3\4\x14\0\0\0\0\0\0\0\x21\0\x8b\x9e\xd9\xd3\1\0\0\0\1\0\0\0\1\0\0\0aA"
      "PK\1\2\x14\3\x14\0\0\0\0\0\0\0\x21\0\x8b\x9e\xd9\xd3\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\xa4\x81\0\0\0\0a"
      "PK\5\6\0\0\0\0\1\0\1\0\x2f\0\0\0\x20\0\0\0\0\0",
      32 + 47 + 22);
  EXPECT_EQ(packed({member("a", "A")}), expected);
}

TEST(ZipWriter, SameMembersSameBytes) {
  const auto members = [] {
    return std::vector<Member>{member("b", std::string(3000, 'x'), Method::kDeflated), member("a", "y")};
  };
  EXPECT_EQ(packed(members()), packed(members()));
}

TEST(ZipWriter, OnlyNamesBeyondAsciiCarryTheUtf8Flag) {
  EXPECT_EQ(packed({member("a", "")})[7], 0);
  EXPECT_EQ(packed({member("\u00e4", "")})[7], 8);
}

TEST(ZipWriter, WhatDoesNotShrinkIsStored) {
  EXPECT_EQ(packed({member("a", "", Method::kDeflated)})[8], 0);
  EXPECT_EQ(packed({member("a", "q", Method::kDeflated)})[8], 0);
  EXPECT_EQ(packed({member("a", std::string(99, 'q'), Method::kDeflated)})[8], 8);
  // What shrinks so far that the reader would take it for a bomb is stored too.
  const std::string zeros = packed({member("a", std::string(3 << 20, '\0'), Method::kDeflated)});
  EXPECT_EQ(zeros[8], 0);
  EXPECT_EQ(first_fault(zeros), "");
}

TEST(ZipWriter, TimeComesFromSourceDateEpoch) {
  const auto time_of = [](const char* epoch) {
    ::setenv("SOURCE_DATE_EPOCH", epoch, 1);
    std::string out;
    const auto written = write_zip({member("a", "")}, append_to(out), {});
    ::unsetenv("SOURCE_DATE_EPOCH");
    return written.ok() ? out.substr(10, 4) : written.error().what.id;
  };
  const auto dos = [](int y, int mo, int d, int h, int mi, int s) {
    const int date = (y - 1980) << 9 | mo << 5 | d;
    const int time = h << 11 | mi << 5 | s / 2;
    return std::string{static_cast<char>(time), static_cast<char>(time >> 8), static_cast<char>(date),
                       static_cast<char>(date >> 8)};
  };
  EXPECT_EQ(time_of(""), dos(1980, 1, 1, 0, 0, 0));
  EXPECT_EQ(time_of("0"), dos(1980, 1, 1, 0, 0, 0));
  EXPECT_EQ(time_of("951827696"), dos(2000, 2, 29, 12, 34, 56));
  EXPECT_EQ(time_of("1709251199"), dos(2024, 2, 29, 23, 59, 58));
  EXPECT_EQ(time_of("1709251200"), dos(2024, 3, 1, 0, 0, 0));
  EXPECT_EQ(time_of("99999999999"), dos(2107, 12, 31, 23, 59, 58));
  EXPECT_EQ(time_of("yesterday"), "zip.source-date-epoch");
  EXPECT_EQ(time_of("-5"), "zip.source-date-epoch");
}

TEST(ZipWriter, RefusesWhatTheReaderRefuses) {
  EXPECT_EQ(refusal({member("../a", "")}), "zip.path-escapes");
  EXPECT_EQ(refusal({member("/a", "")}), "zip.absolute-name");
  EXPECT_EQ(refusal({member("a\\b", "")}), "zip.backslash");
  EXPECT_EQ(refusal({member("", "")}), "zip.empty-name");
  EXPECT_EQ(refusal({member("a/", "")}), "zip.folder-content");
  EXPECT_EQ(refusal({member("a", ""), member("a", "")}), "zip.duplicate-name");
  EXPECT_EQ(refusal({member("a", ""), member("A", "")}), "zip.case-duplicate");
  EXPECT_EQ(refusal({member("a", ""), member("a/b", "")}), "zip.file-and-folder");
  EXPECT_EQ(refusal({member(std::string(65'536, 'a'), "")}), "zip.name-too-long");
}

TEST(ZipWriter, ErrorsOfTheSinkAndCancellationEndIt) {
  const auto full = [](std::span<const std::byte>) -> Result<void> {
    return make_error(ErrorKind::kIo, "test.full", "disk full");
  };
  EXPECT_EQ(write_zip({member("a", "x")}, full, {}).error().what.id, "test.full");
  std::stop_source stop;
  stop.request_stop();
  Context context;
  context.stop = stop.get_token();
  const auto none = [](std::span<const std::byte>) { return Result<void>(); };
  EXPECT_EQ(write_zip({member("a", "x")}, none, context).error().kind, ErrorKind::kCancelled);
}

// Whatever names and contents: the reader gives back what the writer got.
TEST(ZipWriter, ReaderGivesBackWhatWasWritten) {
  std::mt19937 random(7);
  const auto pick = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
  const std::vector<std::string> parts = {"a", "B", "model.json", "\u00e4", "\u7d30", " ", "...", "x y", "c:d"};
  for (int round = 0; round < 300; ++round) {
    std::vector<Member> members;
    std::set<std::string> used;
    for (int i = pick(8); i > 0; --i) {
      const std::string name = concat("m", members.size(), "/", parts[pick(9)], "/", parts[pick(9)]);
      std::string content;
      for (int j = pick(3) == 0 ? 0 : pick(3000); j > 0; --j) content += static_cast<char>(random() % (1 + pick(255)));
      members.push_back(member(name, content, pick(2) == 0 ? Method::kStored : Method::kDeflated));
    }
    const auto reader = Reader::open(Bytes(packed(members)), {});
    ASSERT_TRUE(reader.ok()) << reader.error().what.message;
    ASSERT_EQ(reader->entries().size(), members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      EXPECT_EQ(reader->entries()[i].name, members[i].name);
      const auto content = reader->read(reader->entries()[i], {});
      ASSERT_TRUE(content.ok()) << content.error().what.message;
      EXPECT_TRUE(content->text() == members[i].content.text());
    }
  }
}

TEST(ZipWriter, PythonAndUnzipReadIt) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "a.zip";
  const std::string archive =
      packed({member("model.json", "{}"), member("\u00e4/\u7d30", std::string(9999, 'x'), Method::kDeflated),
              member("empty", "", Method::kDeflated)});
  ASSERT_TRUE(os::write_file_atomically(file.string(), as_bytes(archive), true).ok());
  const std::string script =
      "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; "
      "print([(i.orig_filename == i.filename, ascii(i.filename), i.compress_type, i.date_time, oct(i.external_attr >> "
      "16), "
      "i.file_size, len(i.extra), i.flag_bits) for i in z.infolist()])";
  const std::filesystem::path out = folder / "out";
  ASSERT_EQ(run("python3 -c '" + script + "' '" + file.string() + "'", out), 0) << slurp(out);
  EXPECT_EQ(slurp(out),
            "[(True, \"'model.json'\", 0, (1980, 1, 1, 0, 0, 0), '0o100644', 2, 0, 0), "
            "(True, \"'\\\\xe4/\\\\u7d30'\", 8, (1980, 1, 1, 0, 0, 0), '0o100644', 9999, 0, 2048), "
            "(True, \"'empty'\", 0, (1980, 1, 1, 0, 0, 0), '0o100644', 0, 0, 0)]\n");
  if (run("command -v unzip", out) != 0) GTEST_SKIP() << "the half with unzip: it is not on this machine";
  EXPECT_EQ(run("unzip -t '" + file.string() + "'", out), 0) << slurp(out);
}

TEST(ZipWriter, ManyEntriesUseZip64) {
  std::vector<Member> members;
  for (int i = 0; i < 65'540; ++i) members.push_back(member(concat("f", i), ""));
  const std::string archive = packed(members);
  EXPECT_NE(archive.find("PK\6\6"), std::string::npos);
  EXPECT_EQ(first_fault(archive), "zip.entries-limit");
  Context context;
  context.limits.archive_entries = 65'540;
  const auto reader = Reader::open(Bytes(archive), context);
  ASSERT_TRUE(reader.ok()) << reader.error().what.message;
  EXPECT_EQ(reader->entries().size(), members.size());

  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "a.zip";
  ASSERT_TRUE(os::write_file_atomically(file.string(), as_bytes(archive), true).ok());
  const std::filesystem::path out = folder / "out";
  ASSERT_EQ(run("python3 -m zipfile -l '" + file.string() + "' | wc -l", out), 0);
  EXPECT_EQ(std::atoi(slurp(out).c_str()), 65'541);
}

// More than 4 GiB of zeros that are never touched, written to a file with a hole in their place.
TEST(ZipWriter, LargeContentUsesZip64) {
  constexpr std::size_t kSize = (std::size_t{4} << 30) + 5;
  void* memory = std::calloc(1, kSize);
  if (!memory) GTEST_SKIP() << "needs 4 GiB of address space";
  const std::shared_ptr<const void> owner(memory, std::free);
  const auto* first = static_cast<const std::byte*>(memory);
  const std::vector<Member> members = {{"large", Bytes(owner, {first, kSize}), Method::kStored},
                                       member("after", "end")};

  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.zip";
  auto file = os::AtomicFile::create(path.string(), true);
  ASSERT_TRUE(file.ok());
  std::uint64_t offset = 0;
  const auto sink = [&](std::span<const std::byte> piece) {
    const std::uint64_t at = offset;
    offset += piece.size();
    const bool hole = piece.data() >= first && piece.data() < first + kSize;
    return hole ? Result<void>() : file->write_at(at, piece);
  };
  ASSERT_TRUE(write_zip(members, sink, {}).ok());
  ASSERT_TRUE(file->commit().ok());

  const auto archive = os::read_file(path.string(), std::uint64_t{8} << 30);
  ASSERT_TRUE(archive.ok());
  const auto reader = Reader::open(*archive, {});
  ASSERT_TRUE(reader.ok()) << reader.error().what.message;
  ASSERT_EQ(reader->entries().size(), 2u);
  EXPECT_EQ(reader->entries()[0].size, kSize);
  EXPECT_EQ(reader->read(reader->entries()[1], {}).value().text(), "end");

  const std::filesystem::path out = folder / "out";
  const std::string script =
      "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); "
      "print(z.getinfo(\"large\").file_size, z.read(\"after\").decode(), hex(z.getinfo(\"large\").CRC))";
  ASSERT_EQ(run("python3 -c '" + script + "' '" + path.string() + "'", out), 0) << slurp(out);
  EXPECT_TRUE(slurp(out).starts_with("4294967301 end 0x")) << slurp(out);
}

}  // namespace
}  // namespace zooport::archive
