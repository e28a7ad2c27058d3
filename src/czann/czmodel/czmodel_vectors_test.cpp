#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <set>

#include "tests/support/czmodel_vectors.hpp"
#include "tests/support/python_literal.hpp"
#include "tests/support/raw_zip.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/czann/package.hpp"

namespace zooport::czann {
namespace {

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

bool is_ok(const doc::Node& result) { return result.find("ok")->text == "true"; }

std::string verdicts(bool expected, bool found) {
  return expected == found ? ""
         : expected        ? "is refused, but the package accepts it"
                           : "is accepted, but the package refuses it";
}

// The named tuple of Python that the metadata came from.
doc::Value fields_of(const doc::Value& metadata, Release release) {
  const auto get = [&](std::string_view key) {
    const doc::Value* value = metadata.find(key);
    return value ? *value : doc::Value();
  };
  doc::Value fields = doc::Value::mapping();
  fields.set("model_type", concat("ModelType.", constant_of(*model_type_named(get("Type").text))));
  fields.set("input_shape", get("InputShape")).set("output_shape", get("OutputShape")).set("model_id", get("Id"));
  fields.set("min_overlap", get("MinOverlap")).set("classes", get("Classes")).set("model_name", get("ModelName"));
  if (release != Release::k3_0) fields.set("scaling", get("Scaling"));
  return fields;
}

// Metadata against {"fields": ..., "dict": ...}, the second to the byte. Random identifiers equal any UUID.
std::string difference_of_metadata(doc::Value found, const doc::Node& value, const doc::Document& line,
                                   Release release) {
  const doc::Node& dict = *value.find("dict");
  doc::Value* id = found.find("Id");
  const std::string_view expected_id = dict.find("Id")->text;
  if (expected_id == "<uuid4>" && is_uuid(id->text)) id->text = expected_id;
  if (expected_id.starts_with("UUID: ") && id->text == expected_id.substr(6)) id->text = expected_id;
  const std::string json = python_json(as_recorded(found));
  const std::string_view expected = line.source().substr(dict.span.begin, dict.span.end - dict.span.begin);
  if (json != expected) return concat("expected ", expected, ", found ", json);
  const doc::Value fields = as_recorded(fields_of(found, release));
  if (!(fields == doc::Value::from(*value.find("fields"))))
    return concat("expected other fields than ", python_json(fields));
  return "";
}

std::string difference_of(const Result<doc::Value>& found, const doc::Node& result, const doc::Document& line,
                          Release release) {
  const std::string verdict = verdicts(is_ok(result), found.ok());
  if (!verdict.empty() || !found.ok()) return verdict;
  const doc::Node& value = *result.find("value");
  if (!value.find("dict")) return "has metadata that the package cannot write";
  return difference_of_metadata(*found, value, line, release);
}

std::string base_text() {
  for (const Vector& vector : vectors_of("ModelMetadata.from_json"))
    if (vector.name == "base") return std::string(vector.text("text"));
  return {};
}

// The text of the file that the call reads; none if there is no such file.
std::optional<std::string> file_of(const Vector& vector) {
  const doc::Node& input = vector.input();
  if (const doc::Node* text = input.find("text")) return std::string(text->text);
  if (const doc::Node* hex = input.find("hex")) return unhex(hex->text);
  if (const doc::Node* make = input.find("make")) {
    const std::string base = base_text();
    const std::string extra =
        make->text == "deep_100000" ? std::string(100'000, '[') + std::string(100'000, ']') : std::string(5000, '9');
    return base.substr(0, base.size() - 1) + ", \"x\": " + extra + "}";
  }
  return std::nullopt;
}

Result<doc::Value> from_json(const Vector& vector, Release release) {
  if (const auto text = file_of(vector)) return czmodel_metadata(*text, release);
  std::string path(vector.text("path"));
  if (const doc::Node* python = vector.input().find("python")) {
    const doc::Value argument = PythonLiteral::arguments(python->text).positional.children[0];
    if (argument.kind != doc::Kind::kString) return czmodel_metadata(argument, release);
    path = argument.text;
  }
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, os::read_file(path, 1u << 20));
  return czmodel_metadata(std::string(bytes.text()), release);
}

TEST(CzmodelVectors, AgreeOnMetadata) {
  ZOOPORT_NEEDS_SHARED();
  const Differences differences{{"Id_01", "null as Id"}, {"Scaling_00", "null as Scaling"}, {"bom", "byte-order mark"}};
  expect_agreement("ModelMetadata.from_json", 217, differences,
                   [](const Vector& vector, const doc::Node& result, Release release) {
                     return difference_of(from_json(vector, release), result, vector.line, release);
                   });
}

// Whatever the package reads gives typed metadata, too; where nothing is wrong with them they are written to the byte
// as the package would write them.
TEST(CzmodelVectors, AreReadAndWrittenByTheTypedReader) {
  ZOOPORT_NEEDS_SHARED();
  // Rule "kinds of numbers": 8.0 is written as 8 and, in Scaling, 1 as 1.0; "empty name": is left out.
  const std::set<std::string> differences{"InputShape_09", "OutputShape_09", "MinOverlap_08", "exponent_integer",
                                          "Scaling_05",    "Scaling_08",     "ModelName_02"};
  std::set<std::string> differing;
  std::size_t read = 0;
  std::size_t rewritten = 0;
  for (const Vector& vector : vectors_of("ModelMetadata.from_json")) {
    const auto text = file_of(vector);
    if (!text) continue;
    bool is_accepted = false;
    for (const doc::Node& result : vector.line.root().find("results")->children) {
      if (!is_ok(result)) continue;
      is_accepted = true;
      const doc::Node& dict = *result.find("value")->find("dict");
      std::string json(vector.line.source().substr(dict.span.begin, dict.span.end - dict.span.begin));
      Diagnostics findings;
      const auto metadata = read_metadata(json, {}, findings);
      ASSERT_TRUE(metadata.ok()) << vector.name;
      if (findings.has_errors()) continue;
      const bool is_equal = write_metadata(*metadata) == json;
      if (!is_equal) differing.insert(vector.name);
      EXPECT_TRUE(is_equal || differences.count(vector.name) == 1)
          << vector.name << ": " << write_metadata(*metadata) << " for " << json;
      rewritten += is_equal;
    }
    Diagnostics findings;
    const auto metadata = read_metadata(*text, {}, findings);
    EXPECT_TRUE(!is_accepted || metadata.ok()) << vector.name;
    read += is_accepted;
    // What the package refuses is refused, or at least an error is found.
    EXPECT_TRUE(is_accepted || vector.name == "bom" || !metadata.ok() || findings.has_errors()) << vector.name;
  }
  EXPECT_EQ(differing, differences);
  EXPECT_EQ(read, 157u);
  EXPECT_EQ(rewritten, 265u);
  std::cout << "read_metadata: " << read << " texts read that the package reads, " << rewritten
            << " dictionaries written to the byte\n";
}

// Every model.json that any release has packed reads without an error, and is written to the byte as that release did.
TEST(CzmodelVectors, PackedMetadataAreWrittenTheSame) {
  ZOOPORT_NEEDS_SHARED();
  namespace fs = std::filesystem;
  std::size_t files = 0;
  std::size_t equal = 0;
  std::size_t typed_equal = 0;
  std::set<std::string> differing;
  for (const auto& label : fs::directory_iterator(testing::shared_folder() + "/data/czmodel/written")) {
    for (const auto& folder : fs::directory_iterator(label.path())) {
      const auto bytes = os::read_file((folder.path() / "case.json").string(), 64u << 20);
      ASSERT_TRUE(bytes.ok()) << folder.path();
      const auto record = doc::read_json(std::string(bytes->text()), {}, doc::JsonDialect::kPython);
      ASSERT_TRUE(record.ok()) << folder.path();
      for (const doc::Node& written : record->root().find("written")->children) {
        const doc::Node* json = written.find("model_json");
        if (!json || json->kind != doc::Kind::kString) continue;
        ++files;
        const std::string name = label.path().filename().string() + "/" + folder.path().filename().string();
        const auto metadata = czmodel_metadata(std::string(json->text), release_of(label.path().filename().string()));
        // One archive has a number as Scaling, which the package packs and does not read.
        EXPECT_EQ(metadata.ok(), name != "5.1.0/scaling_07") << name;
        if (!metadata.ok()) continue;
        const bool is_equal = python_json(*metadata) == json->text;
        EXPECT_EQ(is_equal, name != "5.1.0/scaling_08") << name;  // rule "NaN and infinities"
        equal += is_equal;
        Diagnostics findings;
        const auto typed = read_metadata(std::string(json->text), {}, findings);
        ASSERT_TRUE(typed.ok()) << name;
        if (write_metadata(*typed) == json->text)
          ++typed_equal;
        else
          differing.insert(name.substr(name.find('/') + 1));
      }
    }
  }
  std::string names;
  for (const std::string& name : differing) names += " " + name;
  std::cout << "model.json of " << files << " archives: " << equal << " written to the byte, " << typed_equal
            << " from typed metadata; others:" << names << "\n";
  EXPECT_EQ(files, 459u);
  EXPECT_EQ(equal, 457u);
}

// The outcome of an expression over ModelMetadata(...), or why it is refused.
Result<doc::Value> construct(std::string_view expression, Release release, std::string_view* rest = nullptr) {
  PythonLiteral::Arguments given = PythonLiteral::arguments(expression.substr(expression.find("ModelMetadata(")), rest);
  constexpr std::array<std::string_view, 3> kPositional{"model_type", "input_shape", "output_shape"};
  for (std::size_t i = 0; i < given.positional.children.size(); ++i) {
    if (i >= kPositional.size()) return czmodel_metadata_from_fields(doc::Value::sequence({doc::Value(1)}), release);
    given.keywords.set(kPositional[i], given.positional.children[i]);
  }
  return czmodel_metadata_from_fields(given.keywords, release);
}

std::string difference_of_expression(const Vector& vector, const doc::Node& result, Release release) {
  const std::string_view python = vector.text("python");
  std::string_view rest;
  if (vector.name == "assignment") return "metadata are plain values, which may be changed";
  if (vector.name == "fields") {
    const doc::Value fields = fields_of(*construct("ModelMetadata(ModelType.REGRESSION, [1], [1])", release), release);
    doc::Value names = doc::Value::sequence();
    for (const doc::Value& field : fields.children) names.children.emplace_back(field.key);
    return names == doc::Value::from(*result.find("value")) ? "" : python_json(names);
  }
  Result<doc::Value> found = construct(python, release, &rest);
  if (vector.name == "equality" || vector.name == "ids_differ") {
    const Result<doc::Value> second = construct(rest, release);
    const bool is_equal = found.ok() && second.ok() && *found == *second;
    return is_equal == (vector.name == "equality") ? "" : "are equal, for nothing is random";
  }
  if (vector.name == "replace" && found.ok())
    found->set("ModelName", PythonLiteral::arguments(rest).keywords.find("model_name")->text);
  if (vector.name == "as_tuple" || vector.name == "dict_of_none") {
    doc::Value list = doc::Value::sequence();
    if (vector.name == "as_tuple") {
      const doc::Value fields = fields_of(*found, release);
      for (std::size_t i = 1; i < fields.children.size(); ++i) list.children.push_back(fields.children[i]);
    } else {
      std::set<std::string> keys;
      for (const doc::Value& child : found->children) keys.insert(child.key);
      for (const std::string& key : keys) list.children.emplace_back(key);
    }
    return list == doc::Value::from(*result.find("value")) ? "" : python_json(list);
  }
  return difference_of(found, result, vector.line, release);
}

TEST(CzmodelVectors, AgreeOnMetadataFromFields) {
  ZOOPORT_NEEDS_SHARED();
  const Differences differences{{"assignment", "fields that may be changed"},
                                {"ids_differ", "identifiers"},
                                {"type_text", "kind of a type"},
                                {"type_none", "kind of a type"}};
  expect_agreement("ModelMetadata()", 27, differences, difference_of_expression, "scaling=");
  EXPECT_EQ(construct("ModelMetadata(license='x')", Release::k4_1).error().what.id, "czann.unknown-field");
}

TEST(CzmodelVectors, AgreeOnModelTypes) {
  ZOOPORT_NEEDS_SHARED();
  const auto compare = [](const Vector& vector, const doc::Node& result, bool by_constant) -> std::string {
    if (vector.name == "members") {
      doc::Value members = doc::Value::sequence();
      for (const std::string_view name : model_type_names())
        members.children.push_back(doc::Value::sequence({constant_of(*model_type_named(name)), name}));
      return members == doc::Value::from(*result.find("value")) ? "" : python_json(members);
    }
    std::string_view python = vector.text("python");
    python.remove_prefix(std::string_view("ModelType(").size());
    const doc::Value argument = PythonLiteral(python).value();
    std::optional<ModelType> type;
    if (argument.kind == doc::Kind::kString)
      type = by_constant ? model_type_of_constant(argument.text) : model_type_named(argument.text);
    if (!type || !is_ok(result)) return verdicts(is_ok(result), type.has_value());
    const std::string_view found = by_constant ? name_of(*type) : constant_of(*type);
    return result.find("value")->text == found ? "" : std::string(found);
  };
  expect_agreement("ModelType()", 8, {}, [&](const Vector& vector, const doc::Node& result, Release) {
    return compare(vector, result, false);
  });
  expect_agreement("ModelType[]", 7, {}, [&](const Vector& vector, const doc::Node& result, Release) {
    return compare(vector, result, true);
  });
}

std::optional<NetworkShape> shape_in(const doc::Node& node) {
  if (node.kind != doc::Kind::kSequence) return std::nullopt;
  NetworkShape shape;
  for (const doc::Node& item : node.children)
    shape.push_back(item.kind == doc::Kind::kInteger ? doc::integer_of(item) : std::nullopt);
  return shape;
}

TEST(CzmodelVectors, AgreeOnValidation) {
  ZOOPORT_NEEDS_SHARED();
  const Differences differences{{"overlap_02", "lengths of overlaps"},
                                {"overlap_05", "lengths of overlaps"},
                                {"overlap_08", "lengths of overlaps"},
                                {"overlap_3d_00", "lengths of overlaps"},
                                {"overlap_3d_03", "lengths of overlaps"}};
  expect_agreement(
      "validate_metadata", 46, differences, [](const Vector& vector, const doc::Node& result, Release release) {
        const auto metadata = czmodel_metadata(std::string(vector.text("text")), release);
        EXPECT_TRUE(metadata.ok());
        const Diagnostics findings = validate_metadata(*metadata, shape_in(*vector.input().find("model_input")),
                                                       shape_in(*vector.input().find("model_output")));
        return verdicts(is_ok(result), !findings.has_errors());
      });
}

TEST(CzmodelVectors, ValidationNamesWhatDiffers) {
  Diagnostics none;
  const auto metadata = read_metadata(
      R"({"Id": "x", "Type": "Regression", "InputShape": [64, 48, 1], "OutputShape": [64, 48, 2], "MinOverlap": [8]})",
      {}, none);
  const Diagnostics findings = validate_metadata(*metadata, NetworkShape{std::nullopt, 40, 1}, std::nullopt);
  ASSERT_EQ(findings.items().size(), 3u);
  EXPECT_EQ(findings.items()[0].message,
            "expected what the network's input has behind the batch axis, [?, 40, 1], found [64, 48, 1]");
  EXPECT_EQ(findings.items()[1].id, "czann.unknown-rank");
  EXPECT_EQ(findings.items()[2].id, "czann.overlap-count");
  EXPECT_FALSE(validate_metadata(*metadata, NetworkShape{0, 0, 0}, NetworkShape{64, 48, 2}).items().empty());
}

std::string difference_of_unpacking(const Vector& vector, const doc::Node& result, Release release) {
  std::string bytes(vector.text("bytes"));
  std::set<std::string> files{"x.zip"};
  if (const doc::Node* members = vector.input().find("members")) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const doc::Node& member : members->children)
      all.emplace_back(member.children[0].text, member.children[1].text);
    bytes = testing::raw_zip(all);
  } else if (vector.input().find("path")) {
    return verdicts(is_ok(result), os::read_file(std::string(vector.text("path")), 1u << 20).ok());
  }
  const Result<ReadResult> read = czann::read(Bytes(bytes), {});
  const bool is_read = read.ok() && read->package;
  if (!is_read) return verdicts(is_ok(result), false);
  const auto archive = archive::Reader::open(Bytes(bytes), {});
  const auto text = archive->read(*archive->find(read->metadata_name), {});
  const auto metadata = czmodel_metadata(std::string(text->text()), release);
  const std::string verdict = verdicts(is_ok(result), metadata.ok());
  if (!verdict.empty() || !metadata.ok()) return verdict;
  EXPECT_EQ(read->package->network.text().empty(), vector.name == "empty_network") << vector.name;
  const doc::Node& value = *result.find("value");
  for (const archive::Entry& entry : archive->entries()) files.insert("target/" + entry.name);
  std::set<std::string> expected;
  for (const doc::Node& file : value.find("files")->children) expected.emplace(file.text);
  if (files != expected) return "other files";
  const bool has_name = read->findings.items().empty() || read->findings.items()[0].id != "czann.member-name";
  EXPECT_EQ(has_name, vector.name.find("other_name") == std::string::npos) << vector.name;
  return difference_of_metadata(*metadata, *value.find("metadata"), vector.line, release);
}

TEST(CzmodelVectors, AgreeOnUnpacking) {
  ZOOPORT_NEEDS_SHARED();
  const Differences differences{{"id_null", "null as Id"},
                                {"scaling_null", "null as Scaling"},
                                {"bom", "byte-order mark"},
                                {"parent_name", "names that lead out"},
                                {"absolute_name", "names that lead out"},
                                {"backslash_name", "names that lead out"},
                                {"duplicate_json", "members of one name"},
                                {"target_is_text", "folder to unpack into"},
                                {"target_relative", "folder to unpack into"}};
  expect_agreement("DefaultConverter.unpack_model", 32, differences, difference_of_unpacking);
}

// One other file each is taken for metadata and network; of two nobody knows which.
TEST(CzmodelVectors, UnpackingDoesNotGuess) {
  const std::string json = R"({"Id": "x", "Type": "Regression", "InputShape": [4, 4, 1], "OutputShape": [4, 4, 1]})";
  const auto read = czann::read(Bytes(testing::raw_zip({{"a.json", json}, {"b.json", json}, {"n.model", "net"}})), {});
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->package);
  ASSERT_EQ(read->findings.items().size(), 2u);
  EXPECT_EQ(read->findings.items()[0].id, "czann.missing-member");
  EXPECT_EQ(read->findings.items()[1].id, "czann.member-name");
  EXPECT_EQ(read->findings.items()[1].file, "n.model");
  const auto zipped =
      czann::read(Bytes(testing::raw_zip({{"model.json", json},
                                          {"model.model", testing::raw_zip({{"saved_model.pb", "graph"}})},
                                          {"MIT.md", "licence"},
                                          {"notes/a.txt", "note"}})),
                  {});
  ASSERT_TRUE(zipped.ok() && zipped->package);
  EXPECT_TRUE(archive::looks_like_zip(zipped->package->network.span()));
  ASSERT_EQ(zipped->package->others.size(), 2u);
  EXPECT_EQ(zipped->package->others[0].name, "MIT.md");
  EXPECT_EQ(zipped->package->others[1].content.text(), "note");
  EXPECT_TRUE(is_czann({"a.json", "b.model", "x/c.json"}));
  EXPECT_FALSE(is_czann({"a.json", "b.json", "b.model"}));
  EXPECT_FALSE(is_czann({"a.json", "b.model", "rdf.yaml"}));
  EXPECT_FALSE(is_czann({"x/a.json", "b.model"}));
}

TEST(CzmodelVectors, AgreeOnNamesOfFiles) {
  ZOOPORT_NEEDS_SHARED();
  expect_agreement("create_model_zip", 12, {},
                   [](const Vector& vector, const doc::Node& result, Release) -> std::string {
                     const testing::TemporaryFolder folder;
                     const std::string name = czann_file_name(vector.text("output"));
                     const auto written = os::write_file_atomically(os::join_path(folder.path(), name), {}, false);
                     const std::string verdict = verdicts(is_ok(result), written.ok());
                     if (!verdict.empty() || !written.ok()) return verdict;
                     return result.find("value")->children[0].text == name ? "" : name;
                   });
}

}  // namespace
}  // namespace zooport::czann
