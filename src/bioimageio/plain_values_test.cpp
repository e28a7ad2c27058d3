#include <gtest/gtest.h>

#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {
namespace {

constexpr std::string_view kSmall =
    "{type: dataset, format_version: 0.2.4, name: n, description: d, authors: [{name: A}], license: MIT,\n"
    "cite: [{text: t, url: u}], config: {a: ";

Description with_config(std::string_view value) {
  auto description = read(std::string(kSmall) + std::string(value) + "}}", "rdf.yaml", {.io = Io::kNone}, {});
  EXPECT_TRUE(description);
  return std::move(description).value();
}

std::string written(std::string_view value) {
  const Description description = with_config(value);
  const std::size_t begin = description.normalized().find("\"config\":{\"a\":");
  if (description.status != Status::kValid || begin == std::string::npos) return "";
  return description.normalized().substr(begin + 14, description.normalized().find("},\"format") - begin - 14);
}

TEST(PlainValues, SetsAreRefused) {
  const Description description = with_config("!!set {x}");
  EXPECT_EQ(description.status, Status::kInvalid);
  ASSERT_EQ(description.diagnostics.items().size(), 1);
  EXPECT_EQ(description.diagnostics.items()[0].id, "bioimageio.set");
}

TEST(PlainValues, FreeContentIsWrittenAsJsonHasIt) {
  EXPECT_EQ(written("!!binary aGk="), "[104,105]");
  EXPECT_EQ(written("2021-02-03"), "\"2021-02-03\"");
  EXPECT_EQ(written("2021-02-03T04:05:06.5+01:00"), "\"2021-02-03T03:05:06.500000\"");
  EXPECT_EQ(written("{1: a, 0x1F: b, 1e20: c, ~: d, true1: e}"),
            R"({"1":"a","31":"b","1e+20":"c","None":"d","true1":"e"})");
  EXPECT_EQ(written("{[1, x]: a}"), R"({"1,x":"a"})");
  EXPECT_EQ(written("{1: a, '1': b}"), R"({"1":"b"})");
  EXPECT_EQ(written("1_000"), "1000");
}

TEST(PlainValues, NumbersInConfigAreFinite) {
  for (const std::string_view value : {".inf", "[1, .nan]", "{b: -.inf}", "{.inf: b}", "{[.nan]: b}"})
    EXPECT_EQ(with_config(value).status, Status::kInvalid) << value;
  EXPECT_EQ(with_config(".inf").diagnostics.errors(), 8);
}

}  // namespace
}  // namespace zooport::bioimageio
