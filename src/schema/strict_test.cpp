#include <gtest/gtest.h>

#include "zooport/doc/json.hpp"
#include "zooport/schema/explain.hpp"
#include "zooport/schema/json_schema.hpp"

// Values that are taken as they are only, and lists with bounds.
namespace zooport::schema {
namespace {

struct Count {
  Integer value;
};
struct Length {
  double value = 0;
};
struct Counts : std::vector<Count> {};
struct Box {
  Counts counts;
  std::optional<Length> length;
  Given given;
};

constexpr auto describe(type<Count>) { return integer<Count>().strict().at_least(1); }
constexpr auto describe(type<Length>) { return real<Length>("a length").strict(); }
constexpr auto describe(type<Counts>) { return list<Counts>().length(2, 3); }

constexpr auto kBox = object<Box>("Box", "a box", required<&Box::counts>("counts", "how many"),
                                  optional<&Box::length>("length", "how long").no_default());

std::string problem_of(const std::string& json) {
  Result<doc::Document> read = doc::read_json(json);
  if (!read) return read.error().what.id;
  const auto document = std::make_shared<const doc::Document>(std::move(*read));
  Box box;
  Diagnostics findings;
  const Source source{document};
  validate(kBox, &box, document->root(), source, findings);
  return findings.items().empty() ? "" : findings.items()[0].id;
}

TEST(Strict, TakesNumbersOnly) {
  EXPECT_EQ(problem_of(R"({"counts": [1, 2]})"), "");
  EXPECT_EQ(problem_of(R"({"counts": [1.0, 2, 99999999999999999999]})"), "");
  EXPECT_EQ(problem_of(R"({"counts": ["1", 2]})"), "schema.integer");
  EXPECT_EQ(problem_of(R"({"counts": [true, 2]})"), "schema.integer");
  EXPECT_EQ(problem_of(R"({"counts": [1.5, 2]})"), "schema.integer");
  EXPECT_EQ(problem_of(R"({"counts": [0, 2]})"), "schema.range");
  EXPECT_EQ(problem_of(R"({"counts": [-99999999999999999999, 2]})"), "schema.range");
  EXPECT_EQ(problem_of(R"({"counts": [1]})"), "schema.too-short");
  EXPECT_EQ(problem_of(R"({"counts": [1, 2, 3, 4]})"), "schema.too-long");
  EXPECT_EQ(problem_of(R"({"counts": [1, 2], "length": 3})"), "");
  EXPECT_EQ(problem_of(R"({"counts": [1, 2], "length": "3"})"), "schema.number");
  EXPECT_EQ(problem_of(R"({"counts": [1, 2], "length": true})"), "schema.number");
}

TEST(Strict, IsToldByTheSchemaAndTheWords) {
  const std::string schema = json_schema(kBox, {.layout = doc::JsonWriter::Layout::kCompact});
  EXPECT_NE(schema.find(R"("counts":{"description":"How many.","type":"array","items":{"type":"integer","minimum":1},)"
                        R"("minItems":2,"maxItems":3})"),
            std::string::npos)
      << schema;
  EXPECT_NE(schema.find(R"({"type":"number"})"), std::string::npos) << schema;
  EXPECT_EQ(schema.find("default"), std::string::npos);
  const auto counts = explain(kBox, "counts");
  ASSERT_TRUE(counts);
  EXPECT_EQ((*counts)[0].constraints, (std::vector<std::string>{"2 to 3 items", "at least 1"}));
  EXPECT_EQ((*explain(kBox, "length"))[0].fallback, "");
}

}  // namespace
}  // namespace zooport::schema
