#include "cli.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <new>
#include <string>
#include <vector>

#include "verbs.hpp"
#include "zooport/base/text.hpp"

// The one file that knows CLI11: declares options and hands plain structs to the verbs.
namespace zooport::app {
namespace {

using Run = std::function<Exit(Terminal&)>;

class CommandLine;

struct Verb {
  const char* name;
  const char* alias;
  const char* summary;
  const char* examples;
  void (CommandLine::*declare)(CLI::App& verb);  // null: not there yet
};

class CommandLine {
 public:
  CommandLine() : app_("Checks, converts, tests and runs microscopy deep-learning models.", "zooport") {
    app_.require_subcommand(0, 1);
    app_.set_version_flag("--version", std::string("zooport ") + std::string(kVersion));
    app_.footer(
        "zooport VERB --help shows the options of a verb, with examples.\n"
        "Exit codes: 0 fine, 1 invalid or differs, 2 usage, 3 cannot be read or written, 4 not supported, "
        "5 internal.");
    declare_common(app_);
    for (const Verb& verb : verbs()) declare_verb(app_, verb);
  }

  Exit run(int argc, const char* const* argv) {
    if (argc > 1 && argv[1][0] != '-' && !find(argv[1])) return no_such_verb(argv[1]);
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return app_.exit(error) == 0 ? Exit::kFine : Exit::kInternal;
      std::fprintf(stderr, "zooport: error: %s\n%s --help shows what there is.\n", printable(error.what(), 500).c_str(),
                   called().c_str());
      return Exit::kUsage;
    }
    if (!chosen_) {
      std::fputs(app_.help().c_str(), stderr);
      return Exit::kUsage;
    }
    if (!not_yet_.empty()) {
      std::fprintf(stderr, "zooport: error: %s cannot do %s yet; leave it out.\n", called().c_str(),
                   join(not_yet_, ", ").c_str());
      return Exit::kUnsupported;
    }
    common_.format = format_ == "json" ? Format::kJson : format_ == "jsonl" ? Format::kJsonl : Format::kText;
    Terminal terminal(common_);
    return terminal.finish(chosen_(terminal));
  }

 private:
  static const std::vector<Verb>& verbs();
  static const std::vector<Verb>& graph_verbs();

  static const Verb* find(const std::string& name) {
    for (const Verb& verb : verbs())
      if (verb.name == name || verb.alias == name) return &verb;
    return nullptr;
  }

  static Exit no_such_verb(const std::string& name) {
    std::vector<std::string_view> names;
    for (const Verb& verb : verbs()) names.insert(names.end(), {verb.name, verb.alias});
    const std::string_view meant = nearest(name, names);
    const std::string question = meant.empty() ? std::string() : concat("; is ", meant, " meant?");
    std::fprintf(stderr, "zooport: error: there is no verb %s%s\nzooport --help shows what there is.\n",
                 printable(name).c_str(), question.c_str());
    return Exit::kUsage;
  }

  // "zooport graph opset"
  std::string called() const {
    std::string text = "zooport";
    for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
      app = app->get_subcommands().front();
      text += " " + app->get_name();
    }
    return text;
  }

  CLI::App& declare_verb(CLI::App& parent, const Verb& verb) {
    const std::string summary = verb.declare ? verb.summary : std::string(verb.summary) + " (not there yet)";
    CLI::App& app = *parent.add_subcommand(verb.name, summary);
    if (verb.alias[0] != '\0') app.alias(verb.alias);
    if (!verb.declare) {
      app.allow_extras();
      app.footer("This verb is not there yet: it ends with exit code 4.");
      app.callback([this] { chosen_ = [this](Terminal& terminal) { return not_there_yet(terminal); }; });
      return app;
    }
    if (verb.examples[0] != '\0') app.footer(std::string("Examples:\n") + verb.examples);
    (this->*verb.declare)(app);
    return app;
  }

  Exit not_there_yet(Terminal& terminal) const {
    terminal.warn(concat("zooport: error: ", called(), " is not there yet.\n"));
    return Exit::kUnsupported;
  }

  void declare_common(CLI::App& app) {
    const auto group = [](CLI::Option* option) { option->group("Always"); };
    group(app.add_option("--format", format_, "what stdout gets: text, json or jsonl")
              ->check(CLI::IsMember({"text", "json", "jsonl"})));
    group(app.add_flag("--quiet", common_.quiet, "only errors on stderr, no text on stdout"));
    group(app.add_flag("--no-progress", common_.no_progress, "no bar on stderr"));
    group(app.add_flag("--overwrite", common_.overwrite, "replace what is there"));
    group(app.add_flag("--offline", common_.offline, "nothing from the network"));
    group(app.add_option("--cache", common_.cache, "folder of downloads")->type_name("DIR"));
    group(app.add_option("--engine", common_.engine, "ONNX Runtime: the library, or its folder")->type_name("PATH"));
    group(app.add_option("--seed", common_.seed, "of random numbers")->type_name("N"));
  }

  // Options of the contract that this verb cannot do yet. A "!" at the end: takes no value.
  void declare_not_yet(CLI::App& verb, const std::vector<std::string>& names) {
    for (std::string name : names) {
      CLI::Option* option = nullptr;
      if (name.back() == '!') {
        name.pop_back();
        option = verb.add_flag_callback(
            name, [this, name] { not_yet_.push_back(name); }, "not there yet");
      } else {
        option = verb.add_option_function<std::vector<std::string>>(
            name, [this, name](const std::vector<std::string>&) { not_yet_.push_back(name); }, "not there yet");
      }
      option->group("Not there yet");
    }
  }

  template <class Arguments>
  void choose(CLI::App& verb, Exit (*function)(const Arguments&, Terminal&), const Arguments& arguments) {
    verb.callback([this, function, &arguments] {
      chosen_ = [function, &arguments](Terminal& terminal) { return function(arguments, terminal); };
    });
  }

  void declare_sources(CLI::App& verb, Sources& sources) {
    verb.add_option("SOURCE", sources.named, "file, folder, .zip, URL, DOI or zoo id, or - for a description on stdin");
    verb.add_option("--files-from", sources.files_from, "sources, one a line (- for stdin)")->type_name("LIST");
  }

  template <class Arguments>
  void choose_for_sources(CLI::App& verb, Exit (*function)(const Arguments&, Terminal&), const Arguments& arguments) {
    verb.callback([this, function, &arguments] {
      if (arguments.sources.named.empty() && arguments.sources.files_from.empty()) throw CLI::RequiredError("SOURCE");
      chosen_ = [function, &arguments](Terminal& terminal) { return function(arguments, terminal); };
    });
  }

  void declare_weights(CLI::App& verb, std::string& weights) {
    verb.add_option("--weights", weights, "weights format, such as onnx; else the first that can be used")
        ->type_name("NAME");
  }
  template <class Arguments>
  void declare_running(CLI::App& verb, Arguments& arguments) {
    verb.add_option("--device", arguments.device, "cpu, cuda or cuda:N")->type_name("NAME");
    verb.add_option("--threads", arguments.threads, "of the engine; 0: one a processor")->type_name("N");
    declare_isolation(verb, arguments.isolation);
  }
  void declare_isolation(CLI::App& verb, Isolation& isolation) {
    verb.add_flag(
        "--isolate", isolation.on,
        "the engine in a process of its own, which may crash; the default for models from URLs, DOIs and ids");
    CLI::Option* off = verb.add_flag("--no-isolate", isolation.off, "the engine in this process, whatever the model");
    off->excludes("--isolate");
    verb.add_option("--memory", isolation.memory, "what that process may use, such as 4G; else half of the machine's")
        ->transform(CLI::AsSizeValue(false))
        ->type_name("SIZE")
        ->excludes(off);
    verb.add_option("--timeout", isolation.seconds, "of loading and of each run in that process; else 600")
        ->check(CLI::Range(0.001, 1e6))
        ->type_name("SECONDS")
        ->excludes(off);
  }

  void declare_info(CLI::App& verb) {
    declare_sources(verb, info_.sources);
    declare_not_yet(verb, {"--weights", "--from", "--architecture", "--signature", "--graph-inputs", "--graph-outputs",
                           "--input-shape"});
    declare_common(verb);
    choose_for_sources(verb, &info, info_);
  }

  void declare_test(CLI::App& verb) {
    declare_sources(verb, test_.sources);
    declare_weights(verb, test_.weights);
    verb.add_option("--save", test_.save,
                    "folder for all outputs, as ID.npy; else those that differ are kept in the cache")
        ->type_name("DIR");
    declare_running(verb, test_);
    declare_not_yet(verb,
                    {"--from", "--architecture", "--signature", "--graph-inputs", "--graph-outputs", "--input-shape"});
    declare_common(verb);
    choose_for_sources(verb, &test, test_);
  }

  void declare_predict(CLI::App& verb) {
    verb.add_option("SOURCE", predict_.source, "model: file, folder, .zip, URL, DOI or zoo id")->required();
    verb.add_option("--input", predict_.inputs, "images, a batch; or ID=FILE for each input of the model")
        ->type_name("[ID=]FILE...")
        ->required();
    verb.add_option("--output", predict_.outputs, "files (.tif, .npy, .png) as many as inputs, or one folder")
        ->type_name("[ID=]FILE...")
        ->required();
    verb.add_option("--axes", predict_.axes, "of the images, one letter each of tczyx")->type_name("LETTERS");
    verb.add_option("--tile", predict_.tile, "what the network gets, halo included: N, NxM or whole")
        ->type_name("SIZE");
    verb.add_option("--halo", predict_.halo, "pixels, or exact: the receptive field")->type_name("N");
    declare_weights(verb, predict_.weights);
    declare_running(verb, predict_);
    verb.add_option("--statistics-from", predict_.statistics_from,
                    "images whose statistics, of all together, are used for every image; or ID=FILE for each input; or "
                    "a .json of statistics over a dataset, as bioimageio predict writes it")
        ->type_name("[ID=]FILE...");
    verb.add_option("--picture", predict_.picture, "PNG with input and output beside each other")->type_name("FILE");
    declare_not_yet(verb, {"--plan", "--shard", "--from", "--architecture", "--signature", "--graph-inputs",
                           "--graph-outputs", "--input-shape"});
    declare_common(verb);
    choose(verb, &predict, predict_);
  }

  void declare_compare(CLI::App& verb) {
    verb.add_option("A", compare_.a, "model whose outputs are expected")->required();
    verb.add_option("B", compare_.b, "model that is compared with it")->required();
    verb.add_option("--input", compare_.inputs,
                    "images, or ID=FILE for each input of A; else the test inputs of A or B, and inputs that are made: "
                    "noise, a synthetic image, extremes, of several sizes")
        ->type_name("[ID=]FILE...");
    verb.add_option("--axes", compare_.axes, "of the images, one letter each of tczyx")->type_name("LETTERS");
    verb.add_option("--weights", compare_.weights, "weights format of both, or of A and of B as NAME,NAME")
        ->type_name("NAME");
    verb.add_option("--tile", compare_.tile, "what the networks get, halo included: N, NxM or whole")
        ->type_name("SIZE");
    verb.add_option("--halo", compare_.halo, "pixels, or exact: the receptive field")->type_name("N");
    declare_running(verb, compare_);
    declare_not_yet(verb, {"--from"});
    declare_common(verb);
    choose(verb, &compare, compare_);
  }

  void declare_convert(CLI::App& verb) {
    verb.add_option("SOURCE", convert_.source, "model: file, folder, .zip, URL, DOI or zoo id")->required();
    verb.add_option("DEST", convert_.dest, "file that is made; its ending decides: .czann, .czseg, .czmodel")
        ->required();
    verb.add_option("--to", convert_.to, "format, whatever DEST's ending: czann, czseg")->type_name("FORMAT");
    declare_weights(verb, convert_.weights);
    verb.add_option("--name", convert_.name, "for people; else that of the source");
    verb.add_option("--id", convert_.id, "UUID; else made of the content");
    verb.add_option("--type", convert_.type, "what the model is for, such as Regression");
    verb.add_option("--classes", convert_.classes, "names of the output's channels")->delimiter(',')->type_name("A,B");
    verb.add_option("--min-overlap", convert_.min_overlap, "pixels, twice the border, one or one an axis")
        ->delimiter(',');
    verb.add_option("--spatial-dims", convert_.spatial_dims, "size of a tile")->delimiter(',')->type_name("H,W");
    verb.add_option("--scaling", convert_.scaling, "metres a pixel: x, y and z")->delimiter(',');
    verb.add_option("--license-file", convert_.license_file, "goes into the archive unchanged, under its own name")
        ->type_name("FILE");
    verb.add_option("--czann-version", convert_.czann_version,
                    "of the format: 1.0.0, 1.1.0, 2.0.0 or 2.1.0; else the oldest that holds the content")
        ->type_name("VERSION");
    verb.add_option("--pixel-type", convert_.pixel_types,
                    "of a CZSEG's images, one each image channel: Gray8, Gray16, Gray32Float, Bgr24, Bgr48, …")
        ->delimiter(',')
        ->type_name("TYPE,...");
    verb.add_option("--color-handling", convert_.color_handling, "of a CZSEG: SplitRgb or ConvertToMonochrome")
        ->type_name("NAME");
    verb.add_option("--target", convert_.target, "ZEN that has to load it, such as zen-blue-3.5")->type_name("ZEN");
    verb.add_option("--source-dtype", convert_.source_dtype, "what ZEN's pixels are: uint8, uint16, float32");
    auto* of_image = verb.add_option("--statistics-from", convert_.statistics_from,
                                     "image whose statistics become part of the graph");
    of_image->type_name("IMAGE");
    verb.add_flag("--tile-statistics", convert_.tile_statistics, "statistics of each tile instead of the image's")
        ->excludes(of_image);
    verb.add_option("--axes", convert_.axes,
                    "of that image, one letter each of tczyx; or of a bare ONNX file: byxc, bcyx, bzyxc, bczyx")
        ->type_name("LETTERS");
    verb.add_option("--pre", convert_.pre, "on what the caller gives, before the model: 'scale(1/255)'; repeatable")
        ->type_name("OPERATION")
        ->allow_extra_args(false);
    verb.add_option("--post", convert_.post, "on what the model gives, as --pre")
        ->type_name("OPERATION")
        ->allow_extra_args(false);
    verb.add_flag("--allow-savedmodel", convert_.allow_savedmodel, "pack a TensorFlow SavedModel as it is, unread");
    verb.add_flag("--embed", convert_.embed, "carry the original description inside");
    verb.add_flag("--force", convert_.force, "write even if the result differs or cannot be verified");
    declare_not_yet(verb, {"--metadata", "--author", "--license", "--from", "--architecture", "--signature",
                           "--graph-inputs", "--graph-outputs", "--input-shape"});
    declare_isolation(verb, convert_.isolation);
    declare_common(verb);
    choose(verb, &convert, convert_);
  }

  void declare_check(CLI::App& verb) {
    declare_sources(verb, check_.sources);
    verb.add_flag("--no-io", check_.no_io, "look at nothing but the description itself");
    verb.add_flag("--strict", check_.strict, "alerts fail");
    verb.add_flag("--fix", check_.fix, "write the fixes that are certain into the file, then check again");
    verb.add_flag("--recursive", check_.recursive, "everything that is in folders, with a table at the end");
    verb.add_flag("--normalized", check_.normalized, "add the description as the reference writes it to the record");
    verb.add_option("--warnings", check_.warnings, "least severity that is shown: error, alert, warning or info")
        ->check(CLI::IsMember({"error", "alert", "warning", "info"}));
    verb.add_option("--target", check_.target,
                    "version of ZEN that has to load it, such as zen-blue-3.5 or zen-core-3.4")
        ->type_name("ZEN");
    declare_not_yet(verb, {"--zen-kit", "--from", "--weights", "--architecture", "--signature", "--graph-inputs",
                           "--graph-outputs", "--input-shape"});
    declare_common(verb);
    choose_for_sources(verb, &check, check_);
  }

  void declare_package(CLI::App& verb) {
    verb.add_option("SOURCE", package_.source, "description: file, folder or .zip")->required();
    verb.add_option("DEST", package_.dest, "package that is made: a .zip, else a folder")->required();
    verb.add_option("--weights", package_.weights, "formats, the preferred first: the first there is gets packed")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME,...");
    verb.add_flag("--no-io", package_.no_io, "check nothing but the description itself");
    verb.add_flag("--strict", package_.strict, "alerts fail");
    verb.add_flag("--allow-outside", package_.allow_outside, "files may lie outside of the description's folder");
    declare_common(verb);
    choose(verb, &package, package_);
  }

  void declare_unpack(CLI::App& verb) {
    verb.add_option("SOURCE", unpack_.source, "package, CZANN or CZSEG")->required();
    verb.add_option("DIR", unpack_.folder, "folder that is made")->required();
    verb.add_flag("--tensors", unpack_.tensors, "write only the test tensors, as ID.npy");
    declare_not_yet(verb, {"--allow-outside!", "--weights"});
    declare_common(verb);
    choose(verb, &unpack, unpack_);
  }

  void declare_upgrade(CLI::App& verb) {
    verb.add_option("SOURCE", upgrade_.source, "description: file, folder, .zip, or - for stdin")->required();
    verb.add_option("DEST", upgrade_.dest, "file that is written; SOURCE itself with --overwrite; - for stdout")
        ->required();
    verb.add_option("--to", upgrade_.to, "format version: 0.4 (0.4.10; 0.2.4 of the other kinds)")
        ->type_name("VERSION");
    declare_common(verb);
    choose(verb, &upgrade, upgrade_);
  }

  void declare_doctor(CLI::App& verb) {
    verb.add_option("--zen-kit", doctor_.zen_kit,
                    "write small CZANN files for a user of ZEN to try, with images and expected pictures")
        ->type_name("DIR");
    declare_common(verb);
    choose(verb, &doctor, doctor_);
  }

  void declare_explain(CLI::App& verb) {
    verb.add_option("PATH", explain_.path,
                    "names with dots between, of model-0.4 or of FORMAT:PATH; * any name, ** everything below")
        ->required();
    declare_common(verb);
    choose(verb, &explain, explain_);
  }

  void declare_schema(CLI::App& verb) {
    verb.add_option("NAME", schema_.name,
                    "of the format, such as model-0.4 or czann-1.1; any other name lists what there is")
        ->required();
    declare_common(verb);
    choose(verb, &schema, schema_);
  }

  void declare_graph(CLI::App& verb) {
    verb.require_subcommand(1);
    for (const Verb& graph_verb : graph_verbs()) declare_verb(verb, graph_verb);
  }
  void declare_graph_file(CLI::App& verb) { verb.add_option("FILE", graph_.file, "ONNX file")->required(); }
  void declare_graph_files(CLI::App& verb) {
    declare_graph_file(verb);
    verb.add_option("OUT", graph_.out, "ONNX file that is written")->required();
  }
  void declare_graph_info(CLI::App& verb) {
    declare_graph_file(verb);
    verb.add_option("--input-shape", graph_.shapes,
                    "[INPUT=]SIZE,SIZE,…: what it costs at these sizes, and the shapes of all values")
        ->type_name("SHAPE")
        ->allow_extra_args(false);
    verb.add_option("--axes", graph_.axes, "axes of the first input; else found by what the graph does with them")
        ->type_name("BCYX")
        ->expected(1);
    declare_common(verb);
    choose(verb, &graph_info, graph_);
  }
  void declare_graph_check(CLI::App& verb) {
    declare_graph_file(verb);
    declare_common(verb);
    choose(verb, &graph_check, graph_);
  }
  void declare_graph_opset(CLI::App& verb) {
    declare_graph_files(verb);
    verb.add_option("--to", graph_.opset, "opset of the default domain")->type_name("N")->required();
    verb.add_flag("--float32", graph_.float32, "16-bit floats become float32: weights, inputs, outputs, casts");
    declare_isolation(verb, graph_.isolation);
    declare_common(verb);
    choose(verb, &graph_opset, graph_);
  }
  void declare_graph_shape(CLI::App& verb) {
    declare_graph_files(verb);
    verb.add_option("--input-shape", graph_.shapes,
                    "[INPUT=]AXIS,AXIS,…: numbers fix axes, names open them, * leaves them as they are")
        ->type_name("SHAPE")
        ->allow_extra_args(false)
        ->required();
    declare_isolation(verb, graph_.isolation);
    declare_common(verb);
    choose(verb, &graph_shape, graph_);
  }

  void declare_graph_wrap(CLI::App& verb) {
    declare_graph_files(verb);
    // One option takes one text: several are given by repeating it.
    const auto many = [&](const char* name, std::vector<std::string>& texts, const char* type, const char* meaning) {
      verb.add_option(name, texts, meaning)->type_name(type)->allow_extra_args(false);
    };
    many("--layout", graph_.layouts, "[NAME=]BCYX:BYXC", "axes of the network : axes that the caller sees");
    many("--axes", graph_.axes, "[NAME=]BCYX", "what the axes are, where they stay as they are");
    many("--pre", graph_.pre, "[INPUT=]TEXT", "operations before the network, as in 'scale(1/255); shift(-0.5)'");
    many("--post", graph_.post, "[OUTPUT=]TEXT", "operations after the network, as in 'sigmoid; binarize(0.5)'");
    many("--input-dtype", graph_.input_dtypes, "[INPUT=]TYPE", "type that the caller gives, such as uint8");
    verb.add_option("--to", graph_.opset, "opset of the default domain; else as it is")->type_name("N");
    declare_isolation(verb, graph_.isolation);
    declare_common(verb);
    choose(verb, &graph_wrap, graph_);
  }

  CLI::App app_;
  Common common_;
  std::string format_ = "text";
  CheckArguments check_;
  InfoArguments info_;
  TestArguments test_;
  PredictArguments predict_;
  CompareArguments compare_;
  ConvertArguments convert_;
  PackageArguments package_;
  UnpackArguments unpack_;
  UpgradeArguments upgrade_;
  GraphArguments graph_;
  DoctorArguments doctor_;
  SchemaArguments schema_;
  ExplainArguments explain_;
  std::vector<std::string> not_yet_;
  Run chosen_;
};

const std::vector<Verb>& CommandLine::verbs() {
  static const std::vector<Verb> table = {
      {"check", "validate-format", "is this description, package, CZANN or ONNX file right?",
       "  zooport check rdf.yaml\n  zooport check models/* --format jsonl\n"
       "  zooport check --no-io - < rdf.yaml\n  zooport check https://example.com/model/rdf.yaml\n"
       "  zooport check --fix rdf.yaml\n  zooport check --recursive models --quiet\n",
       &CommandLine::declare_check},
      {"info", "", "what is it, and what can be done with it?",
       "  zooport info model.zip\n  zooport info model.czann --format json\n", &CommandLine::declare_info},
      {"test", "", "run the model on its own test tensors and compare",
       "  zooport test model.zip\n  zooport test model --weights onnx --format jsonl\n"
       "  zooport test model --save outputs\n",
       &CommandLine::declare_test},
      {"predict", "", "run the model on images",
       "  zooport predict model.zip --input cells.tif --output result.tif\n"
       "  zooport predict model --input a.tif b.tif --output results/ --tile 512\n"
       "  zooport predict model --input raw=a.npy mask=b.npy --output probability=c.npy\n"
       "  zooport predict model --input cells.png --output result.tif --picture both.png\n",
       &CommandLine::declare_predict},
      {"convert", "", "carry a model to another format",
       "  zooport convert model.zip model.czann\n"
       "  zooport convert model model.czann --source-dtype uint16 --statistics-from cells.tif\n"
       "  zooport convert nhwc.onnx model.czann --type SingleClassSemanticSegmentation --classes Background,Nucleus\n"
       "  zooport convert new.czann old.czann --target zen-blue-3.5\n"
       "  zooport convert model.czann model.czseg --pixel-type Gray16\n"
       "  zooport convert spec.json model.czann --spatial-dims 512,512 --pre 'transpose_channels(2,1,0)'\n",
       &CommandLine::declare_convert},
      {"package", "", "a self-contained bioimage.io package",
       "  zooport package model/rdf.yaml model.zip\n  zooport package model.zip unpacked --weights onnx,torchscript\n",
       &CommandLine::declare_package},
      {"upgrade", "update-format", "description to a newer format version",
       "  zooport upgrade old.yaml rdf.yaml\n  zooport upgrade model/rdf.yaml model/rdf.yaml --overwrite\n",
       &CommandLine::declare_upgrade},
      {"unpack", "", "open a package, CZANN or CZSEG safely",
       "  zooport unpack model.zip model\n  zooport unpack model.czann model --overwrite\n"
       "  zooport unpack model.zip tensors --tensors\n",
       &CommandLine::declare_unpack},
      {"compare", "", "the same input through two models: do they agree?",
       "  zooport compare model.zip model.czann --input cells.tif\n  zooport compare model.onnx model12.onnx --seed "
       "7\n",
       &CommandLine::declare_compare},
      {"graph", "", "ONNX files on their own", "", &CommandLine::declare_graph},
      {"add-weights", "", "ONNX weights made of those there are", "", nullptr},
      {"schema", "", "JSON Schema of a format",
       "  zooport schema model-0.4 > model.schema.json\n  zooport schema czann-2.1\n", &CommandLine::declare_schema},
      {"explain", "", "what a field means",
       "  zooport explain weights.onnx.opset_version\n  zooport explain inputs.preprocessing.scale_range.mode\n"
       "  zooport explain 'weights.*.source'\n  zooport explain czann-1.0:InputShape\n",
       &CommandLine::declare_explain},
      {"plan", "", "what a prediction would do, for many machines", "", nullptr},
      {"merge", "", "the parts of a planned prediction together", "", nullptr},
      {"doctor", "", "what this installation can do, and how to get what lacks",
       "  zooport doctor\n  zooport doctor --engine /opt/onnxruntime/lib\n"
       "  zooport doctor --zen-kit kit\n",
       &CommandLine::declare_doctor},
  };
  return table;
}

const std::vector<Verb>& CommandLine::graph_verbs() {
  static const std::vector<Verb> table = {
      {"info", "", "inputs, outputs, operators and size",
       "  zooport graph info model.onnx\n  zooport graph info model.onnx --input-shape 1,1,512,512\n"
       "  zooport graph info model.onnx --axes byxc\n",
       &CommandLine::declare_graph_info},
      {"check", "", "is the graph right?", "  zooport graph check model.onnx\n", &CommandLine::declare_graph_check},
      {"opset", "", "say the graph in another opset, verified by running both",
       "  zooport graph opset model.onnx model12.onnx --to 12\n"
       "  zooport graph opset half.onnx single.onnx --to 12 --float32\n",
       &CommandLine::declare_graph_opset},
      {"shape", "", "fix the sizes of inputs, or open them",
       "  zooport graph shape model.onnx tile.onnx --input-shape 1,1,512,512\n"
       "  zooport graph shape tile.onnx model.onnx --input-shape input=1,1,height,width\n",
       &CommandLine::declare_graph_shape},
      {"wrap", "", "change layout, add processing, verified by running both",
       "  zooport graph wrap model.onnx nhwc.onnx --layout bcyx:byxc\n"
       "  zooport graph wrap model.onnx plain.onnx --layout bcyx:yx --input-dtype uint8 --pre 'scale(1/255)'\n"
       "  zooport graph wrap model.onnx whole.onnx --axes bcyx --pre 'zero_mean_unit_variance(axes=yx)' "
       "--post 'sigmoid; binarize(0.5); ensure_dtype(uint8)'\n"
       "  zooport graph wrap model.onnx out.onnx --layout raw=bcyx:byxc --pre 'raw=rgb_to_bgr' --to 12\n"
       "Operations and their arguments: docs/processing.md\n",
       &CommandLine::declare_graph_wrap},
  };
  return table;
}

}  // namespace

Exit run_command_line(int argc, const char* const* argv) {
  try {
    CommandLine command_line;
    return command_line.run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("zooport: error: not enough memory; this machine, or a limit such as ulimit, gives no more\n", stderr);
    return Exit::kIo;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "zooport: internal error: %s\n", printable(error.what(), 500).c_str());
    return Exit::kInternal;
  }
}

}  // namespace zooport::app
