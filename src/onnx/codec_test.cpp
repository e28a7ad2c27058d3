#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "onnx/rope.hpp"
#include "onnx/wire.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::onnx {
namespace {

using wire::Rope;

Bytes bytes_of(const Rope& rope) {
  std::string text;
  for (const Rope::Piece& piece : rope.pieces()) text += piece.text + std::string(piece.raw.text());
  return Bytes(text);
}

// A ModelProto with a graph made by `graph`.
template <class F>
Bytes model_with(F&& graph) {
  Rope inner;
  graph(inner);
  Rope model;
  model.put(1, std::int64_t{8});
  model.put(7, std::move(inner));
  return bytes_of(model);
}

template <class F>
Bytes model_with_tensor(F&& tensor) {
  return model_with([&](Rope& graph) {
    Rope inner;
    tensor(inner);
    graph.put(5, std::move(inner));
  });
}

std::string error_id(const Bytes& file, const ReadOptions& options = {}) {
  const auto model = read_model(file, options);
  return model ? "" : model.error().what.id;
}

std::vector<std::string> corpus() {
  std::vector<std::string> files;
  const std::filesystem::path shared = testing::shared_folder();
  for (const auto& folder : std::filesystem::directory_iterator(shared / "data/frameworks/onnx")) {
    if (folder.is_directory()) files.push_back((folder.path() / "model.onnx").string());
  }
  for (const auto& folder : std::filesystem::directory_iterator(shared / "data/models")) {
    const auto file = folder.path() / "weights.onnx";
    if (std::filesystem::exists(file)) files.push_back(file.string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Codec, WritesEveryFileOfTheCorpusByteForByte) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t equal = 0;
  for (const std::string& path : corpus()) {
    const auto file = os::read_file(path, 1u << 30);
    ASSERT_TRUE(file) << path;
    ReadOptions options;
    options.external = folder_external_files(os::parent_path(path));
    const auto model = read_model(*file, options);
    const bool refused = path.find("/refuse_") != std::string::npos;
    if (!model) {
      EXPECT_TRUE(refused) << path << ": " << model.error().what.message;
      continue;
    }
    const auto written = to_bytes(*model);
    ASSERT_TRUE(written);
    EXPECT_EQ(written->size(), written_size(*model));
    if (path.find("/external_data/") != std::string::npos) {
      EXPECT_GT(written->size(), file->size()) << "external data is embedded";
      continue;
    }
    EXPECT_EQ(written->text(), file->text()) << path;
    equal += written->text() == file->text();
  }
  EXPECT_EQ(equal, 184u);
}

TEST(Codec, KeepsUnknownFields) {
  const Bytes file = model_with([](Rope& graph) {
    graph.put(2, std::string_view("g"));
    graph.put(77, std::string_view("from the future"));
    graph.put(78, std::int64_t{-1});
  });
  const auto model = read_model(file);
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->graph.unknown.empty());
  EXPECT_EQ(to_bytes(*model)->text(), file.text());
}

TEST(Codec, ReadsElementsFromEveryField) {
  const auto raw_of = [](ElementType type, std::uint32_t field, std::vector<std::int64_t> values, bool packed) {
    const Bytes file = model_with_tensor([&](Rope& tensor) {
      tensor.put(1, static_cast<std::int64_t>(values.size()));
      tensor.put(2, std::int64_t{static_cast<std::int32_t>(type)});
      tensor.list(field, values, packed);
    });
    const auto model = read_model(file);
    EXPECT_TRUE(model) << (model ? "" : model.error().what.message);
    if (!model) return std::string();
    EXPECT_EQ(to_bytes(*model)->text(), file.text());
    return std::string(model->graph.initializers[0].raw.text());
  };
  for (const bool packed : {true, false}) {
    EXPECT_EQ(raw_of(ElementType::kInt8, 5, {1, -1}, packed), std::string("\x01\xff", 2));
    EXPECT_EQ(raw_of(ElementType::kUint16, 5, {1, 65535}, packed), std::string("\x01\0\xff\xff", 4));
    EXPECT_EQ(raw_of(ElementType::kBool, 5, {1, 0}, packed), std::string("\x01\0", 2));
    EXPECT_EQ(raw_of(ElementType::kInt32, 5, {-2}, packed), std::string("\xfe\xff\xff\xff", 4));
    EXPECT_EQ(raw_of(ElementType::kInt64, 7, {-2}, packed), std::string("\xfe\xff\xff\xff\xff\xff\xff\xff", 8));
    EXPECT_EQ(raw_of(ElementType::kUint32, 11, {7}, packed), std::string("\x07\0\0\0", 4));
  }
  for (const bool packed : {true, false}) {
    const Bytes file = model_with_tensor([&](Rope& tensor) {
      tensor.put(1, std::int64_t{2});
      tensor.put(2, std::int64_t{1});
      tensor.list(4, std::vector<float>{1, -2}, packed);
    });
    const auto model = read_model(file);
    ASSERT_TRUE(model);
    EXPECT_EQ(model->graph.initializers[0].raw.text(), std::string("\0\0\x80\x3f\0\0\0\xc0", 8));
    EXPECT_EQ(to_bytes(*model)->text(), file.text());
  }
}

TEST(Codec, PackedFloatsAndRawDataAreNotCopied) {
  const Bytes file = model_with_tensor([&](Rope& tensor) {
    tensor.put(1, std::int64_t{2});
    tensor.put(2, std::int64_t{1});
    tensor.list(4, std::vector<float>{1, -2}, true);
  });
  const auto model = read_model(file);
  ASSERT_TRUE(model);
  const auto* raw = model->graph.initializers[0].raw.data();
  EXPECT_TRUE(raw >= file.data() && raw < file.data() + file.size());
}

TEST(Codec, RefusesAGraphThatIsThereTwice) {
  Rope model;
  model.put(7, std::string_view("\x12\x01g"));
  model.put(7, std::string_view("\x12\x01h"));
  const auto read = read_model(bytes_of(model));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what.id, "onnx.repeated-field");
  ASSERT_TRUE(read.error().what.span);
  EXPECT_EQ(read.error().what.span->begin, 5u);
}

TEST(Codec, RefusesWhatIsNoProtobuf) {
  EXPECT_EQ(error_id(Bytes(std::string("\x3b"))), "onnx.malformed");         // a group
  EXPECT_EQ(error_id(Bytes(std::string("\x02\x00", 2))), "onnx.malformed");  // field 0
  EXPECT_EQ(error_id(Bytes(std::string("\x3a\x05\x00", 3))), "onnx.truncated");
  EXPECT_EQ(error_id(Bytes(std::string("\x08\xff"))), "onnx.truncated");
  EXPECT_EQ(error_id(Bytes(std::string(12, '\xff'))), "onnx.truncated");
  EXPECT_EQ(error_id(Bytes(std::string("\x0a\x00", 2))), "onnx.wire-type");
  EXPECT_EQ(error_id(Bytes(std::string())), "onnx.no-graph");
}

TEST(Codec, LimitsAreNamed) {
  const Bytes file = model_with([](Rope& graph) {
    for (int i = 0; i < 5; ++i) graph.put(1, std::string_view(""));
  });
  ReadOptions options;
  options.limits.graph_nodes = 4;
  EXPECT_EQ(error_id(file, options), "onnx.too-many-operators");
  options.limits.nodes = 3;
  EXPECT_EQ(error_id(file, options), "onnx.too-many-messages");
  options.limits.depth = 0;
  EXPECT_EQ(error_id(file, options), "onnx.too-deep");
  options.limits.model_bytes = 3;
  EXPECT_EQ(error_id(file, options), "onnx.too-large");
}

TEST(Codec, NamesAreCountedThatTakeMoreMemoryThanBytes) {
  Model model;
  model.set_opset(13);
  model.graph.nodes.emplace_back().op = "Sum";
  model.graph.nodes[0].inputs.resize(100);
  ReadOptions options;
  options.limits.nodes = 20;
  EXPECT_TRUE(read_model(*to_bytes(model), options).ok());
  model.graph.nodes[0].inputs.resize(200);
  const auto read = read_model(*to_bytes(model), options);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().what.id, "onnx.too-many-messages");
}

TEST(Codec, RefusesTensorsThatDoNotFit) {
  const auto tensor = [](std::vector<std::int64_t> dims, std::int64_t type, std::uint32_t field,
                         std::string_view data) {
    return error_id(model_with_tensor([&](Rope& out) {
      out.list(1, dims, false);
      out.put(2, type);
      out.put(field, data);
    }));
  };
  EXPECT_EQ(tensor({2}, 1, 9, "12345678"), "");
  EXPECT_EQ(tensor({2}, 1, 9, "1234567"), "onnx.tensor-size");
  EXPECT_EQ(tensor({-2}, 1, 9, "12345678"), "onnx.tensor-dims");
  EXPECT_EQ(tensor({1 << 30, 1 << 30, 1 << 30}, 1, 9, "12345678"), "onnx.tensor-dims");
  EXPECT_EQ(tensor({std::int64_t{1} << 62}, 1, 9, "12345678"), "onnx.tensor-dims");
  EXPECT_EQ(tensor({2}, 1, 10, "12345678"), "onnx.tensor-field");
  EXPECT_EQ(tensor({2}, 9, 5, "\x01\x02"), "onnx.number-range");
  EXPECT_EQ(tensor({2}, 8, 6, "one"), "onnx.tensor-size");
  EXPECT_EQ(tensor({1}, 8, 9, "one"), "onnx.tensor-field");
  EXPECT_EQ(tensor({1}, 1, 3, ""), "onnx.tensor-segment");
  EXPECT_EQ(error_id(model_with_tensor([](Rope& out) {
              out.put(1, std::int64_t{1});
              out.put(2, std::int64_t{1});
              out.put(4, std::string_view("1234"));
              out.put(9, std::string_view("1234"));
            })),
            "onnx.tensor-two-sources");
}

TEST(Codec, RefusesWhatContradictsItself) {
  const auto attribute = [](auto fill) {
    return error_id(model_with([&](Rope& graph) {
      Rope inner;
      fill(inner);
      Rope node;
      node.put(5, std::move(inner));
      graph.put(1, std::move(node));
    }));
  };
  EXPECT_EQ(attribute([](Rope& out) { out.put(3, std::int64_t{1}), out.put(20, std::int64_t{2}); }), "");
  EXPECT_EQ(attribute([](Rope& out) { out.put(3, std::int64_t{1}); }), "") << "IR 1 has no types";
  EXPECT_EQ(attribute([](Rope& out) { out.put(3, std::int64_t{1}), out.put(20, std::int64_t{1}); }),
            "onnx.attribute-mixed");
  EXPECT_EQ(attribute([](Rope& out) { out.put(2, 1.0f), out.put(3, std::int64_t{1}); }), "onnx.attribute-mixed");
  EXPECT_EQ(attribute([](Rope& out) { out.put(22, std::string_view("")), out.put(20, std::int64_t{11}); }),
            "onnx.sparse-tensor");
  EXPECT_EQ(error_id(model_with_tensor([](Rope& out) { out.put(14, std::int64_t{2}); })), "onnx.data-location");
  EXPECT_EQ(error_id(model_with_tensor([](Rope& out) {
              out.put(2, std::int64_t{99});
              out.put(13, std::string_view(""));
              out.put(14, std::int64_t{1});
            })),
            "onnx.tensor-type");
}

TEST(Codec, ExternalDataStaysInTheFolder) {
  const auto external = [](std::string_view location, std::string_view offset = "0", std::string_view length = "4",
                           std::size_t size = 8) {
    ReadOptions options;
    options.external = [&](const std::string&) -> Result<Bytes> { return Bytes(std::string(size, 'x')); };
    return error_id(
        model_with_tensor([&](Rope& out) {
          out.put(1, std::int64_t{1});
          out.put(2, std::int64_t{1});
          for (const auto& [key, value] : {std::pair{"location", location}, {"offset", offset}, {"length", length}}) {
            Rope pair;
            pair.put(1, std::string_view(key));
            pair.put(2, value);
            out.put(13, std::move(pair));
          }
          out.put(14, std::int64_t{1});
        }),
        options);
  };
  EXPECT_EQ(external("w.bin"), "");
  EXPECT_EQ(error_id(model_with_tensor([](Rope& out) { out.put(14, std::int64_t{1}); })), "onnx.external-data");
  EXPECT_EQ(external("./sub/w.bin", "4"), "");
  for (const char* location : {"", "/w.bin", "../w.bin", "sub/../../w.bin", "c:w.bin", "..\\w.bin", ".", "a\nb"}) {
    EXPECT_EQ(external(location), "onnx.external-location") << location;
  }
  EXPECT_EQ(external("w.bin", "5"), "onnx.external-data");
  EXPECT_EQ(external("w.bin", "-1"), "onnx.external-data");
  EXPECT_EQ(external("w.bin", "18446744073709551615"), "onnx.external-data");
  EXPECT_EQ(external("w.bin", "99999999999999999999"), "onnx.external-data");
  EXPECT_EQ(external("w.bin", "0", "5"), "onnx.external-data");
  EXPECT_EQ(external("w.bin", "0", "4", 3), "onnx.external-data");
}

// Weights of 5 GiB that take no room: the file is a hole.
TEST(Codec, WeightsBeyondFourGibibytesAreCountedAndNotCopied) {
  const std::string folder = ZOOPORT_BUILD_DIR "/onnx_large_test";
  std::filesystem::create_directories(folder);
  const std::uint64_t size = std::uint64_t{5} << 30;
  const std::string path = folder + "/weights.bin";
  ASSERT_TRUE(os::write_file_atomically(path, as_bytes("start"), true));
  std::error_code failed;
  std::filesystem::resize_file(path, size, failed);
  if (failed) GTEST_SKIP() << "the file system makes no files of 5 GiB: " << failed.message();
  ReadOptions options;
  options.external = folder_external_files(folder);
  const auto model = read_model(model_with_tensor([&](Rope& out) {
                                  out.put(1, static_cast<std::int64_t>(size / 4));
                                  out.put(2, std::int64_t{1});
                                  Rope pair;
                                  pair.put(1, std::string_view("location"));
                                  pair.put(2, std::string_view("weights.bin"));
                                  out.put(13, std::move(pair));
                                  out.put(14, std::int64_t{1});
                                }),
                                options);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(model) << model.error().what.message;
  EXPECT_EQ(model->graph.initializers[0].raw.size(), size);
  EXPECT_GT(written_size(*model), size);
  std::uint64_t given = 0;
  ASSERT_TRUE(write_model(*model, [&](std::span<const std::byte> piece) -> Result<void> {
    given += piece.size();
    return {};
  }));
  EXPECT_EQ(given, written_size(*model));
}

TEST(Codec, FolderRefusesLinksThatLeaveAndSecondNames) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(ZOOPORT_BUILD_DIR) / "onnx_external_test";
  fs::remove_all(root);
  fs::create_directories(root / "model");
  ASSERT_TRUE(os::write_file_atomically((root / "outside").string(), as_bytes("secret"), false));
  ASSERT_TRUE(os::write_file_atomically((root / "model/inside").string(), as_bytes("weights"), false));
  fs::create_symlink("../outside", root / "model/leaves");
  fs::create_symlink("inside", root / "model/stays");
  fs::create_hard_link(root / "outside", root / "model/hard");
  fs::create_symlink("leaves", root / "model/chain");
  fs::create_directory_symlink("..", root / "model/up");
  fs::create_directory_symlink(".", root / "model/here");
  fs::create_symlink("ring_b", root / "model/ring_a");
  fs::create_symlink("ring_a", root / "model/ring_b");
  fs::create_symlink("nowhere", root / "model/dangling");
  fs::create_symlink("/dev/zero", root / "model/zero");
  fs::create_symlink("/proc/self/fd/0", root / "model/descriptor");
  const auto files = folder_external_files((root / "model").string());
  EXPECT_TRUE(files("inside"));
  EXPECT_TRUE(files("stays"));
  EXPECT_TRUE(files("here/here/stays"));
  for (const char* name : {"leaves",
                           "hard",
                           "absent",
                           ".",
                           "../outside",
                           "chain",
                           "up/outside",
                           "here/up/outside",
                           "ring_a",
                           "dangling",
                           "zero",
                           "descriptor",
                           "inside/",
                           "up/model/../outside",
                           "C:inside",
                           "..\\outside",
                           "file:///etc/passwd",
                           "/dev/stdin",
                           "in\nside",
                           "\xff"}) {
    const auto file = files(name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().what.id, "onnx.external-location") << name;
  }
  fs::remove_all(root);
}

}  // namespace
}  // namespace zooport::onnx
