#include <gtest/gtest.h>

#include "bioimageio/format_class.hpp"
#include "bioimageio/vectors_for_test.hpp"
#include "tests/support/shared.hpp"

namespace zooport::bioimageio {
namespace {

using namespace testing;
using zooport::testing::shared_folder;

Description checked(std::string text) {
  auto description = read(std::move(text), "rdf.yaml", {.io = Io::kNone, .fail_from = Severity::kError}, {});
  EXPECT_TRUE(description);
  return std::move(description).value();
}

std::string of_kind(std::string_view type, std::string_view version, std::string_view more = "") {
  return concat("type: ", type, "\nformat_version: ", version,
                "\nname: n\ndescription: d\nauthors: [{name: A}]\ncite: [{text: t, url: u}]\nlicense: MIT\n", more);
}

std::string all_of(const Description& description) {
  std::string all;
  for (const Diagnostic& d : description.diagnostics.items())
    all += concat(d.id, " ", to_text(d.path), " ", static_cast<int>(d.severity), ": ", d.message, "\n");
  return all;
}

TEST(Kinds, EachHasItsContent) {
  const Description dataset = checked(of_kind("dataset", "0.2.4", "source: https://example.com\n"));
  ASSERT_TRUE(dataset.as<DatasetDescription>());
  EXPECT_EQ(dataset.status, Status::kValid) << all_of(dataset);
  EXPECT_EQ(dataset.as<DatasetDescription>()->source->value, "https://example.com/");
  EXPECT_EQ(dataset.format_version, "0.2.4");
  EXPECT_FALSE(dataset.model());
  ASSERT_TRUE(dataset.resource());
  EXPECT_EQ(dataset.resource()->name, "n");

  const Description notebook = checked(of_kind("notebook", "0.2.4", "source: a.ipynb\n"));
  EXPECT_EQ(notebook.status, Status::kValid) << all_of(notebook);
  EXPECT_EQ(notebook.as<NotebookDescription>()->source.value, "a.ipynb");

  const Description application = checked(of_kind("application", "0.2.4", "source: a.zip\n"));
  EXPECT_EQ(application.status, Status::kValid) << all_of(application);
  EXPECT_EQ(application.as<ApplicationDescription>()->source->value, "a.zip");

  const Description workflow = checked(of_kind("workflow", "0.2.4"));
  EXPECT_EQ(workflow.status, Status::kValid) << all_of(workflow);
  EXPECT_EQ(workflow.as<GenericDescription>()->type, "workflow");
  EXPECT_EQ(workflow.type, "workflow");
}

TEST(Kinds, OnlyGenericOnesDropWhatTheyDoNotKnow) {
  const Description generic = checked(of_kind("generic", "0.2.4", "inputs: []\n"));
  EXPECT_EQ(generic.status, Status::kValid) << all_of(generic);
  EXPECT_EQ(generic.normalized().find("inputs"), std::string::npos);
  for (const std::string_view kind : {"dataset", "application"}) {
    const Description other = checked(of_kind(kind, "0.2.4", "inputs: []\n"));
    ASSERT_EQ(other.status, Status::kInvalid) << kind;
    EXPECT_EQ(other.diagnostics.items()[0].id, "bioimageio.unknown-field");
  }
}

TEST(Kinds, FieldsOfOneKind) {
  EXPECT_EQ(checked(of_kind("notebook", "0.2.4")).status, Status::kInvalid);
  EXPECT_EQ(checked(of_kind("notebook", "0.2.4", "source: a.py\n")).status, Status::kInvalid);
  EXPECT_EQ(checked(of_kind("notebook", "0.2.4", "source: https:a.ipynb\n")).status, Status::kValid);
  EXPECT_EQ(checked(of_kind("collection", "0.2.4")).status, Status::kInvalid);
  const auto with_icon = [](std::string_view icon) {
    return checked(
               of_kind("dataset", "0.2.4", concat("badges: [{label: l, url: 'https://a.b', icon: '", icon, "'}]\n")))
        .status;
  };
  EXPECT_EQ(with_icon("i.png"), Status::kValid);
  EXPECT_EQ(with_icon("https://a.b/i.png"), Status::kValid);
  EXPECT_EQ(with_icon("rdf.yaml"), Status::kInvalid);
  EXPECT_EQ(with_icon("/i.png"), Status::kInvalid);
  EXPECT_EQ(with_icon(""), Status::kInvalid);
}

TEST(Kinds, ModelsHaveStricterNamesAndAuthors) {
  const std::string long_name(100, 'x');
  const Description dataset = checked(
      concat("type: dataset\nformat_version: 0.2.4\nname: ", long_name, "\ndescription: d\nlicense: GPL-3.0\n"));
  EXPECT_EQ(dataset.status, Status::kValid);
  EXPECT_EQ(verdict_of(dataset.diagnostics).warnings,
            (std::vector<std::string>{R"(["authors"] 30)", R"(["cite"] 30)", R"(["license"] 30)"}));
  const Description model =
      checked(concat("type: model\nformat_version: 0.4.10\nname: ", long_name, "\ndescription: d\n"));
  EXPECT_TRUE(verdict_of(model.diagnostics).error_set().contains(R"(["authors"] missing)"));
  EXPECT_TRUE(verdict_of(model.diagnostics).warning_set().contains(R"(["name"] 20)"));
}

TEST(Kinds, FormatClasses) {
  const auto class_of = [](std::string_view type, std::string_view version) {
    const FormatClass chosen = format_class_of(type, version);
    return concat(to_text(chosen.kind), " ", implemented_version(chosen));
  };
  EXPECT_EQ(class_of("model", "0.4.10"), "model 0.4.10");
  EXPECT_EQ(class_of("model", "0.4"), "model 0.4.10");
  EXPECT_EQ(class_of("model", "0.4.999"), "model 0.4.10");
  EXPECT_EQ(class_of("model", "0.3.2"), "model 0.4.10");
  EXPECT_EQ(class_of("model", "0.2.1"), "model 0.5");
  EXPECT_EQ(class_of("model", "0.4.10.1"), "model 0.5");
  EXPECT_EQ(class_of("model", "4"), "model 0.5");
  EXPECT_EQ(class_of("dataset", "0.2.0"), "dataset 0.2.4");
  EXPECT_EQ(class_of("dataset", "0.3.0"), "dataset 0.3");
  EXPECT_EQ(class_of("Model", "0.2.4"), "generic 0.2.4");
  EXPECT_EQ(class_of("Model", "0.4.10"), "generic 0.3");
  EXPECT_EQ(class_of("notebook", "0.2.7"), "notebook 0.2.4");
  EXPECT_EQ(class_of("application", "latest"), "application 0.3");
}

TEST(Kinds, OtherFormatsAreRecognised) {
  const Description model = checked(of_kind("model", "0.5.3"));
  EXPECT_EQ(model.status, Status::kUnsupported);
  ASSERT_EQ(model.diagnostics.items().size(), 1u);
  EXPECT_EQ(model.diagnostics.items()[0].id, "zooport.unsupported-format");
  EXPECT_NE(model.diagnostics.items()[0].message.find("model 0.5.3 is read as model 0.5,"), std::string::npos);
  EXPECT_EQ(checked(of_kind("dataset", "0.3.0")).status, Status::kUnsupported);
  EXPECT_EQ(checked(of_kind("model", "0.1.0")).diagnostics.items()[0].id, "zooport.format-too-old");
}

TEST(Kinds, LaterPatchesCountAsTheKnownOne) {
  const Description later = checked("type: generic\nformat_version: 0.2.5\nname: n\ndescription: d\n");
  EXPECT_EQ(later.status, Status::kValid) << all_of(later);
  EXPECT_EQ(verdict_of(later.diagnostics).warnings, std::vector<std::string>{"[] 35"});
  EXPECT_NE(later.normalized().find(R"("format_version":"0.2.4")"), std::string::npos) << later.normalized();
}

TEST(Kinds, MetadataCompletenessIsThatOfTheReference) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream lines(shared_folder() + "/data/verdicts/rdf.jsonl");
  ASSERT_TRUE(lines);
  int compared = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto record = doc::read_json(std::move(line));
    ASSERT_TRUE(record);
    const Node* completeness = record->root().find("completeness");
    if (!completeness) continue;
    const std::string file(record->root().find("file")->text);
    const Description ours = checked(content_of(concat(shared_folder(), "/data/rdf/", file)));
    if (ours.status != Status::kValid) continue;
    ++compared;
    EXPECT_NEAR(ours.metadata_completeness(), doc::real_of(*completeness), 1e-6) << file;
  }
  EXPECT_EQ(compared, 185);
}

}  // namespace
}  // namespace zooport::bioimageio
