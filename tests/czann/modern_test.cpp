#include <gtest/gtest.h>

#include <iostream>

#include "tests/czann/corpus.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/package.hpp"

// Every CZANN that czmodel wrote, and real ones: reading gives what was written, and writing gives it again.
namespace zooport::testing {

namespace {

using czann_corpus::content_of;
using czann_corpus::File;
using czann_corpus::members_of;

Bytes written(const czann::Package& package) {
  std::string bytes;
  const archive::Sink sink = archive::append_to(bytes);
  const auto done = czann::write(package, sink, Context{});
  EXPECT_TRUE(done.ok());
  return Bytes(bytes);
}

enum class Rewritten : std::uint8_t { kLetterForLetter, kOtherwise };

void expect_equal(const czann::Metadata& a, const czann::Metadata& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.input_shape, b.input_shape);
  EXPECT_EQ(a.output_shape, b.output_shape);
  EXPECT_EQ(a.min_overlap, b.min_overlap);
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.scaling, b.scaling);
  EXPECT_EQ(a.format_version, b.format_version);
  ASSERT_EQ(a.extra.size(), b.extra.size());
  for (std::size_t i = 0; i < a.extra.size(); ++i) {
    EXPECT_EQ(a.extra[i].name, b.extra[i].name);
    EXPECT_EQ(a.extra[i].json, b.extra[i].json);
  }
}

void expect_equal(const std::vector<archive::Member>& found, const std::vector<archive::Member>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].name, expected[i].name);
    EXPECT_EQ(found[i].content.text(), expected[i].content.text()) << expected[i].name;
  }
}

// True if model.json was written letter for letter.
bool reads_and_writes(const File& file, Rewritten expected) {
  const Bytes bytes = czann_corpus::bytes_of(file);
  std::vector<archive::Member> members = members_of(bytes);
  const auto read = czann::read(bytes, Context{});
  if (!read || !read->package) {
    ADD_FAILURE() << (read ? "no package" : read.error().what.message);
    return false;
  }
  // What was read is what stands there, and for czmodel's own files what it says it wrote.
  const std::string text(content_of(members, "model.json").text());
  if (file.is_recorded) {
    EXPECT_EQ(text, file.model_json);
  }
  EXPECT_EQ(read->package->network.text(), content_of(members, "model.model").text());
  const std::string again = czann::write_metadata(read->package->metadata);
  if (expected == Rewritten::kOtherwise) {
    EXPECT_NE(again, text) << "it is written alike now: take it out of exceptions.tsv";
    for (archive::Member& member : members)
      if (member.name == "model.json") member.content = Bytes(again);
  }
  // Written and read once more: the same members, and the same bytes.
  const Bytes copy = written(*read->package);
  expect_equal(members_of(copy), members);
  const auto read_again = czann::read(copy, Context{});
  if (!read_again || !read_again->package) {
    ADD_FAILURE() << "what was written cannot be read";
    return false;
  }
  expect_equal(read_again->package->metadata, read->package->metadata);
  EXPECT_EQ(written(*read_again->package).text(), copy.text());
  return again == text;
}

}  // namespace

TEST(CzannCorpus, ReadsWhatWasWrittenAndWritesItAgain) {
  ZOOPORT_NEEDS_SHARED();
  const std::vector<czann_corpus::Row> exceptions = czann_corpus::table("exceptions.tsv");
  int files = 0;
  int equal_texts = 0;
  int refused = 0;
  for (const File& file : czann_corpus::files()) {
    if (file.is_legacy() || file.is_empty()) continue;
    SCOPED_TRACE(file.name);
    ++files;
    if (is_said(exceptions, file, "refused")) {
      const auto read = czann::read(czann_corpus::bytes_of(file), Context{});
      EXPECT_FALSE(read.ok() && read->package) << "it can be read now: take it out of exceptions.tsv";
      ++refused;
      continue;
    }
    const bool is_otherwise = is_said(exceptions, file, "written-otherwise");
    equal_texts += reads_and_writes(file, is_otherwise ? Rewritten::kOtherwise : Rewritten::kLetterForLetter) ? 1 : 0;
  }
  std::cout << files << " CZANN: " << refused << " refused, " << equal_texts
            << " with a model.json that is written letter for letter, " << files - refused - equal_texts
            << " with the same in other words\n";
  EXPECT_EQ(files, 464);
  EXPECT_GE(equal_texts, 430);
}

}  // namespace zooport::testing
