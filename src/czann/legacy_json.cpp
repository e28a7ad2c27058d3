#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann {
namespace {

constexpr std::int64_t kMostPixels = 1 << 20;

std::string found_text(const doc::Node* node) {
  if (!node) return "nothing";
  switch (node->kind) {
    case doc::Kind::kSequence: return concat("a list of ", node->children.size());
    case doc::Kind::kMapping: return "an object";
    case doc::Kind::kNull: return "null";
    case doc::Kind::kString: return concat('"', printable(node->text, 60), '"');
    default: return printable(node->text, 60);
  }
}

class LegacyJsonReader {
 public:
  LegacyJsonReader(const doc::Node& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {}

  LegacyMetadata read() {
    LegacyMetadata metadata;
    metadata.version = "3.1.0";
    metadata.status = "Trained";
    metadata.feature_extractor = "DeepNeuralNetwork";
    if (root_.kind != doc::Kind::kMapping) {
      complain("", &root_, "an object");
      return metadata;
    }
    metadata.name = name();
    metadata.color_handling = color_handling();
    metadata.pixel_types = texts("PixelType", "a pixel type, or a list of them");
    const std::vector<std::string> names = texts("Classes", "a list of texts");
    const std::vector<Color> colors = class_colors(names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
      metadata.classes.push_back({names[i], colors[i], static_cast<std::int64_t>(i) + 1});
    metadata.border_size = border();
    return metadata;
  }

 private:
  void complain(std::string_view key, const doc::Node* at, std::string expected, Severity severity = Severity::kError) {
    Diagnostic problem;
    problem.id = at ? "czann.wrong-kind" : "czann.missing-key";
    problem.severity = severity;
    if (!key.empty()) problem.path = {Step::key(key)};
    problem.span = at ? at->span : root_.span;
    problem.found = found_text(at);
    problem.message = concat("expected ", expected, ", found ", problem.found);
    problem.expected = std::move(expected);
    diagnostics_.add(std::move(problem));
  }

  std::string name() {
    const doc::Node* path = root_.find("ModelPath");
    if (!path) return "DNN model";
    if (path->kind != doc::Kind::kString) {
      complain("ModelPath", path, "a text");
      return {};
    }
    const std::size_t slash = path->text.find_last_of("/\\");
    return std::string(slash == path->text.npos ? path->text : path->text.substr(slash + 1));
  }

  std::string color_handling() {
    const doc::Node* node = root_.find("ColorHandling");
    constexpr std::string_view kExpected = "SplitRgb or ConvertToMonochrome";
    if (node && (node->kind == doc::Kind::kString || node->kind == doc::Kind::kNull)) {
      const std::string text(node->kind == doc::Kind::kString ? node->text : "");
      if (text != "SplitRgb" && text != "ConvertToMonochrome")
        unusual("czann.color-handling", "ColorHandling", *node, std::string(kExpected));
      return text;
    }
    complain("ColorHandling", node, std::string(kExpected));
    return {};
  }

  void unusual(std::string id, std::string_view key, const doc::Node& at, std::string expected) {
    complain(key, &at, std::move(expected), Severity::kWarning);
    diagnostics_.items().back().id = std::move(id);
  }

  std::vector<std::string> texts(std::string_view key, std::string expected) {
    const doc::Node* node = root_.find(key);
    std::vector<std::string> all;
    const bool is_types = key == "PixelType";
    const auto add = [&](const doc::Node& item) {
      all.emplace_back(item.text);
      if (is_types && !channels_of(item.text)) unusual("czann.pixel-type", key, item, "one of the nine pixel types");
    };
    if (node && is_types && node->kind == doc::Kind::kString) {
      add(*node);
    } else if (node && node->kind == doc::Kind::kSequence) {
      for (const doc::Node& item : node->children) {
        if (item.kind == doc::Kind::kString) {
          add(item);
          continue;
        }
        complain(key, &item, "a text");
        return {};
      }
      if (all.empty()) complain(key, node, std::move(expected), Severity::kWarning);
    } else {
      complain(key, node, std::move(expected));
    }
    return all;
  }

  std::vector<std::int64_t> border() {
    const doc::Node* node = root_.find("BorderSize");
    std::vector<std::int64_t> values;
    const auto add = [&](const doc::Node& item) {
      const auto value = item.kind == doc::Kind::kInteger ? doc::integer_of(item) : std::nullopt;
      const bool fits = value && *value >= 0 && *value <= kMostPixels;
      if (fits) values.push_back(*value);
      return fits;
    };
    bool fits = node != nullptr;
    if (node && node->kind == doc::Kind::kSequence) {
      fits = !node->children.empty() && node->children.size() <= 2 &&
             std::all_of(node->children.begin(), node->children.end(), add);
    } else if (node && node->kind == doc::Kind::kString) {
      // A number in quotes, as the real package takes it.
      const std::string_view text = node->text;
      fits = !text.empty() && text.size() <= 6 &&
             std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (fits) values.push_back(std::stoll(std::string(text)));
    } else if (node) {
      fits = add(*node);
    }
    if (fits) return values;
    complain("BorderSize", node, "a number of pixels of at least 0, or one each of y and x");
    return {};
  }

  const doc::Node& root_;
  Diagnostics& diagnostics_;
};

}  // namespace

LegacyMetadata read_legacy_json(const doc::Node& root, Diagnostics& diagnostics) {
  return LegacyJsonReader(root, diagnostics).read();
}

Result<LegacyMetadata> read_legacy_json(std::string json, const Limits& limits, Diagnostics& diagnostics) {
  ZOOPORT_TRY_ASSIGN(const doc::Document document, doc::read_json(std::move(json), limits));
  return read_legacy_json(document.root(), diagnostics);
}

Diagnostics validate_legacy(const std::vector<std::optional<std::int64_t>>& input,
                            const std::vector<std::optional<std::int64_t>>& output) {
  Diagnostics findings;
  const auto check = [&](std::string_view end, const std::vector<std::optional<std::int64_t>>& shape) {
    const auto is_fixed = [&](std::size_t i) { return i < shape.size() && shape[i] && *shape[i] != 0; };
    if (is_fixed(0) && is_fixed(1)) return;
    Diagnostic problem;
    problem.id = "czann.open-size";
    problem.expected = concat("a fixed height and width of the network's ", end);
    problem.found = shape.size() < 2 ? "fewer axes" : "open ones";
    problem.message = concat("expected ", problem.expected, ", found ", problem.found);
    findings.add(std::move(problem));
  };
  check("input", input);
  check("output", output);
  return findings;
}

std::string czseg_file_name(std::string_view output) {
  const bool has_ending = ends_with_ignoring_case(output, ".czseg") || ends_with_ignoring_case(output, ".czmodel");
  return concat(output, has_ending ? "" : ".czseg");
}

}  // namespace zooport::czann
