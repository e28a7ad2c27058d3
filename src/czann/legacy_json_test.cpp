#include <gtest/gtest.h>

#include <map>

#include "czann/legacy_vectors_for_test.hpp"
#include "zooport/base/text.hpp"

namespace zooport::czann {
namespace {

TEST(LegacyVectors, JsonIsReadAsTheRealPackageReadsIt) {
  ZOOPORT_NEEDS_SHARED();
  // Where it is plainly wrong; docs/differences.md has the rules.
  const std::map<std::string, std::string, std::less<>> ours{
      {"PixelType_19", "refused"},  // an object
      {"Classes_06", "refused"},    // a text, of which it takes the letters
      {"Classes_09", "refused"},    // an object, of which it takes the keys
      {"BorderSize_01", "refused"},
      {"BorderSize_03", "refused"},
      {"BorderSize_04", "refused"},
      {"BorderSize_07", "refused"},
      {"BorderSize_08", "refused"},
      {"BorderSize_09", "refused"},
      {"BorderSize_10", "refused"},
      {"ModelPath_05", "net.pb|SplitRgb|Gray16|a 255 0 0|b 0 255 0|8"},  // as from 5.1.0 on
  };
  std::size_t compared = 0;
  for (const doc::Document& document : legacy_vectors("LegacyModelMetadata.from_json")) {
    const doc::Node& vector = document.root();
    const std::string_view name = name_of_vector(vector);
    const doc::Node& oldest = vector.find("results")->children[0];
    std::string expected = "refused";
    // What it accepts and then cannot write was refused.
    if (doc::boolean_of(*oldest.find("ok")) && oldest.find("value")->find("xml")) {
      const doc::Node& fields = *oldest.find("value")->find("fields");
      expected = concat(fields.find("name")->text, '|', shown(fields));
    }
    if (const auto different = ours.find(name); different != ours.end()) {
      EXPECT_NE(different->second, expected) << name << " is no difference";
      expected = different->second;
    }
    Diagnostics findings;
    const auto metadata = read_legacy_json(std::string(vector.find("input")->find("text")->text), {}, findings);
    const bool is_read = metadata && !findings.has_errors();
    EXPECT_EQ(is_read ? concat(metadata->name, '|', shown(*metadata)) : "refused", expected) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 66U);
}

// Whatever metadata a call made, they are written as it would have written them.
TEST(LegacyVectors, MetadataAreWrittenAsTheRealPackageWritesThem) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t compared = 0;
  for (const char* api : {"LegacyModelMetadata()", "LegacyModelMetadata.from_json", "LegacyModelMetadata.from_xml"}) {
    for (const doc::Document& document : legacy_vectors(api)) {
      for (const doc::Node& result : document.root().find("results")->children) {
        const doc::Node* value = result.find("value");
        if (!value || !value->find("xml")) continue;
        const std::optional<LegacyMetadata> metadata = metadata_of(*value->find("fields"));
        if (!metadata) continue;
        std::string xml = write_legacy_metadata(*metadata);
        // Records have a word in place of random ids.
        if (const std::size_t at = xml.find("&lt;uuid4&gt;"); at != xml.npos) xml.replace(at, 13, "<uuid4>");
        EXPECT_EQ(xml, value->find("xml")->text) << name_of_vector(document.root());
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 71U);
}

TEST(LegacyVectors, NetworksHaveFixedSizes) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t compared = 0;
  for (const doc::Document& document : legacy_vectors("validate_legacy_metadata")) {
    const doc::Node& input = *document.root().find("input");
    const auto shape = [&](std::string_view key) {
      std::vector<std::optional<std::int64_t>> sizes;
      for (const doc::Node& size : input.find(key)->children) sizes.push_back(doc::integer_of(size));
      return sizes;
    };
    const bool is_accepted = doc::boolean_of(*document.root().find("results")->children[0].find("ok"));
    EXPECT_EQ(!validate_legacy(shape("model_input"), shape("model_output")).has_errors(), is_accepted)
        << name_of_vector(document.root());
    ++compared;
  }
  EXPECT_EQ(compared, 12U);
}

TEST(LegacyVectors, FilesGetTheirEnding) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t compared = 0;
  for (const doc::Document& document : legacy_vectors("create_legacy_model_zip")) {
    const doc::Node& oldest = document.root().find("results")->children[0];
    if (!doc::boolean_of(*oldest.find("ok"))) continue;  // a folder that is not there
    const std::string_view asked = document.root().find("input")->find("output")->text;
    // It adds its own ending to the other one, which later releases wrote.
    const std::string_view expected =
        asked == "model.czmodel" ? "model.czmodel" : oldest.find("value")->children[0].text;
    EXPECT_EQ(czseg_file_name(asked), expected);
    ++compared;
  }
  EXPECT_EQ(compared, 11U);
}

TEST(LegacyVectors, ArchivesAreUnpacked) {
  ZOOPORT_NEEDS_SHARED();
  // Its reader of XML takes one channel and several classes; a relative folder it cannot find is no fault of an
  // archive.
  const std::map<std::string, bool, std::less<>> ours{
      {"target_relative", true}, {"one_class", true}, {"two_channels", true}};
  std::size_t compared = 0;
  for (const doc::Document& document : legacy_vectors("LegacyConverter.unpack_model")) {
    const doc::Node& vector = document.root();
    const std::string_view name = name_of_vector(vector);
    std::vector<archive::Member> members;
    for (const doc::Node& member : vector.find("input")->find("members")->children)
      members.push_back({std::string(member.children[0].text), Bytes(std::string(member.children[1].text))});
    const doc::Node& oldest = vector.find("results")->children[0];
    bool is_accepted = doc::boolean_of(*oldest.find("ok"));
    if (const auto different = ours.find(name); different != ours.end()) {
      EXPECT_NE(different->second, is_accepted) << name << " is no difference";
      is_accepted = different->second;
    }
    const auto read = read_legacy(zip_of(members), Context{});
    ASSERT_TRUE(read.ok()) << name;
    EXPECT_EQ(read->package && !read->findings.has_errors(), is_accepted) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 11U);
}

}  // namespace
}  // namespace zooport::czann
