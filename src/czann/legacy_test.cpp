#include <gtest/gtest.h>

#include <algorithm>

#include "czann/legacy_vectors_for_test.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/doc/position.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::czann {
namespace {

using Ids = std::vector<std::string>;

const std::string kGood =
    "<?xml version='1.0' encoding='utf-8'?>\n"
    "<Model Version=\"3.1.0\"><Id>b511d295-91ff-46ca-bb60-b2e26c393809</Id><ModelName>Nuclei</ModelName>"
    "<Status>Trained</Status><FeatureExtractor>DeepNeuralNetwork</FeatureExtractor><Postprocessing />"
    "<ColorHandling>SplitRgb</ColorHandling><Channels><Item PixelType=\"Gray16\" /></Channels><TrainingClasses>"
    "<Item colB=\"0\" colG=\"0\" colR=\"255\" LabelValue=\"1\" Name=\"Background\" />"
    "<Item colB=\"0\" colG=\"255\" colR=\"0\" LabelValue=\"2\" Name=\"Nucleus\" /></TrainingClasses>"
    "<BorderSize>8</BorderSize></Model>";

std::string with(const std::string& from, const std::string& to) {
  std::string text = kGood;
  return text.replace(text.find(from), from.size(), to);
}

Ids ids_of(const std::string& xml, const Limits& limits = {}) {
  Diagnostics findings;
  const auto metadata = read_legacy_metadata(xml, limits, findings);
  Ids ids;
  for (const Diagnostic& finding : findings.items()) ids.push_back(finding.id);
  if (!metadata) ids.push_back(metadata.error().what.id);
  return ids;
}

LegacyMetadata read(const std::string& xml) {
  Diagnostics findings;
  auto metadata = read_legacy_metadata(xml, {}, findings);
  EXPECT_TRUE(metadata.ok()) << metadata.error().what.message;
  return metadata ? std::move(*metadata) : LegacyMetadata();
}

TEST(LegacyMetadata, ReadsAndWritesAsTheRealPackage) {
  const LegacyMetadata metadata = read(kGood);
  EXPECT_EQ(metadata.version, "3.1.0");
  EXPECT_EQ(metadata.name, "Nuclei");
  EXPECT_EQ(metadata.pixel_types, Ids{"Gray16"});
  ASSERT_EQ(metadata.classes.size(), 2U);
  EXPECT_EQ(metadata.classes[1].name, "Nucleus");
  EXPECT_EQ(metadata.classes[1].color, (Color{0, 255, 0}));
  EXPECT_EQ(metadata.classes[1].label, 2);
  EXPECT_EQ(metadata.border_size, std::vector<std::int64_t>{8});
  EXPECT_FALSE(metadata.scale_inputs_by_bit_depth.has_value());
  EXPECT_EQ(write_legacy_metadata(metadata), kGood);
}

TEST(LegacyMetadata, KeepsWhatOnlyZenWrites) {
  const std::string more = with("</Model>",
                                "<TotalTileHeight>512</TotalTileHeight><TotalTileWidth>256</TotalTileWidth>"
                                "<ScaleInputsByBitdepth>true</ScaleInputsByBitdepth></Model>");
  const LegacyMetadata metadata = read(more);
  EXPECT_EQ(metadata.tile_height, 512);
  EXPECT_EQ(metadata.tile_width, 256);
  EXPECT_EQ(metadata.scale_inputs_by_bit_depth, true);
  EXPECT_EQ(write_legacy_metadata(metadata), more);
}

TEST(LegacyMetadata, ReadsEveryFormOfABorder) {
  using Border = std::vector<std::int64_t>;
  EXPECT_EQ(read(with(">8<", "> 8 <")).border_size, Border{8});
  EXPECT_EQ(read(with(">8<", ">[8, 16]<")).border_size, (Border{8, 16}));
  EXPECT_EQ(read(with(">8<", ">8 16<")).border_size, (Border{8, 16}));
  EXPECT_EQ(read(with(">8<", "><Item>8</Item><Item>16</Item><")).border_size, (Border{8, 16}));
  EXPECT_EQ(read(with("<BorderSize>", "<BorderSize>4</BorderSize><BorderSize>")).border_size, (Border{4, 8}));
  LegacyMetadata metadata = read(kGood);
  metadata.border_size = {8, 16};
  EXPECT_NE(write_legacy_metadata(metadata).find("<BorderSize>[8, 16]</BorderSize>"), std::string::npos);
}

TEST(LegacyMetadata, ClassesFollowTheirLabels) {
  const LegacyMetadata metadata = read(with("LabelValue=\"1\"", "LabelValue=\"9\""));
  EXPECT_EQ(metadata.classes[0].name, "Nucleus");
  EXPECT_EQ(metadata.classes[1].name, "Background");
  EXPECT_EQ(metadata.classes[1].label, 9);
  EXPECT_EQ(ids_of(with("LabelValue=\"1\"", "LabelValue=\"9\"")), Ids{"czann.label-values"});
}

TEST(LegacyMetadata, TakesPrefixesMarksAndOtherEncodings) {
  EXPECT_EQ(read("\xEF\xBB\xBF" + kGood).name, "Nuclei");
  EXPECT_EQ(read(with("<Model ", "<Model xmlns=\"urn:x\" ")).name, "Nuclei");
  std::string prefixed = with("<Model ", "<z:Model xmlns:z=\"urn:x\" ");
  for (const char* name : {"Id", "ModelName", "BorderSize"}) {
    const std::string opening = concat('<', name, '>');
    const std::string closing = concat("</", name, '>');
    prefixed.replace(prefixed.find(opening), opening.size(), concat("<z:", name, '>'));
    prefixed.replace(prefixed.find(closing), closing.size(), concat("</z:", name, '>'));
  }
  prefixed.replace(prefixed.find("</Model>"), 8, "</z:Model>");
  EXPECT_EQ(read(prefixed).name, "Nuclei");
  EXPECT_EQ(read(prefixed).border_size, std::vector<std::int64_t>{8});
  EXPECT_EQ(read(with("Nuclei", "<![CDATA[Nu<clei & ]]>")).name, "Nu<clei &");
  EXPECT_EQ(read(with("Nuclei", "a &lt; &#228; &#x1F988; &amp;c;")).name, "a < ä 🦈 &c;");
}

TEST(LegacyMetadata, NamesEveryFaultWithItsPlace) {
  EXPECT_EQ(ids_of(kGood), Ids{});
  EXPECT_EQ(ids_of(with(" Version=\"3.1.0\"", "")), Ids{"czann.legacy-version"});
  EXPECT_EQ(ids_of(with("b511d295-91ff-46ca-bb60-b2e26c393809", "me")), Ids{"czann.id-form"});
  EXPECT_EQ(ids_of(with("<ColorHandling>SplitRgb</ColorHandling>", "")), Ids{"czann.missing-element"});
  EXPECT_EQ(ids_of(with("SplitRgb", "splitrgb")), Ids{"czann.color-handling"});
  EXPECT_EQ(ids_of(with("Gray16", "Gray12")), Ids{"czann.pixel-type"});
  EXPECT_EQ(ids_of(with(" PixelType=\"Gray16\"", "")), Ids{"czann.missing-attribute"});
  EXPECT_EQ(ids_of(with(" Name=\"Nucleus\"", "")), Ids{"czann.missing-attribute"});
  EXPECT_EQ(ids_of(with("colR=\"255\"", "colR=\"256\"")), Ids{"czann.class-number"});
  EXPECT_EQ(ids_of(with("LabelValue=\"1\"", "LabelValue=\"x\"")), Ids{"czann.class-number"});
  EXPECT_EQ(ids_of(with(">8<", ">8.5<")), Ids{"czann.border-size"});
  EXPECT_EQ(ids_of(with(">8<", ">-8<")), Ids{"czann.border-size"});
  EXPECT_EQ(ids_of(with("<BorderSize>8", "<TotalTileWidth>0</TotalTileWidth><BorderSize>8")), Ids{"czann.tile-size"});
  EXPECT_EQ(ids_of(with("<BorderSize>", "<ScaleInputsByBitdepth>maybe</ScaleInputsByBitdepth><BorderSize>")),
            Ids{"czann.scale-inputs"});
  EXPECT_EQ(ids_of(with("<BorderSize>", "<BorderSize>4</BorderSize><BorderSize>")), Ids{"czann.repeated-element"});

  const std::string wrong = "\xEF\xBB\xBF" + with("Gray16", "Gr\u00e4y");
  Diagnostics findings;
  ASSERT_TRUE(read_legacy_metadata(wrong, {}, findings).ok());
  const Span span = findings.items().at(0).span.value();
  EXPECT_EQ(wrong.substr(span.begin, span.end - span.begin), "Gr\u00e4y");
  EXPECT_EQ(doc::LineIndex(wrong).position(span.begin).line, 2U);
  EXPECT_EQ(to_text(findings.items()[0].path), "Channels[0]");
}

TEST(LegacyMetadata, AModelThatIsNoNetworkMayLackWhatNetworksNeed) {
  Diagnostics findings;
  const auto metadata = read_legacy_metadata(
      "<Model Version=\"3\"><Id>b511d295-91ff-46ca-bb60-b2e26c393809</Id><ModelName>n</ModelName>"
      "<FeatureExtractor>BasicFeatures</FeatureExtractor></Model>",
      {}, findings);
  ASSERT_TRUE(metadata.ok());
  EXPECT_FALSE(findings.has_errors());
  EXPECT_EQ(findings.items().size(), 4U);
}

TEST(LegacyMetadata, EvilXmlIsRefused) {
  EXPECT_EQ(ids_of(""), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of("hello"), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of("<"), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of("x" + kGood.substr(kGood.find("<Model"))), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of(kGood + "<Model/>"), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of(with("Name=\"Nucleus\"", "Name=\"a\" Name=\"b\"")), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of(with("Nuclei", "a\001b")), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of(with("Nuclei", "&#0;")), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of(with("Nuclei", "&#xD800;")), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of(with("Nuclei", "&#99999999999999999999;")), Ids{"czann.xml-syntax"});
  EXPECT_EQ(ids_of(with("Nuclei", "&a;")), Ids{"czann.xml-entities"});
  EXPECT_EQ(ids_of(with("\"Nucleus\"", "\"&a\"")), Ids{"czann.xml-entities"});
  EXPECT_EQ(ids_of(with("<Model ", "<!DOCTYPE Model [<!ENTITY a \"x\">]><Model ")), Ids{"czann.xml-entities"});
  EXPECT_EQ(ids_of(with("<Model ", "<!DOCTYPE Model [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Model ")),
            Ids{"czann.xml-entities"});
  EXPECT_EQ(ids_of(with("<Model ", "<!DOCTYPE Model><Model ")), Ids{});
  EXPECT_EQ(ids_of(with("utf-8", "utf-7")), Ids{"czann.xml-encoding"});
  EXPECT_EQ(ids_of(with("Nuclei", "\xFF")), Ids{"czann.xml-encoding"});
  EXPECT_EQ(ids_of("<Other/>"), Ids{"czann.xml-root"});
  // No prefix of it is read as if it were whole, and none crashes.
  for (std::size_t i = 0; i < kGood.size(); ++i) EXPECT_EQ(ids_of(kGood.substr(0, i)), Ids{"czann.xml-syntax"}) << i;
}

TEST(LegacyMetadata, LimitsHoldOffWhatIsTooLarge) {
  std::string bomb = "<!DOCTYPE Model [<!ENTITY a0 \"ha\">";
  for (int i = 1; i < 40; ++i) bomb += concat("<!ENTITY a", i, " \"&a", i - 1, ";&a", i - 1, ";\">");
  EXPECT_EQ(ids_of(bomb + "]><Model>&a39;</Model>"), Ids{"czann.xml-entities"});

  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  for (int i = 0; i < 100'000; ++i) deep += "</a>";
  EXPECT_EQ(ids_of(deep), Ids{"limits.depth"});
  EXPECT_EQ(ids_of(deep, {.nodes = 1000}), Ids{"limits.nodes"});
  EXPECT_EQ(ids_of(kGood, {.document_bytes = 100}), Ids{"limits.document_bytes"});
  std::string wide = "<Model";
  for (int i = 0; i < 2000; ++i) wide += concat(" a", i, "=\"\"");
  EXPECT_EQ(ids_of(wide + "/>"), Ids{"czann.xml-syntax"});
  std::string doctypes = "<!DOCTYPE Model ";
  for (int i = 0; i < 100'000; ++i) doctypes += "[";
  EXPECT_EQ(ids_of(doctypes), Ids{"czann.xml-syntax"});
}

TEST(LegacyMetadata, WritesOnlyWhatCanBeReadAgain) {
  LegacyMetadata metadata = read(kGood);
  metadata.name = "a\rb\001\xEF\xBF\xBF <>&\"'\t\n.";
  metadata.classes[0].name = metadata.name;
  const LegacyMetadata again = read(write_legacy_metadata(metadata));
  EXPECT_EQ(again.name, "a\rb\xEF\xBF\xBD\xEF\xBF\xBD <>&\"'\t\n.");
  EXPECT_EQ(again.classes[0].name, again.name);
}

Bytes archive_of(const LegacyPackage& package) {
  std::string bytes;
  const auto sink = archive::append_to(bytes);
  const auto written = write(package, sink, Context{});
  EXPECT_TRUE(written.ok()) << written.error().what.message;
  return Bytes(std::move(bytes));
}

TEST(LegacyPackage, ReadsWhatItWritesAndWritesTheSameBytes) {
  LegacyPackage package;
  package.metadata = read(kGood);
  package.network = Bytes(std::string("network"));
  package.others.push_back({"LICENSE.txt", Bytes(std::string("free"))});
  const Bytes bytes = archive_of(package);
  const auto again = read_legacy(bytes, Context{});
  ASSERT_TRUE(again.ok() && again->package);
  EXPECT_TRUE(again->findings.items().empty());
  EXPECT_EQ(again->package->xml_name, package.metadata.id + ".xml");
  EXPECT_EQ(again->package->network_name, package.metadata.id + ".model");
  EXPECT_EQ(again->package->network.text(), "network");
  ASSERT_EQ(again->package->others.size(), 1U);
  EXPECT_EQ(archive_of(*again->package).text(), bytes.text());
  const auto reader = archive::Reader::open(bytes, Context{});
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->entries().back().name, "modelid=" + package.metadata.id);
}

TEST(LegacyPackage, TheIdHasToBeAName) {
  LegacyPackage package;
  for (const char* id : {"", "a/b", "..", "a\\b"}) {
    package.metadata.id = id;
    const auto written = write(
        package, [](std::span<const std::byte>) -> Result<void> { return {}; }, Context{});
    ASSERT_FALSE(written.ok()) << id;
    EXPECT_EQ(written.error().what.id, "czann.id-no-name");
  }
}

TEST(LegacyPackage, IsToldByItsMembers) {
  EXPECT_TRUE(is_legacy({"a.xml", "a.model", "modelid=a"}));
  EXPECT_TRUE(is_legacy({"A.XML", "a.Model"}));
  EXPECT_TRUE(is_legacy({"a.xml", "forest.bin", "modelid=a"}));
  EXPECT_FALSE(is_legacy({"a.xml", "b.bin"}));
  EXPECT_FALSE(is_legacy({"a.model"}));
  EXPECT_FALSE(is_legacy({"a.xml", "model.json", "model.model"}));
}

TEST(LegacyPackage, TakesTheNetworkOfTheSameName) {
  const auto read = read_legacy(zip_of({{"notes.xml", Bytes(std::string("<x/>"))},
                                        {"other.model", Bytes(std::string("other"))},
                                        {"me.xml", Bytes(kGood)},
                                        {"Me.MODEL", Bytes(std::string("mine"))}}),
                                Context{});
  ASSERT_TRUE(read.ok() && read->package);
  EXPECT_EQ(read->package->xml_name, "me.xml");
  EXPECT_EQ(read->package->network.text(), "mine");
  EXPECT_EQ(read->package->others.size(), 2U);
}

TEST(LegacyPackage, MissingMembersAreFindings) {
  const auto no_xml = read_legacy(zip_of({{"a.model", Bytes(std::string("x"))}}), Context{});
  ASSERT_TRUE(no_xml.ok());
  EXPECT_FALSE(no_xml->package);
  EXPECT_EQ(no_xml->findings.items().at(0).id, "czann.missing-member");
  const auto no_network = read_legacy(zip_of({{"a.xml", Bytes(kGood)}, {"modelid=a", Bytes()}}), Context{});
  ASSERT_TRUE(no_network.ok() && no_network->package);
  EXPECT_EQ(no_network->findings.items().at(0).id, "czann.missing-member");
  const auto bad = read_legacy(zip_of({{"a.xml", Bytes(std::string("<"))}, {"a.model", Bytes()}}), Context{});
  ASSERT_TRUE(bad.ok());
  EXPECT_FALSE(bad->package);
  EXPECT_EQ(bad->findings.items().at(0).file, "a.xml");
  // A claim of a large text is refused before it is read.
  Context small;
  small.limits.document_bytes = 10;
  const auto large = read_legacy(zip_of({{"a.xml", Bytes(kGood)}, {"a.model", Bytes()}}), small);
  ASSERT_FALSE(large.ok());
  EXPECT_EQ(large.error().what.id, "limits.document_bytes");
}

TEST(LegacyPackage, WhatHasNoNetworkSaysWhyItCannotRun) {
  const auto reason = [](const std::string& xml) {
    const auto read = read_legacy(zip_of({{"a.xml", Bytes(xml)}, {"modelid=a", Bytes()}}), Context{});
    EXPECT_TRUE(read.ok() && read->package && !read->findings.has_errors());
    const auto model = to_model(*read->package);
    EXPECT_TRUE(model.ok());
    const auto chosen = model->choose("");
    EXPECT_FALSE(chosen.ok());
    return chosen.error().what.message;
  };
  EXPECT_NE(reason(with("DeepNeuralNetwork", "BasicFeatures")).find("only ZEN can run"), std::string::npos);
  EXPECT_NE(reason(with("Trained", "Untrained")).find("training only"), std::string::npos);
}

// A network that gives its input back.
Bytes identity(std::int64_t height, std::int64_t width, std::int64_t channels) {
  const std::vector<onnx::Dimension> shape = [&] {
    std::vector<onnx::Dimension> all(4);
    all[0].value = 1, all[3].value = channels;
    if (height > 0) all[1].value = height;
    if (width > 0) all[2].value = width;
    return all;
  }();
  onnx::Model model;
  model.ir_version = 7;
  model.set_opset(12);
  onnx::ValueInfo value;
  value.name = "x";
  value.type.element = onnx::ElementType::kFloat;
  value.type.shape = shape;
  model.graph.inputs.push_back(value);
  value.name = "y";
  model.graph.outputs.push_back(value);
  onnx::Node node;
  node.op = "Identity";
  node.inputs = {"x"};
  node.outputs = {"y"};
  model.graph.nodes.push_back(node);
  auto bytes = onnx::to_bytes(model);
  EXPECT_TRUE(bytes.ok());
  return bytes ? *bytes : Bytes();
}

TEST(LegacyCheck, LooksAtWhatOnlyAllPartsShow) {
  LegacyPackage package;
  package.metadata = read(kGood);
  package.xml_name = package.metadata.id + ".xml";
  package.network_name = package.metadata.id + ".model";
  package.marker = package.metadata.id;
  package.metadata.scale_inputs_by_bit_depth = false;
  package.metadata.pixel_types = {"Gray8", "Gray8"};
  package.network = identity(64, 64, 2);
  const auto found = [&] {
    Ids ids;
    const Diagnostics findings = check(package, {}, Context{});
    for (const Diagnostic& finding : findings.items()) ids.push_back(finding.id);
    return ids;
  };
  EXPECT_EQ(found(), Ids{});
  EXPECT_EQ(specification_of(package), Specification::kLegacy310);
  package.metadata.post_processing = "CRF";
  package.xml_name = "a.xml";
  EXPECT_EQ(found(), (Ids{"czann.member-name", "czann.post-processing"}));
  package.metadata.post_processing.clear();
  package.xml_name = package.metadata.id + ".xml";
  package.metadata.tile_width = 32;
  package.metadata.border_size = {32};
  EXPECT_EQ(found(), Ids{"czann.border-too-large"});
  package.metadata.border_size = {31};
  EXPECT_EQ(found(), Ids{"czann.tile-differs"});
  package.network = identity(0, 64, 2);
  EXPECT_EQ(found(), Ids{"czann.open-tile"});
  package.metadata.classes.pop_back();
  package.metadata.tile_height = package.metadata.tile_width = 64;
  EXPECT_EQ(found(), Ids{"czann.class-count"});
  package.network = Bytes(std::string("no ONNX"));
  EXPECT_EQ(found().size(), 1U);
}

std::int64_t size_of(const model::AxisSpec& axis) {
  const auto* size = std::get_if<model::ParametrizedSize>(&axis.size);
  return size && size->step == 0 ? size->min : -1;
}

TEST(LegacyModel, SeesPixelsAsTheyAreUnlessTheFileScalesThem) {
  using Pixels = model::TensorSpec::IntegerPixels;
  LegacyPackage package;
  package.metadata = read(kGood);
  package.network = identity(64, 48, 1);
  auto model = to_model(package);
  ASSERT_TRUE(model.ok()) << model.error().what.message;
  EXPECT_EQ(model->format, "czseg 3.1.0");
  EXPECT_EQ(model->inputs[0].integer_pixels, Pixels::kAsTheyAre);
  EXPECT_TRUE(model->inputs[0].processing.empty());
  EXPECT_EQ(size_of(model->inputs[0].axes[1]), 64);
  EXPECT_EQ(size_of(model->inputs[0].axes[2]), 48);
  EXPECT_EQ(size_of(model->inputs[0].axes[3]), 1);
  EXPECT_EQ(model->outputs[0].axes[1].halo, 8);
  EXPECT_EQ(model->outputs[0].axes[2].halo, 8);
  EXPECT_EQ(model->outputs[0].axes[3].channel_names, (Ids{"Background", "Nucleus"}));
  package.metadata.scale_inputs_by_bit_depth = true;
  package.metadata.border_size = {4, 2};
  model = to_model(package);
  EXPECT_EQ(model->inputs[0].integer_pixels, Pixels::kDividedByTypeMaximum);
  EXPECT_EQ(model->outputs[0].axes[1].halo, 4);
  EXPECT_EQ(model->outputs[0].axes[2].halo, 2);
}

TEST(LegacyModel, ColoursComeBlueFirst) {
  LegacyPackage package;
  package.metadata = read(kGood);
  package.metadata.pixel_types = {"Gray8", "Bgra32", "Bgr24"};
  package.network = identity(64, 64, 8);
  const auto turned = to_model(package);
  ASSERT_TRUE(turned.ok()) << turned.error().what.message;
  ASSERT_EQ(turned->inputs[0].processing.size(), 1U);
  EXPECT_EQ(turned->inputs[0].processing[0]->describe(), "transpose_channels(0, 3, 2, 1, 4, 7, 6, 5)");
  package.metadata.color_handling = "ConvertToMonochrome";
  package.network = identity(64, 64, 3);
  EXPECT_TRUE(to_model(package)->inputs[0].processing.empty());
}

TEST(LegacyModel, SizesComeFromTheNetworkThenTheFile) {
  LegacyPackage package;
  package.metadata = read(kGood);
  package.metadata.pixel_types = {"Gray8", "Bgr48"};
  package.metadata.tile_height = 512;
  package.network = Bytes(std::string("no ONNX"));
  const auto model = to_model(package);
  ASSERT_TRUE(model.ok()) << model.error().what.message;
  EXPECT_EQ(size_of(model->inputs[0].axes[1]), 512);
  EXPECT_EQ(size_of(model->inputs[0].axes[2]), 256);
  EXPECT_EQ(size_of(model->inputs[0].axes[3]), 4);
  EXPECT_EQ(size_of(model->outputs[0].axes[3]), 2);
  EXPECT_FALSE(model->networks[0].load(Context{}).ok());
}

}  // namespace
}  // namespace zooport::czann
