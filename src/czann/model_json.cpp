#include <optional>
#include <variant>

#include "zooport/czann/formats.hpp"
#include "zooport/czann/metadata.hpp"

namespace zooport::czann {
namespace {

using schema::object;
using schema::optional;
using schema::required;
using schema::type;

struct Size {
  schema::Integer value;
};
struct Overlap {
  schema::Integer value;
};
struct Metres {
  double value = 0;
};
struct Shape : std::vector<Size> {};
struct Overlaps : std::vector<Overlap> {};
struct Names : std::vector<std::string> {};
struct PixelSize2 : std::vector<Metres> {};
struct PixelSize3 : std::vector<Metres> {};

// The union of what the specifications know; each has its table.
struct ModelJson {
  std::string format_version;
  std::string id;
  ModelType type = ModelType::kRegression;
  Shape input_shape;
  Shape output_shape;
  Overlaps min_overlap;
  Names classes;
  std::string name;
  PixelSize2 scaling2;
  PixelSize3 scaling3;
  schema::Given given;
};

// A conversion specification; its metadata, or the path of theirs.
struct SpecMetadata : ModelJson {};
struct Sides : std::vector<Size> {};
struct SpecJson {
  std::variant<SpecMetadata, std::string> metadata;
  std::string model_path;
  std::optional<std::string> license_file;
  Sides spatial_dims;
  schema::Any preprocessing;
  schema::Any postprocessing;
  schema::Given given;
};

constexpr std::string_view kTypes[] = {
    "SingleClassInstanceSegmentation",
    "MultiClassInstanceSegmentation",
    "SingleClassSemanticSegmentation",
    "MultiClassSemanticSegmentation",
    "SingleClassClassification",
    "MultiClassClassification",
    "ObjectDetection",
    "Regression",
};

constexpr auto describe(type<Size>) { return schema::integer<Size>().strict().at_least(1); }
constexpr auto describe(type<Overlap>) { return schema::integer<Overlap>().strict().at_least(0); }
constexpr auto describe(type<Metres>) { return schema::real<Metres>("metres a pixel").strict(); }
constexpr auto describe(type<Shape>) { return schema::list<Shape>().length(3, 4); }
constexpr auto describe(type<Overlaps>) { return schema::list<Overlaps>().non_empty(); }
constexpr auto describe(type<Names>) { return schema::list<Names>().length(2, schema::TypeFacts::kUnbounded); }
constexpr auto describe(type<Sides>) { return schema::list<Sides>().length(2, 3); }
constexpr auto describe(type<PixelSize2>) { return schema::list<PixelSize2>().length(2, 2); }
constexpr auto describe(type<PixelSize3>) { return schema::list<PixelSize3>().length(2, 3); }

const schema::Type& describe(type<SpecMetadata>);

}  // namespace

constexpr auto describe(type<ModelType>) { return schema::enumeration<ModelType>(kTypes); }

namespace {

constexpr std::string_view kName = "ModelJson";
constexpr std::string_view kDoc = "the metadata of a network, model.json in a CZANN file";

// clang-format off
constexpr auto kId = required<&ModelJson::id>("Id", "what the model is told apart by")
    .about("A UUID (128 bits) as text. ZEN takes files with one Id for one model, so a changed network needs another.")
    .example("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
constexpr auto kType = required<&ModelJson::type>("Type", "what the network is for")
    .about("Case counts. ZEN lists segmentation under its segmentation tools and Regression under processing; what "
           "outputs of object detection or instance segmentation hold is laid down nowhere.")
    .example("SingleClassSemanticSegmentation");
constexpr auto kInputShape = required<&ModelJson::input_shape>("InputShape", "height, width and channels of a tile")
    .about("[h, w, c], or [z, h, w, c] for volumes; the batch axis that the network has in front is not listed. The "
           "network gets float32 pixels, integers divided by the largest value of their type. Colours come as blue, "
           "green, red (, alpha).")
    .example("[512, 512, 1]");
constexpr auto kOutputShape = required<&ModelJson::output_shape>("OutputShape", "the same of what comes out")
    .about("Laid out as InputShape; the last number is that of the classes, or of the channels of an image. Images are "
           "float32 from 0 to 1.")
    .example("[512, 512, 2]");
constexpr auto kMinOverlap = optional<&ModelJson::min_overlap>("MinOverlap", "pixels that neighbouring tiles share")
    .about("One number each spatial axis, in the order of InputShape. Twice the border that is cut off on each side, so "
           "each number has to be even, and less than the tile.")
    .example("[64, 64]").no_default();
constexpr auto kClasses = optional<&ModelJson::classes>("Classes", "names of the classes")
    .about("As many as OutputShape has channels, in their order. Segmentation and classification need them; Regression "
           "has none.")
    .example("[Background, Nucleus]").no_default();
constexpr auto kModelName = optional<&ModelJson::name>("ModelName", "the name that people see")
    .about("Free text. The network's file is called model.model whatever stands here.")
    .example("Nuclei in fluorescence images").no_default();
constexpr auto kScaling2 = optional<&ModelJson::scaling2>("Scaling", "size of a pixel in metres")
    .about("In the order x, y, which is not that of InputShape. Writers put 1.0 where they know no size.")
    .example("[1.0e-07, 1.0e-07]").since("1.1.0").no_default();
constexpr auto kScaling3 = optional<&ModelJson::scaling3>("Scaling", "size of a pixel in metres")
    .about("In the order x, y or x, y, z, which is not that of InputShape. Writers put 1.0 where they know no size.")
    .example("[1.0e-07, 1.0e-07]").since("1.1.0, with z since 2.0.0").no_default();
constexpr auto kFormatVersion = required<&ModelJson::format_version>("FormatVersion", "version of this specification")
    .about("Files of earlier specifications have no such key.")
    .example("2.1.0").since("2.1.0");

constexpr auto k100 = object<ModelJson>(kName, kDoc, kId, kType, kInputShape, kOutputShape, kMinOverlap, kClasses,
                                        kModelName).ignores_unknown();
constexpr auto k110 = object<ModelJson>(kName, kDoc, kId, kType, kInputShape, kOutputShape, kMinOverlap, kClasses,
                                        kModelName, kScaling2).ignores_unknown();
constexpr auto k200 = object<ModelJson>(kName, kDoc, kId, kType, kInputShape, kOutputShape, kMinOverlap, kClasses,
                                        kModelName, kScaling3).ignores_unknown();
constexpr auto k210 = object<ModelJson>(kName, kDoc, kFormatVersion, kId, kType, kInputShape, kOutputShape, kMinOverlap,
                                        kClasses, kModelName, kScaling3).ignores_unknown();

// Of a specification: an Id may be left out, and is made then.
constexpr auto kSpecMetadata = object<SpecMetadata>("ModelMetadata", "what the network is",
    optional<&ModelJson::id, SpecMetadata>("Id", kId.field.doc).about(kId.field.about).example(kId.field.example)
        .no_default(),
    required<&ModelJson::type, SpecMetadata>("Type", kType.field.doc).about(kType.field.about)
        .example(kType.field.example),
    required<&ModelJson::input_shape, SpecMetadata>("InputShape", kInputShape.field.doc).about(kInputShape.field.about)
        .example(kInputShape.field.example),
    required<&ModelJson::output_shape, SpecMetadata>("OutputShape", kOutputShape.field.doc)
        .about(kOutputShape.field.about).example(kOutputShape.field.example),
    optional<&ModelJson::min_overlap, SpecMetadata>("MinOverlap", kMinOverlap.field.doc).about(kMinOverlap.field.about)
        .example(kMinOverlap.field.example).no_default(),
    optional<&ModelJson::classes, SpecMetadata>("Classes", kClasses.field.doc).about(kClasses.field.about)
        .example(kClasses.field.example).no_default(),
    optional<&ModelJson::name, SpecMetadata>("ModelName", kModelName.field.doc).about(kModelName.field.about)
        .example(kModelName.field.example).no_default(),
    optional<&ModelJson::scaling3, SpecMetadata>("Scaling", kScaling3.field.doc).about(kScaling3.field.about)
        .example(kScaling3.field.example).no_default()).ignores_unknown();
constexpr auto kSpec = object<SpecJson>("ConversionSpec", "a conversion specification, as czmodel reads it",
    required<&SpecJson::metadata>("ModelMetadata", "what the network is")
        .about("An object like model.json, or the path of a file that holds one.").example("model.json"),
    required<&SpecJson::model_path>("ModelPath", "where the network is")
        .about("An absolute path, or one that starts from the specification's folder.").example("network.onnx"),
    optional<&SpecJson::license_file>("LicenseFile", "where the licence is")
        .about("It is copied into the result unchanged.").example("LICENSE.txt"),
    optional<&SpecJson::spatial_dims>("SpatialDims", "height and width of a tile")
        .about("[h, w] or [z, h, w], in place of what the network has. czmodel does not know this key: there it is an "
               "argument of the call.").example("[512, 512]").no_default(),
    optional<&SpecJson::preprocessing>("PreProcessing", "operations in front of the network")
        .about("Text, or a list of texts or objects; docs/processing.md says which there are. czmodel does not know this "
               "key.").example(R"x(["transpose_channels(2, 1, 0)"])x").no_default(),
    optional<&SpecJson::postprocessing>("PostProcessing", "operations behind the network")
        .about("As PreProcessing.").example(R"(["SigmoidToSoftmaxScores"])").no_default()).ignores_unknown();
// clang-format on

const schema::Type& describe(type<SpecMetadata>) { return kSpecMetadata; }

template <const auto& Table>
const schema::ObjectType& root() {
  return Table;
}

constexpr schema::Format kFormats[] = {
    {"czann-1.0", "1.0.0", "CZANN metadata 1.0.0", "urn:zooport:schema:czann-1.0", &root<k100>},
    {"czann-1.1", "1.1.0", "CZANN metadata 1.1.0", "urn:zooport:schema:czann-1.1", &root<k110>},
    {"czann-2.0", "2.0.0", "CZANN metadata 2.0.0", "urn:zooport:schema:czann-2.0", &root<k200>},
    {"czann-2.1", "2.1.0", "CZANN metadata 2.1.0", "urn:zooport:schema:czann-2.1", &root<k210>},
    {"czmodel-spec", "3.0.1", "conversion specification of czmodel", "urn:zooport:schema:czmodel-spec", &root<kSpec>},
};

}  // namespace

std::span<const schema::Format> formats() { return kFormats; }

}  // namespace zooport::czann
