#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "czann/legacy_vectors_for_test.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/doc/json.hpp"

// What the real package did with metadata of the old format, and which archives it wrote.
namespace zooport::czann {
namespace {

TEST(LegacyVectors, XmlIsReadAsTheRealPackageReadsIt) {
  ZOOPORT_NEEDS_SHARED();
  // Where it is plainly wrong; docs/differences.md has the rules.
  const std::map<std::string_view, std::string> ours{
      {"one_class", "SplitRgb|Gray16|x 255 0 0|8"},
      {"two_channels", "SplitRgb|Gray16|Gray8|Background 255 0 0|Nucleus 0 255 0|8"},
      {"namespace", "SplitRgb|Gray16|Background 255 0 0|Nucleus 0 255 0|8"},
      {"class_order", "SplitRgb|Gray16|Nucleus 0 255 0|Background 255 0 0|8"},
      {"border_negative", "refused"},
      {"border_float", "refused"},
      {"border_empty", "refused"},
  };
  std::size_t compared = 0;
  for (const doc::Document& document : legacy_vectors("LegacyModelMetadata.from_xml")) {
    const doc::Node& vector = document.root();
    const doc::Node& input = *vector.find("input");
    if (input.find("path")) continue;  // a file that is not there
    const std::string xml =
        input.find("text") ? std::string(input.find("text")->text) : from_hex(input.find("hex")->text);
    const doc::Node& oldest = vector.find("results")->children[0];
    const std::string_view name = name_of_vector(vector);
    std::string expected =
        doc::boolean_of(*oldest.find("ok")) ? shown(*oldest.find("value")->find("fields")) : "refused";
    if (const auto different = ours.find(name); different != ours.end()) {
      EXPECT_NE(different->second, expected) << name << " is no difference";
      expected = different->second;
    }
    Diagnostics findings;
    const auto metadata = read_legacy_metadata(xml, {}, findings);
    const std::string found = metadata && !findings.has_errors() ? shown(*metadata) : "refused";
    EXPECT_EQ(found, expected) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 48U);
}

TEST(LegacyVectors, ColoursAreThose) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t compared = 0;
  for (const doc::Document& document : legacy_vectors("ColorGenerator")) {
    const doc::Node& vector = document.root();
    const std::string_view call = vector.find("input")->find("python")->text;
    Color first{255, 0, 0};
    if (const std::size_t at = call.find("ColorGenerator(("); at != call.npos) {
      int values[3] = {};
      ASSERT_EQ(std::sscanf(std::string(call.substr(at)).c_str(), "ColorGenerator((%d, %d, %d", values, values + 1,
                            values + 2),
                3);
      const auto byte = [](int value) { return static_cast<std::uint8_t>(value); };
      first = {byte(values[0]), byte(values[1]), byte(values[2])};
    }
    const auto& colors = vector.find("results")->children[0].find("value")->children;
    const std::vector<Color> ours = class_colors(colors.size(), first);
    for (std::size_t i = 0; i < colors.size(); ++i) {
      const auto& rgb = colors[i].children;
      EXPECT_EQ(concat(int{ours[i].red}, ' ', int{ours[i].green}, ' ', int{ours[i].blue}),
                concat(rgb[0].text, ' ', rgb[1].text, ' ', rgb[2].text))
          << call << ' ' << i;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 560U);
}

// Archives that the real package left, with its record of each.
struct Written {
  std::string path;
  std::string xml;
};

std::vector<Written> written_archives() {
  std::vector<Written> all;
  const std::string folder = testing::shared_folder() + "/data/czmodel/written";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename() != "case.json") continue;
    std::string text = read_text(entry.path().string());
    if (text.find("\"model_xml\"") == text.npos) continue;
    const doc::Document record = json_of(std::move(text), entry.path().string());
    const doc::Node* archives = record.root().find("written");
    for (const doc::Node& archive : archives ? archives->children : std::span<const doc::Node>()) {
      const doc::Node* xml = archive.find("model_xml");
      const std::string path = (entry.path().parent_path() / std::string(archive.key)).string();
      if (xml && os::status(path).kind == os::FileKind::kRegular) all.push_back({path, std::string(xml->text)});
    }
  }
  std::sort(all.begin(), all.end(), [](const Written& a, const Written& b) { return a.path < b.path; });
  return all;
}

TEST(LegacyVectors, ArchivesAreReadAndTheirXmlWrittenByteForByte) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t equal = 0;
  std::vector<std::string> others;
  for (const Written& written : written_archives()) {
    const auto bytes = os::read_file(written.path, kMost);
    ASSERT_TRUE(bytes.ok());
    const auto read = read_legacy(*bytes, Context{});
    ASSERT_TRUE(read.ok()) << written.path << ": " << read.error().what.message;
    ASSERT_TRUE(read->package) << written.path << ": " << read->findings.items().at(0).message;
    if (write_legacy_metadata(read->package->metadata) == written.xml) {
      ++equal;
    } else {
      others.push_back(std::filesystem::path(written.path).parent_path().filename().string());
      EXPECT_TRUE(read->findings.has_errors()) << written.path << '\n'
                                               << written.xml << '\n'
                                               << write_legacy_metadata(read->package->metadata);
    }
    EXPECT_FALSE(read->package->network.empty()) << written.path;
  }
  std::sort(others.begin(), others.end());
  // Borders that are no numbers of pixels are not kept.
  EXPECT_EQ(join(others, " "),
            "legacy_border_float legacy_border_float legacy_border_negative legacy_border_negative legacy_border_none "
            "legacy_border_none");
  EXPECT_EQ(equal, 123U);
}

}  // namespace
}  // namespace zooport::czann
