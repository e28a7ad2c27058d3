#include <algorithm>
#include <map>
#include <set>

#include "czann/rules.hpp"

namespace zooport::czann {
namespace {

void check_versions(const onnx::Model& network, Specification specification, Findings& findings) {
  const std::int64_t opset = network.opset();
  const std::int64_t newest = newest_opset(specification);
  const Path opsets{Step::key("opset_import")};
  if (opset > newest)
    findings.add({"czann.opset",
                  Severity::kError,
                  opsets,
                  concat("an opset of at most ", newest),
                  concat(opset),
                  {},
                  concat("`zooport graph opset --to ", newest, "` writes most networks in the older forms.")});
  else if (opset < 12)
    findings.add({"czann.opset-older",
                  Severity::kInfo,
                  opsets,
                  {},
                  concat(opset),
                  concat("the opset is ", opset,
                         ", older than the 12 that the specification names; ZEN's own networks "
                         "are of 11"),
                  {}});
  const std::int64_t newest_ir = newest_ir_version(specification);
  if (network.ir_version > newest_ir)
    findings.add({"czann.ir-version",
                  Severity::kWarning,
                  {Step::key("ir_version")},
                  concat("an IR version of at most ", newest_ir),
                  concat(network.ir_version),
                  {},
                  "Engines refuse versions that are newer than they are."});
}

// Domains of operators that are part of no engine's own set, with the first node of each.
class Domains {
 public:
  explicit Domains(const onnx::Model& network) {
    for (const onnx::Function& function : network.functions) defined_.insert(function.domain);
    look(network.graph, {Step::key("graph")});
    for (std::size_t i = 0; i < network.functions.size(); ++i)
      look(network.functions[i].nodes, {Step::key("functions"), Step::at(i)});
  }

  void tell(Findings& findings) const {
    for (const auto& [domain, first] : first_)
      findings.add({"czann.custom-domain",
                    Severity::kWarning,
                    first.path,
                    "operators of ONNX",
                    concat(first.op, " of the domain ", printable(domain)),
                    {},
                    "An engine without that domain's library cannot load the network."});
  }

 private:
  struct First {
    Path path;
    std::string op;
  };

  void look(const onnx::Graph& graph, const Path& path) { look(graph.nodes, path); }
  void look(const std::vector<onnx::Node>& nodes, const Path& path) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const onnx::Node& node = nodes[i];
      const auto here = [&] {
        Path at = path;
        at.push_back(Step::key("node"));
        at.push_back(Step::at(i));
        return at;
      };
      if (!node.domain.empty() && node.domain != "ai.onnx.ml" && defined_.count(node.domain) == 0 &&
          first_.count(node.domain) == 0)
        first_.emplace(node.domain, First{here(), concat(printable(node.op), " '", printable(node.name), '\'')});
      for (const onnx::Attribute& attribute : node.attributes)
        for (std::size_t j = 0; j < attribute.graphs.size(); ++j) {
          Path inside = here();
          inside.push_back(Step::key(attribute.name));
          inside.push_back(Step::at(j));
          look(attribute.graphs[j], inside);
        }
    }
  }

  std::set<std::string_view> defined_;
  std::map<std::string_view, First> first_;
};

}  // namespace

void check_network(const onnx::Model& network, Specification specification, Findings& findings) {
  check_versions(network, specification, findings);
  Domains(network).tell(findings);
}

}  // namespace zooport::czann
