#include "czann/rules.hpp"
#include "zooport/base/private_text.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kPathHelp =
    "It tells about the machine that it was written on and names nothing that others have.";
constexpr std::string_view kEmailHelp = "Whoever gets the file sees it; leave it out unless that is meant.";

void check_json(const doc::Node& node, Path& path, std::string_view where, Findings& findings) {
  if (node.kind == doc::Kind::kString) return check_text(node.text, path, where, findings);
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const doc::Node& child = node.children[i];
    path.push_back(node.kind == doc::Kind::kMapping ? Step::key(child.key) : Step::at(i));
    check_json(child, path, where, findings);
    path.pop_back();
  }
}

// The texts of a network: many nodes say the same, so only the first is told, with the number of the others.
class GraphTexts {
 public:
  explicit GraphTexts(Findings& findings) : findings_(findings) {}

  void run(const onnx::Model& network) {
    see(network.doc, {Step::key("doc_string")});
    pairs(network.metadata, {});
    graph(network.graph, {Step::key("graph")});
    for (std::size_t i = 0; i < network.functions.size(); ++i) {
      const onnx::Function& function = network.functions[i];
      const Path path{Step::key("functions"), Step::at(i)};
      see(function.doc, path);
      pairs(function.metadata, path);
      nodes(function.nodes, path);
    }
    tell(paths_, "czann.local-path", "a path of one machine", kPathHelp);
    tell(emails_, "czann.email", "an e-mail address", kEmailHelp);
  }

 private:
  struct Seen {
    Path path;
    std::string text;
    std::size_t count = 0;
  };

  static Path below(Path path, std::string_view key, std::size_t index) {
    path.push_back(Step::key(key));
    path.push_back(Step::at(index));
    return path;
  }

  static void note(Seen& seen, std::string_view text, const Path& path) {
    if (text.empty() || seen.count++ > 0) return;
    seen.path = path;
    seen.text = printable(text, 80);
  }

  void see(std::string_view text, const Path& path) {
    if (text.empty()) return;
    note(paths_, local_path_in(text), path);
    note(emails_, email_in(text), path);
  }

  void pairs(const std::vector<onnx::StringPair>& pairs, const Path& path) {
    for (std::size_t i = 0; i < pairs.size(); ++i) see(pairs[i].value, below(path, "metadata_props", i));
  }

  void values(const std::vector<onnx::ValueInfo>& values, std::string_view key, const Path& path) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].doc.empty() && values[i].metadata.empty()) continue;
      const Path at = below(path, key, i);
      see(values[i].doc, at);
      pairs(values[i].metadata, at);
    }
  }

  void nodes(const std::vector<onnx::Node>& nodes, const Path& path) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const onnx::Node& node = nodes[i];
      const Path at = below(path, "node", i);
      see(node.doc, at);
      pairs(node.metadata, at);
      for (const onnx::Attribute& attribute : node.attributes)
        for (std::size_t j = 0; j < attribute.graphs.size(); ++j)
          graph(attribute.graphs[j], below(at, attribute.name, j));
    }
  }

  void graph(const onnx::Graph& graph, const Path& path) {
    see(graph.name, path);
    see(graph.doc, path);
    pairs(graph.metadata, path);
    values(graph.inputs, "input", path);
    values(graph.outputs, "output", path);
    values(graph.values, "value_info", path);
    for (std::size_t i = 0; i < graph.initializers.size(); ++i) {
      if (graph.initializers[i].doc.empty()) continue;
      see(graph.initializers[i].doc, below(path, "initializer", i));
    }
    nodes(graph.nodes, path);
  }

  void tell(const Seen& seen, std::string_view id, std::string_view what, std::string_view help) {
    if (seen.count == 0) return;
    findings_.add({std::string(id),
                   Severity::kWarning,
                   seen.path,
                   {},
                   seen.text,
                   concat("the network's texts have ", what, ", ", seen.text,
                          seen.count > 1 ? concat(" (and ", seen.count - 1, " more like it)") : std::string()),
                   std::string(help)});
  }

  Findings& findings_;
  Seen paths_;
  Seen emails_;
};

}  // namespace

void check_text(std::string_view text, const Path& path, std::string_view where, Findings& findings) {
  if (const std::string found = printable(local_path_in(text), 80); !found.empty())
    findings.add({"czann.local-path",
                  Severity::kWarning,
                  path,
                  {},
                  found,
                  concat(where, " has a path of one machine, ", found),
                  std::string(kPathHelp)});
  if (const std::string found = printable(email_in(text), 80); !found.empty())
    findings.add({"czann.email",
                  Severity::kWarning,
                  path,
                  {},
                  found,
                  concat(where, " has an e-mail address, ", found),
                  std::string(kEmailHelp)});
}

void check_texts(const Metadata& metadata, const Limits& limits, Findings& findings) {
  check_text(metadata.name, {Step::key("ModelName")}, "ModelName", findings);
  for (std::size_t i = 0; i < metadata.classes.size(); ++i)
    check_text(metadata.classes[i], {Step::key("Classes"), Step::at(i)}, "the name of a class", findings);
  for (const ExtraKey& key : metadata.extra) {
    const auto value = doc::read_json(key.json, limits);
    if (!value) continue;
    Path path{Step::key(key.name)};
    check_json(value->root(), path, printable(key.name, 60), findings);
  }
}

void check_texts(const onnx::Model& network, Findings& findings) { GraphTexts(findings).run(network); }

}  // namespace zooport::czann
