#include <algorithm>
#include <charconv>
#include <set>

#include "czann/xml.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/package.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kDnn = "DeepNeuralNetwork";
constexpr std::int64_t kMostPixels = 1 << 20;  // of a tile or border, along one axis

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "8", "8, 16" or, as Python writes lists, "[8, 16]"; empty if it is none of these.
std::vector<std::int64_t> integers_of(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<std::int64_t> values;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos) break;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(" \t\r\n,;"), text.size());
    const auto value = integer_of(text.substr(0, end));
    if (!value) return {};
    values.push_back(*value);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n", end), text.size()));
    if (!text.empty() && (text.front() == ',' || text.front() == ';')) text.remove_prefix(1);
  }
  return values;
}

const std::vector<XmlElement>& children_of(const XmlElement* list) {
  static const std::vector<XmlElement> kNone;
  return list ? list->children : kNone;
}

std::string in_quotes(std::string_view text) { return concat('"', printable(text, 60), '"'); }

class LegacyReader {
 public:
  LegacyReader(const XmlElement& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {}

  LegacyMetadata read() {
    version();
    metadata_.feature_extractor = text("FeatureExtractor");
    is_network_ = metadata_.feature_extractor.empty() || metadata_.feature_extractor == kDnn;
    metadata_.id = text("Id");
    if (!is_uuid(metadata_.id))
      complain("czann.id-form", Severity::kWarning, "Id", root_.find("Id"), "a UUID", found("Id"));
    name();
    metadata_.status = text("Status");
    metadata_.post_processing = text("Postprocessing");
    color_handling();
    channels();
    classes();
    border();
    metadata_.tile_height = tile("TotalTileHeight");
    metadata_.tile_width = tile("TotalTileWidth");
    scaling();
    repeated();
    return std::move(metadata_);
  }

 private:
  // What only a network needs is no fault of a model that is none.
  Severity needed() const { return is_network_ ? Severity::kError : Severity::kWarning; }

  void complain(std::string id, Severity severity, Path path, std::optional<Span> span, std::string expected,
                std::string found_text) {
    Diagnostic problem;
    problem.id = std::move(id);
    problem.severity = severity;
    problem.path = std::move(path);
    problem.span = span;
    problem.message = concat("expected ", expected, ", found ", found_text);
    problem.expected = std::move(expected);
    problem.found = std::move(found_text);
    diagnostics_.add(std::move(problem));
  }
  void complain(std::string id, Severity severity, std::string_view name, const XmlElement* at, std::string expected,
                std::string found_text) {
    complain(std::move(id), severity, {Step::key(name)}, at ? at->place() : root_.span, std::move(expected),
             std::move(found_text));
  }

  std::string text(std::string_view name) const {
    const XmlElement* element = root_.find(name);
    return element ? element->text : std::string();
  }
  std::string found(std::string_view name) const {
    const XmlElement* element = root_.find(name);
    return element ? in_quotes(element->text) : "nothing";
  }

  void version() {
    const XmlAttribute* attribute = root_.attribute("Version");
    if (attribute) metadata_.version = attribute->value;
    if (!attribute)
      complain("czann.legacy-version", Severity::kWarning, {Step::key("Version")}, root_.span,
               "an attribute Version of the element Model", "nothing");
  }

  // Older files give the path of the network instead of a name.
  void name() {
    metadata_.name = text("ModelName");
    if (root_.find("ModelName")) return;
    const std::string path = text("ModelPath");
    const std::size_t slash = path.find_last_of("/\\");
    metadata_.name = slash == std::string::npos ? path : path.substr(slash + 1);
  }

  void color_handling() {
    metadata_.color_handling = text("ColorHandling");
    const XmlElement* element = root_.find("ColorHandling");
    if (!element) {
      missing("ColorHandling", "SplitRgb or ConvertToMonochrome");
    } else if (metadata_.color_handling != "SplitRgb" && metadata_.color_handling != "ConvertToMonochrome") {
      complain("czann.color-handling", Severity::kWarning, "ColorHandling", element, "SplitRgb or ConvertToMonochrome",
               in_quotes(element->text));
    }
  }

  void missing(std::string_view name, std::string_view expected) {
    complain("czann.missing-element", needed(), name, root_.find(name), concat(expected, " in the element ", name),
             "nothing");
  }

  void channels() {
    const XmlElement* list = root_.find("Channels");
    std::size_t index = 0;
    for (const XmlElement& item : children_of(list)) {
      if (item.name != "Item") continue;
      const XmlAttribute* type = item.attribute("PixelType");
      Path path{Step::key("Channels"), Step::at(index++)};
      if (!type) {
        complain("czann.missing-attribute", needed(), std::move(path), item.span, "an attribute PixelType", "nothing");
        continue;
      }
      metadata_.pixel_types.push_back(type->value);
      if (!channels_of(type->value))
        complain("czann.pixel-type", Severity::kWarning, std::move(path), type->span,
                 "Gray8, Gray16, Gray32Float, Bgr24, Bgr48, Bgr96Float, Bgra32, Gray64ComplexFloat or "
                 "Bgr192ComplexFloat",
                 in_quotes(type->value));
    }
    if (index == 0) missing("Channels", "an Item for each image channel");
  }

  void classes() {
    const XmlElement* list = root_.find("TrainingClasses");
    std::vector<const XmlElement*> items;
    for (const XmlElement& item : children_of(list))
      if (item.name == "Item") items.push_back(&item);
    if (items.empty()) return missing("TrainingClasses", "an Item for each class");
    const std::vector<Color> colors = class_colors(items.size());
    bool has_labels = true;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const XmlElement& item = *items[i];
      const Path path{Step::key("TrainingClasses"), Step::at(i)};
      SegmentationClass read;
      if (const XmlAttribute* name = item.attribute("Name"))
        read.name = name->value;
      else
        complain("czann.missing-attribute", needed(), path, item.span, "an attribute Name", "nothing");
      const auto label = number(item, "LabelValue", INT32_MIN, INT32_MAX, path);
      has_labels &= label.has_value();
      read.label = label.value_or(0);
      read.color = color(item, colors[i], path);
      metadata_.classes.push_back(std::move(read));
    }
    if (has_labels) return sort_classes(*list);
    std::int64_t label = 0;
    for (SegmentationClass& entry : metadata_.classes) entry.label = ++label;
  }

  // The channels of the output follow the labels.
  void sort_classes(const XmlElement& list) {
    const auto less = [](const SegmentationClass& a, const SegmentationClass& b) { return a.label < b.label; };
    std::stable_sort(metadata_.classes.begin(), metadata_.classes.end(), less);
    std::int64_t expected = 0;
    for (const SegmentationClass& entry : metadata_.classes) {
      if (entry.label == ++expected) continue;
      complain("czann.label-values", Severity::kWarning, "TrainingClasses", &list,
               concat("the labels 1 to ", metadata_.classes.size(), ", each once"),
               concat("the label ", entry.label, " of ", in_quotes(entry.name)));
      return;
    }
  }

  // The value of an attribute; none if there is none, or another text, which is reported.
  std::optional<std::int64_t> number(const XmlElement& item, std::string_view name, std::int64_t least,
                                     std::int64_t most, const Path& path) {
    const XmlAttribute* attribute = item.attribute(name);
    if (!attribute) return std::nullopt;
    const auto value = integer_of(attribute->value);
    if (value && *value >= least && *value <= most) return value;
    Path place = path;
    place.push_back(Step::key(name));
    complain("czann.class-number", Severity::kWarning, std::move(place), attribute->span,
             concat("an integer from ", least, " to ", most), in_quotes(attribute->value));
    return std::nullopt;
  }

  Color color(const XmlElement& item, Color otherwise, const Path& path) {
    const auto red = number(item, "colR", 0, 255, path);
    const auto green = number(item, "colG", 0, 255, path);
    const auto blue = number(item, "colB", 0, 255, path);
    if (!red || !green || !blue) return otherwise;
    const auto byte = [](std::int64_t value) { return static_cast<std::uint8_t>(value); };
    return {byte(*red), byte(*green), byte(*blue)};
  }

  // One number, or one each dimension: in one text, in elements of its own, or as the element twice.
  void border() {
    std::string all;
    const XmlElement* first = nullptr;
    const auto add = [&](const std::string& piece) {
      if (!all.empty() && !piece.empty()) all += ' ';
      all += piece;
    };
    for (const XmlElement& element : root_.children) {
      if (element.name != "BorderSize") continue;
      if (!first) first = &element;
      add(element.text);
      for (const XmlElement& child : element.children) add(child.text);
    }
    if (!first) return missing("BorderSize", "a number of pixels");
    std::vector<std::int64_t> values = integers_of(all);
    const bool fits =
        !values.empty() && values.size() <= 2 &&
        std::all_of(values.begin(), values.end(), [](auto value) { return value >= 0 && value <= kMostPixels; });
    if (fits)
      metadata_.border_size = std::move(values);
    else
      complain("czann.border-size", needed(), "BorderSize", first,
               "a number of pixels of at least 0, or one each of y and x", in_quotes(all));
  }

  std::optional<std::int64_t> tile(std::string_view name) {
    const XmlElement* element = root_.find(name);
    if (!element) return std::nullopt;
    const auto value = integer_of(element->text);
    if (value && *value > 0 && *value <= kMostPixels) return value;
    complain("czann.tile-size", Severity::kWarning, name, element, "a number of pixels of at least 1",
             in_quotes(element->text));
    return std::nullopt;
  }

  void scaling() {
    const XmlElement* element = root_.find("ScaleInputsByBitdepth");
    if (!element) return;
    const std::string value = to_lower(element->text);
    if (value == "true" || value == "1") {
      metadata_.scale_inputs_by_bit_depth = true;
    } else if (value == "false" || value == "0") {
      metadata_.scale_inputs_by_bit_depth = false;
    } else {
      complain("czann.scale-inputs", needed(), "ScaleInputsByBitdepth", element, "true or false",
               in_quotes(element->text));
    }
  }

  void repeated() {
    std::set<std::string_view> seen;
    for (const XmlElement& element : root_.children)
      if (!seen.insert(element.name).second)
        complain("czann.repeated-element", Severity::kWarning, element.name, &element,
                 concat("one element ", printable(element.name, 60)), "another one");
  }

  const XmlElement& root_;
  Diagnostics& diagnostics_;
  LegacyMetadata metadata_;
  bool is_network_ = true;
};

}  // namespace

Result<LegacyMetadata> read_legacy_metadata(std::string xml, const Limits& limits, Diagnostics& diagnostics) {
  ZOOPORT_TRY_ASSIGN(const XmlElement root, read_xml(xml, limits));
  if (root.name != "Model") {
    Error error =
        make_error(ErrorKind::kInvalid, "czann.xml-root",
                   concat("expected an element Model at the root of the XML, found ", printable(root.name, 60)));
    error.what.span = root.span;
    error.what.expected = "Model";
    error.what.found = root.name;
    return error;
  }
  return LegacyReader(root, diagnostics).read();
}

std::string write_legacy_metadata(const LegacyMetadata& metadata) {
  std::string xml = "<?xml version='1.0' encoding='utf-8'?>\n";
  const auto or_else = [](const std::string& text, std::string_view otherwise) {
    return text.empty() ? std::string_view(otherwise) : std::string_view(text);
  };
  const auto element = [&](std::string_view name, std::string_view text) {
    if (text.empty())
      xml += concat('<', name, " />");
    else
      xml += concat('<', name, '>', xml_text(text), "</", name, '>');
  };
  xml += concat("<Model Version=\"", xml_attribute(or_else(metadata.version, "3.1.0")), "\">");
  element("Id", metadata.id);
  element("ModelName", metadata.name);
  element("Status", or_else(metadata.status, "Trained"));
  element("FeatureExtractor", or_else(metadata.feature_extractor, kDnn));
  element("Postprocessing", metadata.post_processing);
  element("ColorHandling", metadata.color_handling);
  const auto list = [&](std::string_view name, std::size_t count, const auto& item) {
    if (count == 0) return element(name, "");
    xml += concat('<', name, '>');
    for (std::size_t i = 0; i < count; ++i) item(i);
    xml += concat("</", name, '>');
  };
  list("Channels", metadata.pixel_types.size(),
       [&](std::size_t i) { xml += concat("<Item PixelType=\"", xml_attribute(metadata.pixel_types[i]), "\" />"); });
  const bool has_labels = std::any_of(metadata.classes.begin(), metadata.classes.end(),
                                      [](const SegmentationClass& entry) { return entry.label != 0; });
  list("TrainingClasses", metadata.classes.size(), [&](std::size_t i) {
    const SegmentationClass& entry = metadata.classes[i];
    const std::int64_t label = has_labels ? entry.label : static_cast<std::int64_t>(i) + 1;
    xml += concat("<Item colB=\"", int{entry.color.blue}, "\" colG=\"", int{entry.color.green}, "\" colR=\"",
                  int{entry.color.red}, "\" LabelValue=\"", label, "\" Name=\"", xml_attribute(entry.name), "\" />");
  });
  const std::vector<std::int64_t>& border = metadata.border_size;
  element("BorderSize", border.empty() ? "0" : border.size() == 1 ? concat(border[0]) : shape_text(border));
  if (metadata.tile_height) element("TotalTileHeight", concat(*metadata.tile_height));
  if (metadata.tile_width) element("TotalTileWidth", concat(*metadata.tile_width));
  if (metadata.scale_inputs_by_bit_depth)
    element("ScaleInputsByBitdepth", *metadata.scale_inputs_by_bit_depth ? "true" : "false");
  return xml + "</Model>";
}

}  // namespace zooport::czann
