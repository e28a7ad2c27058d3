#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What stands on the command line, as plain values.
namespace zooport::app {

enum class Format : std::uint8_t { kText, kJson, kJsonl };

// Of every verb.
struct Common {
  Format format = Format::kText;
  bool quiet = false;
  bool no_progress = false;
  bool overwrite = false;
  bool offline = false;
  std::string cache;
  std::string engine;
  std::uint64_t seed = 0;
};

struct Sources {
  std::vector<std::string> named;
  std::string files_from;  // a file with one a line
};

struct CheckArguments {
  Sources sources;
  bool no_io = false;
  bool strict = false;
  bool fix = false;
  bool recursive = false;
  bool normalized = false;
  std::string warnings = "warning";  // least severity that is shown
  std::string target;                // version of ZEN
};

struct PackageArguments {
  std::string source;
  std::string dest;
  std::vector<std::string> weights;  // the preferred one first
  bool no_io = false;
  bool strict = false;
  bool allow_outside = false;
};

struct UnpackArguments {
  std::string source;
  std::string folder;
  bool tensors = false;
};

struct UpgradeArguments {
  std::string source;
  std::string dest;
  std::string to = "0.4";
};

// Whether the engine gets a process of its own, and what that may use. Neither on nor off: for models from elsewhere.
struct Isolation {
  bool on = false;
  bool off = false;
  std::uint64_t memory = 0;  // bytes; 0: the default
  double seconds = 0;        // of loading and of each run; 0: the default
};

struct GraphArguments {
  std::string file;
  std::string out;
  std::int64_t opset = 0;
  bool float32 = false;
  std::vector<std::string> shapes;        // [INPUT=]1,1,256,256
  std::vector<std::string> layouts;       // [NAME=]bcyx:byxc
  std::vector<std::string> axes;          // [NAME=]bcyx
  std::vector<std::string> pre;           // [INPUT=]scale(1/255)
  std::vector<std::string> post;          // [OUTPUT=]sigmoid
  std::vector<std::string> input_dtypes;  // [INPUT=]uint8
  Isolation isolation;
};

struct InfoArguments {
  Sources sources;
};

struct TestArguments {
  Sources sources;
  std::string weights;
  std::string save;  // folder
  std::string device = "cpu";
  unsigned threads = 0;
  Isolation isolation;
};

struct PredictArguments {
  std::string source;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::string axes;
  std::string tile;  // N, NxM, whole
  std::string halo;  // N, exact
  std::string weights;
  std::string device = "cpu";
  unsigned threads = 0;
  Isolation isolation;
  std::vector<std::string> statistics_from;
  std::string picture;
};

struct CompareArguments {
  std::string a;
  std::string b;
  std::vector<std::string> inputs;
  std::string axes;
  std::string weights;  // NAME, or NAME,NAME
  std::string tile;
  std::string halo;
  std::string device = "cpu";
  unsigned threads = 0;
  Isolation isolation;
};

struct DoctorArguments {
  std::string zen_kit;  // folder; empty: no kit
};

struct SchemaArguments {
  std::string name;
};

struct ExplainArguments {
  std::string path;
};

struct ConvertArguments {
  std::string source;
  std::string dest;
  std::string to;
  std::string weights;
  std::string name;
  std::string id;
  std::string type;
  std::vector<std::string> classes;
  std::vector<std::int64_t> min_overlap;
  std::vector<std::int64_t> spatial_dims;
  std::vector<double> scaling;
  std::string license_file;
  std::string czann_version;
  std::string target;
  std::vector<std::string> pixel_types;
  std::string color_handling;
  std::string source_dtype;
  std::string statistics_from;
  std::string axes;
  std::vector<std::string> pre;
  std::vector<std::string> post;
  bool allow_savedmodel = false;
  bool tile_statistics = false;
  bool embed = false;
  bool force = false;
  Isolation isolation;
};

}  // namespace zooport::app
