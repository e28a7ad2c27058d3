#pragma once

#include <string>
#include <vector>

#include "zooport/archive/zip.hpp"

// The archives of ../shared/data/czann and ../shared/data/czmodel/written, and what is recorded of each.
namespace zooport::testing::czann_corpus {

struct File {
  std::string name;  // below shared/data: "czann/simple_regmodel.czann", "czmodel/3.0.0/license/model.czann"
  std::string path;
  std::vector<std::string> members;  // as case.json lists them; empty: nothing is recorded, or the archive is empty
  std::string model_json;            // verbatim; empty: it holds none, or nothing is recorded
  std::string model_xml;             // verbatim, likewise
  bool is_recorded = false;          // whether czmodel wrote it before our eyes
  bool holds_saved_model = false;    // its network is a zipped SavedModel
  std::string input_file;            // NumPy files of one run of the network; empty: none
  std::string output_file;

  bool is_empty() const { return is_recorded && members.empty(); }
  bool is_legacy() const { return !model_xml.empty(); }
};

// All of them, by name; failures are the test's.
const std::vector<File>& files();

// One line of a table beside this file: what is said of every file whose name the pattern fits, and why.
struct Row {
  std::string pattern;  // "*" stands for any characters
  std::string says;
  std::string reason;

  bool fits(const File& file) const;
};
std::vector<Row> table(const std::string& name);
// The rows of the table that fit, and say that.
bool is_said(const std::vector<Row>& rows, const File& file, std::string_view what);

Bytes bytes_of(const File& file);
// The files of an archive in its order; folders are left out.
std::vector<archive::Member> members_of(const Bytes& archive);
// Of the member with that name; empty if there is none.
Bytes content_of(const std::vector<archive::Member>& members, std::string_view name);

}  // namespace zooport::testing::czann_corpus
