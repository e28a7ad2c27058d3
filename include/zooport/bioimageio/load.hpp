#pragma once

#include <memory>
#include <string>

#include "zooport/bioimageio/description.hpp"
#include "zooport/bioimageio/package.hpp"
#include "zooport/doc/yaml_writer.hpp"

// Descriptions as programs use them: from a path to typed fields, and from typed fields to YAML. examples/api shows
// each.
namespace zooport::bioimageio {

// For people: "Keras HDF5", "ONNX".
std::string_view weights_format_name(WeightsFormat format);

struct LoadedDescription {
  Description description;               // its status says whether the fields may be used
  std::shared_ptr<resource::Root> root;  // where its files are
  std::string name;                      // of the description in the root: "rdf.yaml"
};

// The description at a path: a YAML file, or a folder or ZIP archive that holds one. Checked as the options say, with
// its files unless they say otherwise. Errors: nothing that can be read there (kIo), an archive that is not safe, or no
// description in it (kInvalid).
Result<LoadedDescription> load(const std::string& path, const CheckOptions& options, const Context& context);
// The same of a folder or archive that is open already.
Result<LoadedDescription> load(std::shared_ptr<resource::Root> root, const CheckOptions& options,
                               const Context& context);

// What is said about the description at a path: load() where nothing but the verdict is needed.
Result<Description> check(const std::string& path, const CheckOptions& options, const Context& context);

// Loads and writes the package: see package() in package.hpp. A description that is not valid is an error (kInvalid)
// with its first finding.
Result<WrittenPackage> package(const std::string& path, const std::string& dest, const PackageOptions& options,
                               const Context& context);

// The description that is written as that JSON, with infinities and NaN as reals where the format has reals.
Result<doc::Value> document_of_json(std::string json);

// A description as YAML: fields that a document set or that are not their defaults, in the order of
// the format. Does not check: read() the text for that. Error doc.unwritable: a text that is no UTF-8.
template <class Resource>
Result<std::string> to_yaml(const Resource& resource) {
  ZOOPORT_TRY_ASSIGN(const doc::Value value, document_of_json(schema::to_json(resource)));
  return doc::write_yaml(value);
}

}  // namespace zooport::bioimageio
