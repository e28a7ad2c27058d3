#include "zooport/czann/legacy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "tests/czann/corpus.hpp"
#include "tests/support/shared.hpp"

// Every .czseg and .czmodel that czmodel wrote: reading gives what was written, and writing gives it again.
namespace zooport::testing {

namespace {

using czann_corpus::content_of;
using czann_corpus::File;
using czann_corpus::members_of;

Result<Bytes> written(const czann::LegacyPackage& package) {
  std::string bytes;
  const archive::Sink sink = archive::append_to(bytes);
  ZOOPORT_TRY(czann::write(package, sink, Context{}));
  return Bytes(bytes);
}

void expect_equal(const czann::LegacyMetadata& a, const czann::LegacyMetadata& b) {
  EXPECT_EQ(czann::write_legacy_metadata(a), czann::write_legacy_metadata(b));
  EXPECT_EQ(a.pixel_types, b.pixel_types);
  EXPECT_EQ(a.color_handling, b.color_handling);
  EXPECT_EQ(a.post_processing, b.post_processing);
  ASSERT_EQ(a.classes.size(), b.classes.size());
  for (std::size_t i = 0; i < a.classes.size(); ++i) {
    EXPECT_EQ(a.classes[i].name, b.classes[i].name);
    EXPECT_EQ(a.classes[i].color, b.classes[i].color);
    EXPECT_EQ(a.classes[i].label, b.classes[i].label);
  }
}

enum class Rewritten : std::uint8_t { kLetterForLetter, kOtherwise };

bool has_marker(const std::vector<archive::Member>& members) {
  return std::any_of(members.begin(), members.end(),
                     [](const archive::Member& member) { return member.name.starts_with("modelid="); });
}

// True if the XML was written letter for letter.
bool reads_and_writes(const File& file, Rewritten expected) {
  const Bytes bytes = czann_corpus::bytes_of(file);
  std::vector<archive::Member> members = members_of(bytes);
  const auto read = czann::read_legacy(bytes, Context{});
  if (!read || !read->package) {
    ADD_FAILURE() << (read ? read->findings.items().front().message : read.error().what.message);
    return false;
  }
  const czann::LegacyPackage& package = *read->package;
  // What was read is what stands there, and what czmodel says it wrote.
  EXPECT_EQ(content_of(members, package.xml_name).text(), file.model_xml);
  EXPECT_EQ(content_of(members, package.network_name).text(), package.network.text());
  EXPECT_GT(package.network.size(), 0u);
  const std::string again = czann::write_legacy_metadata(package.metadata);
  if (expected == Rewritten::kOtherwise) {
    EXPECT_NE(again, file.model_xml) << "it is written alike now: take it out of exceptions.tsv";
    for (archive::Member& member : members)
      if (member.name == package.xml_name) member.content = Bytes(again);
  }
  // The last member is missing where czmodel gave up before it.
  if (!has_marker(members)) members.push_back({"modelid=" + package.metadata.id, Bytes()});
  // Written and read once more: the same members, and the same bytes.
  const auto copy = written(package);
  if (!copy) {
    ADD_FAILURE() << copy.error().what.message;
    return false;
  }
  const std::vector<archive::Member> members_again = members_of(*copy);
  EXPECT_EQ(members_again.size(), members.size());
  for (std::size_t i = 0; i < std::min(members.size(), members_again.size()); ++i) {
    EXPECT_EQ(members_again[i].name, members[i].name);
    EXPECT_EQ(members_again[i].content.text(), members[i].content.text()) << members[i].name;
  }
  const auto read_again = czann::read_legacy(*copy, Context{});
  if (!read_again || !read_again->package) {
    ADD_FAILURE() << "what was written cannot be read";
    return false;
  }
  expect_equal(read_again->package->metadata, package.metadata);
  const auto third = written(*read_again->package);
  EXPECT_TRUE(third.ok() && third->text() == copy->text());
  return again == file.model_xml;
}

}  // namespace

TEST(CzannCorpus, ReadsWhatWasWrittenBeforeCzannAndWritesItAgain) {
  ZOOPORT_NEEDS_SHARED();
  const std::vector<czann_corpus::Row> exceptions = czann_corpus::table("exceptions.tsv");
  int files = 0;
  int equal_texts = 0;
  int not_written = 0;
  for (const File& file : czann_corpus::files()) {
    if (!file.is_legacy()) continue;
    SCOPED_TRACE(file.name);
    ++files;
    if (is_said(exceptions, file, "not-written")) {
      const auto read = czann::read_legacy(czann_corpus::bytes_of(file), Context{});
      ASSERT_TRUE(read.ok() && read->package);
      EXPECT_FALSE(written(*read->package).ok()) << "it can be written now: take it out of exceptions.tsv";
      ++not_written;
      continue;
    }
    const bool is_otherwise = is_said(exceptions, file, "written-otherwise");
    equal_texts += reads_and_writes(file, is_otherwise ? Rewritten::kOtherwise : Rewritten::kLetterForLetter) ? 1 : 0;
  }
  std::cout << files << " CZSEG and CZMODEL: " << equal_texts << " with an XML that is written letter for letter, "
            << not_written << " that cannot be written, " << files - equal_texts - not_written
            << " with the same in other words\n";
  EXPECT_EQ(files, 129);
  EXPECT_GE(equal_texts, 120);
}

}  // namespace zooport::testing
