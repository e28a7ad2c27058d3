#include "archive/test_files.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

using testing::first_fault;
using testing::member;
using testing::packed;
using testing::slurp;

TEST(ZipReader, ListsInTheOrderOfTheDirectoryAndFinds) {
  const auto reader = Reader::open(Bytes(packed({member("z", "1"), member("a/b", "22", Method::kDeflated)})), {});
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ(reader->entries().size(), 2u);
  EXPECT_EQ(reader->entries()[0].name, "z");
  EXPECT_EQ(reader->entries()[1].size, 2u);
  EXPECT_EQ(reader->find("a/b"), &reader->entries()[1]);
  EXPECT_EQ(reader->find("a"), nullptr);
  EXPECT_EQ(reader->find("b"), nullptr);
}

TEST(ZipReader, StoredContentIsASliceOfTheArchive) {
  const Bytes archive(packed({member("a", "content")}));
  const auto reader = Reader::open(archive, {});
  ASSERT_TRUE(reader.ok());
  const auto content = reader->read(reader->entries()[0], {});
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->text(), "content");
  EXPECT_EQ(content->data(), archive.data() + 31);  // no copy: 30 bytes of header and the name
}

TEST(ZipReader, ContentOutlivesTheReader) {
  Bytes content;
  {
    const auto reader = Reader::open(Bytes(packed({member("a", std::string(5000, 'q'), Method::kDeflated)})), {});
    ASSERT_TRUE(reader.ok());
    content = reader->read(reader->entries()[0], {}).value();
  }
  EXPECT_EQ(content.text(), std::string(5000, 'q'));
}

TEST(ZipReader, StreamsInBoundedPiecesAndStopsWithTheSink) {
  for (const Method method : {Method::kStored, Method::kDeflated}) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += concat(i, ",");
    const auto reader = Reader::open(Bytes(packed({member("a", text, method)})), {});
    ASSERT_TRUE(reader.ok());
    std::string got;
    const auto sink = [&](std::span<const std::byte> piece) {
      EXPECT_LE(piece.size(), 256u << 10);
      got.append(reinterpret_cast<const char*>(piece.data()), piece.size());
      return Result<void>();
    };
    ASSERT_TRUE(reader->read(reader->entries()[0], sink, {}).ok());
    EXPECT_TRUE(got == text);

    int calls = 0;
    const auto full = [&](std::span<const std::byte>) -> Result<void> {
      ++calls;
      return make_error(ErrorKind::kIo, "test.full", "disk full");
    };
    const auto failed = reader->read(reader->entries()[0], full, {});
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().what.id, "test.full");
    EXPECT_EQ(calls, 1);
  }
}

TEST(ZipReader, StopsWhenAsked) {
  for (const Method method : {Method::kStored, Method::kDeflated}) {
    const auto reader = Reader::open(Bytes(packed({member("a", std::string(1 << 20, 'x'), method)})), {});
    ASSERT_TRUE(reader.ok());
    std::stop_source stop;
    Context context;
    context.stop = stop.get_token();
    const auto sink = [&](std::span<const std::byte>) {
      stop.request_stop();
      return Result<void>();
    };
    const auto stopped = reader->read(reader->entries()[0], sink, context);
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().kind, ErrorKind::kCancelled);
  }
}

TEST(ZipReader, AnEntryOfAnotherArchiveIsRefused) {
  const auto reader = Reader::open(Bytes(packed({member("a", "1")})), {});
  ASSERT_TRUE(reader.ok());
  Entry other;
  other.name = "b";
  const auto content = reader->read(other, {});
  ASSERT_FALSE(content.ok());
  EXPECT_EQ(content.error().what.id, "zip.no-such-entry");
}

TEST(ZipReader, LooksLikeZip) {
  EXPECT_TRUE(looks_like_zip(as_bytes("PK\3\4rest")));
  EXPECT_TRUE(looks_like_zip(as_bytes("PK\5\6")));
  EXPECT_FALSE(looks_like_zip(as_bytes("PK\3")));
  EXPECT_FALSE(looks_like_zip(as_bytes("\x08\x07\x12")));
  EXPECT_FALSE(looks_like_zip({}));
}

// Every archive that ZEN and the releases of czmodel wrote. czmodel leaves archives without
// entries behind when it refuses late: well-formed, and for others to refuse.
TEST(ZipReader, OpensEveryRealArchive) {
  ZOOPORT_NEEDS_SHARED();
  int opened = 0;
  int empty = 0;
  int doubled = 0;
  for (const char* folder : {"/data/czann", "/data/czmodel"}) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(zooport::testing::shared_folder() + folder)) {
      const std::string ending = file.path().extension().string();
      if (ending != ".czann" && ending != ".czseg" && ending != ".czmodel") continue;
      const std::string bytes = slurp(file.path());
      const std::string fault = first_fault(bytes);
      empty += bytes.size() == 22;
      if (file.path().parent_path().filename() == "license_named_model_json") {
        ++doubled;  // czmodel packs the licence as a second model.json
        EXPECT_EQ(fault, "zip.duplicate-name") << file.path();
      } else {
        ++opened;
        EXPECT_EQ(fault, "") << file.path();
      }
    }
  }
  EXPECT_GT(opened, 600);
  EXPECT_EQ(empty, 6);
  EXPECT_EQ(doubled, 2);
}

}  // namespace
}  // namespace zooport::archive
