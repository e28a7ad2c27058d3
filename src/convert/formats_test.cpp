#include "zooport/convert/formats.hpp"

#include <gtest/gtest.h>

#include "zooport/convert/explain.hpp"

namespace zooport::convert {
namespace {

TEST(Formats, AreFoundByName) {
  EXPECT_EQ(formats().size(), 10u);
  for (const schema::Format* format : formats()) EXPECT_EQ(*find_format(format->name), format);
  const auto unknown = find_format("modell-0.4");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::kUsage);
  EXPECT_EQ(unknown.error().what.id, "convert.no-such-format");
  EXPECT_NE(unknown.error().what.message.find("is model-0.4 meant?"), std::string::npos);
  for (const std::string_view later : {"model-0.5", "dataset-0.3"}) {
    const auto missing = find_format(later);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::kUnsupported);
    EXPECT_EQ(missing.error().what.id, "convert.format-without-tables");
  }
}

TEST(Formats, ExplainTheirFields) {
  const auto one = explain("weights.onnx.opset_version");
  ASSERT_TRUE(one);
  ASSERT_EQ(one->fields.size(), 1u);
  EXPECT_EQ(one->format->name, "model-0.4");
  EXPECT_EQ(one->fields[0].node, "OnnxWeightsDescr");
  EXPECT_EQ(one->fields[0].warnings.size(), 1u);
  EXPECT_TRUE(explain("dataset-0.2:license"));
  EXPECT_EQ(explain("dataset-0.2")->fields[0].path, "");
  const auto shape = explain("czann-1.0:InputShape");
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->fields[0].constraints, (std::vector<std::string>{"3 to 4 items", "at least 1"}));
  EXPECT_EQ(shape->fields[0].fallback, "");
  EXPECT_EQ(explain("czann-1.0:Scaling").error().what.id, "schema.no-such-field");
  EXPECT_EQ(explain("czann-1.1:Scaling")->fields[0].constraints, std::vector<std::string>{"2 items"});
  EXPECT_EQ(explain("czann-2.0:Scaling")->fields[0].constraints, std::vector<std::string>{"2 to 3 items"});
  EXPECT_TRUE(explain("czann-2.1:FormatVersion")->fields[0].is_required);
  EXPECT_EQ(explain("weights.onnx.opset_versoin").error().what.id, "schema.no-such-field");
}

// Every field is documented: what it means, and an example where a value says more than words.
TEST(Formats, DocumentEveryField) {
  for (const schema::Format* format : formats()) {
    const auto all = explain(std::string(format->name) + ":**");
    ASSERT_TRUE(all);
    for (const schema::FieldFacts& field : all->fields) {
      EXPECT_FALSE(field.summary.empty()) << format->name << " " << field.path;
      const bool is_plain = field.name == "kwargs" || field.choices.size() == 1;
      EXPECT_TRUE(is_plain || !field.about.empty()) << format->name << " " << field.path << " has no sentences";
      EXPECT_TRUE(is_plain || !field.example.empty()) << format->name << " " << field.path << " has no example";
    }
  }
}

}  // namespace
}  // namespace zooport::convert
