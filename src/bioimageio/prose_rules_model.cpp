#include <algorithm>
#include <chrono>
#include <ctime>

#include "bioimageio/prose_rules.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::bioimageio {
namespace {

// As Datetime has it: YYYY-MM-DDTHH:MM:SS. Clocks may differ by a day.
std::string tomorrow() {
  using namespace std::chrono;
  const auto now = floor<seconds>(system_clock::now() + hours(24));
  const auto day = floor<days>(now);
  const year_month_day date(day);
  const hh_mm_ss time(now - day);
  const auto two = [](auto value) {
    const std::string text = std::to_string(value);
    return text.size() < 2 ? "0" + text : text;
  };
  return concat(static_cast<int>(date.year()), "-", two(static_cast<unsigned>(date.month())), "-",
                two(static_cast<unsigned>(date.day())), "T", two(time.hours().count()), ":",
                two(time.minutes().count()), ":", two(time.seconds().count()));
}

void check_timestamp(const ModelDescription& model, ProseFindings& findings) {
  const Path path = path_of({"timestamp"});
  if (model.timestamp.value.substr(0, 19) > tomorrow())
    findings.warn("zooport.timestamp-future", path, "when the model was made", concat("'", model.timestamp.value, "'"));
  const doc::Node& node = findings.node(path);
  if (node.kind != doc::Kind::kTime) return;
  const auto time = doc::timestamp_of(node);
  if (time && !time->offset_minutes)
    findings.info("zooport.timestamp-zone", path, "a time with its zone", concat("'", printable(node.text, 40), "'"),
                  {{},
                   Fix{"say that it is UTC, as it is taken here", {{{node.span.end, node.span.end}, "Z"}}},
                   "The reference takes it as the local time of whoever reads it."});
}

void check_name(const ModelDescription& model, ProseFindings& findings) {
  std::string others;
  for (const char c : model.name) {
    const bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                         c == '-' || c == ' ' || static_cast<unsigned char>(c) >= 0x80;
    if (!is_fine && others.find(c) == others.npos) others += c;
  }
  if (!others.empty())
    findings.info("zooport.name-characters", path_of({"name"}), "letters, digits, '_', '-' and spaces",
                  concat("'", printable(others, 20), "'"));
}

void check_count(std::string_view files, std::size_t given, std::string_view tensors, std::size_t described,
                 ProseFindings& findings) {
  if (given != described)
    findings.warn("zooport.test-tensor-count", path_of({files}),
                  concat(described, " test tensors, one for each of '", tensors, "'"), concat(given),
                  {{findings.related(path_of({tensors}), "the tensors")}, {}, ""});
}

// There may be several samples; each has a file for every input and, if outputs are shown at all, for every output.
void check_samples(const ModelDescription& model, ProseFindings& findings) {
  const std::size_t inputs = model.sample_inputs.size(), outputs = model.sample_outputs.size();
  if (inputs % model.inputs.size() != 0)
    findings.warn("zooport.sample-tensor-count", path_of({"sample_inputs"}),
                  concat("a file for each of the ", model.inputs.size(), " inputs, or for several samples a multiple"),
                  concat(inputs), {{findings.related(path_of({"inputs"}), "the inputs")}, {}, ""});
  else if (outputs % model.outputs.size() != 0 ||
           (inputs > 0 && outputs > 0 && outputs / model.outputs.size() != inputs / model.inputs.size()))
    findings.warn("zooport.sample-tensor-count", path_of({"sample_outputs"}),
                  concat(std::max<std::size_t>(1, inputs / model.inputs.size()) * model.outputs.size(),
                         " files, for the same samples as sample_inputs"),
                  concat(outputs),
                  {{findings.related(path_of({"sample_inputs"}), "the inputs of the samples")}, {}, ""});
}

bool are_same(const std::vector<Author>& one, const std::vector<Author>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const Author& a, const Author& b) { return a.name.value == b.name.value; });
}

}  // namespace

void check_model_prose(const ModelDescription& model, ProseFindings& findings) {
  check_name(model, findings);
  check_timestamp(model, findings);
  check_count("test_inputs", model.test_inputs.size(), "inputs", model.inputs.size(), findings);
  check_count("test_outputs", model.test_outputs.size(), "outputs", model.outputs.size(), findings);
  check_samples(model, findings);
  if (!model.packaged_by.empty() && are_same(model.packaged_by, model.authors))
    findings.info("zooport.packaged-by", path_of({"packaged_by"}), "others than the authors", "the same people",
                  {{findings.related(path_of({"authors"}), "the authors")}, {}, "Leave packaged_by out."});
}

}  // namespace zooport::bioimageio
