#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/onnxruntime/library.hpp"
#include "zooport/base/context.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"
#include "zooport/engine/engine.hpp"

namespace zooport::engine {

namespace {

// Sets a variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name), before_(os::environment(name)) {
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class EnginePlaces : public ::testing::Test {
 protected:
  void SetUp() override {
    const ::testing::TestInfo* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = os::join_path(::testing::TempDir(), concat("zooport-places-", info->name()));
    ASSERT_TRUE(os::make_folders(folder_).ok());
  }
  void TearDown() override { EXPECT_TRUE(os::remove_tree(folder_).ok()); }
  void put(const std::string& path) {
    const std::string whole = os::join_path(folder_, path);
    ASSERT_TRUE(os::make_folders(os::parent_path(whole)).ok());
    ASSERT_TRUE(os::write_file_atomically(whole, as_bytes("no library"), true).ok());
  }
  std::string folder_;
};

}  // namespace

TEST(EngineVersion, MinorNumberIsTheInterfaceVersion) {
  EXPECT_EQ(ort::api_version_of("1.32.0"), 32u);
  EXPECT_EQ(ort::api_version_of("1.16.3+cu"), 16u);
  EXPECT_EQ(ort::api_version_of("2.0.0"), 0u);
  EXPECT_EQ(ort::api_version_of("1."), 0u);
  EXPECT_EQ(ort::api_version_of(""), 0u);
}

TEST_F(EnginePlaces, TakesLibrariesAndNotTheirProviders) {
  for (const char* name : {"libonnxruntime.so.1.9.0", "libonnxruntime.so.1.32.0", "libonnxruntime_providers_cuda.so",
                           "onnxruntime_pybind11_state.so"})
    put(name);
  const std::vector<std::string> found = ort::libraries_in(folder_);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(os::file_name(found[0]), "libonnxruntime.so.1.32.0");
}

TEST_F(EnginePlaces, PythonPackagesOfTheVirtualEnvironmentAreLookedAt) {
  put("lib/python3.9/site-packages/onnxruntime/capi/libonnxruntime.so.1.18.0");
  put("lib/python3.11/site-packages/onnxruntime/capi/libonnxruntime.so.1.32.0");
  const Variable environment("VIRTUAL_ENV", folder_);
  std::vector<std::string> looked_at;
  std::vector<std::string> here;
  for (const std::string& file : ort::installed_libraries(looked_at)) {
    if (file.starts_with(folder_)) here.push_back(os::file_name(file));
  }
  EXPECT_EQ(here, (std::vector<std::string>{"libonnxruntime.so.1.32.0", "libonnxruntime.so.1.18.0"}));
  EXPECT_NE(join(looked_at, " ").find(folder_), std::string::npos);
}

TEST_F(EnginePlaces, NeitherCurrentFolderNorRelativeEnvironment) {
  const Variable environment("VIRTUAL_ENV", ".");
  std::vector<std::string> looked_at;
  ort::installed_libraries(looked_at);
  for (const std::string& place : looked_at) EXPECT_TRUE(place.starts_with('/')) << place;
}

TEST_F(EnginePlaces, NamedLibraryIsNotReplacedByAnother) {
  put("libonnxruntime.so.1.32.0");
  for (const std::string& path : {folder_, folder_ + "/libonnxruntime.so.1.32.0", folder_ + "/absent"}) {
    const auto opened = open_onnxruntime(path, Context{});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().what.id, "engine.library-unusable");
    EXPECT_EQ(opened.error().kind, ErrorKind::kUnsupported);
    EXPECT_NE(opened.error().what.message.find(folder_), std::string::npos);
    EXPECT_NE(opened.error().what.help.find("pip install onnxruntime"), std::string::npos);
  }
  const Variable environment("ZOOPORT_ENGINE", folder_ + "/absent");
  const auto opened = open_onnxruntime("", Context{});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().what.message.find("ZOOPORT_ENGINE"), std::string::npos);
}

TEST_F(EnginePlaces, FailureListsEveryPlaceAndReason) {
  put("libonnxruntime.so.1.32.0");
  const auto found = ort::first_usable({folder_ + "/libonnxruntime.so.1.32.0", "libno-such-library.so"},
                                       {folder_, "the system's libno-such-library.so"});
  ASSERT_FALSE(found.ok());
  const Diagnostic& what = found.error().what;
  EXPECT_EQ(what.id, "engine.not-found");
  EXPECT_NE(what.message.find(concat("Looked at: ", folder_, ", the system's")), std::string::npos) << what.message;
  EXPECT_NE(what.message.find("cannot be used from"), std::string::npos) << what.message;
  EXPECT_NE(what.help.find("ZOOPORT_ENGINE"), std::string::npos);
}

TEST_F(EnginePlaces, LibraryWithoutTheInterfaceIsRefused) {
  const auto opened = open_onnxruntime("/proc/self/exe", Context{});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().what.id, "engine.library-unusable");
}

TEST(EngineOptions, AreChecked) {
  SessionOptions options;
  EXPECT_TRUE(options.validate().ok());
  for (const char* device : {"cuda", "cuda:0", "cuda:12"}) {
    options.device = device;
    EXPECT_TRUE(options.validate().ok()) << device;
  }
  for (const char* device : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "CPU"}) {
    options.device = device;
    ASSERT_FALSE(options.validate().ok()) << device;
    EXPECT_EQ(options.validate().error().what.id, "engine.device");
  }
  options = {};
  options.deadline = std::chrono::milliseconds(0);
  ASSERT_FALSE(options.validate().ok());
  EXPECT_EQ(options.validate().error().what.id, "engine.deadline-not-positive");
}

}  // namespace zooport::engine
