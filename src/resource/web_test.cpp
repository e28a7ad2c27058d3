#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "resource/web/url.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/web_server.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::resource {
namespace {

std::string numbers(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += concat(i, "\n");
  text.resize(size);
  return text;
}

class Web : public ::testing::Test {
 protected:
  Web() : server_(folder_) {
    small_ = "a small file\n";
    big_ = numbers(300'000);
    std::ofstream(folder_ + "/small.txt") << small_;
    std::ofstream(folder_ + "/big.bin") << big_;
    context_.cache_folder = folder_ + "/cache";
    context_.network.private_addresses = Network::PrivateAddresses::kAllow;
    context_.network.idle_seconds = 1;
    context_.network.backoff_seconds = 0.01;
  }

  Result<Fetched> get(const std::string& path, const std::string& sha256 = "") const {
    return fetch(server_.url(path), {.sha256 = sha256}, context_);
  }
  // "" if it came whole and right, else the id of the error.
  std::string fault(const std::string& path, const std::string& content, const std::string& sha256 = "") const {
    const auto fetched = get(path, sha256);
    if (!fetched.ok()) return fetched.error().what.id;
    EXPECT_EQ(fetched->sha256, sha256_hex(as_bytes(content)));
    return fetched->bytes.text() == content ? "" : "other content";
  }
  int asked(const std::string& path) const {
    Context context = context_;
    context.cache_folder.clear();
    return std::stoi(std::string(fetch(server_.url("count/" + path), {}, context).value().bytes.text()));
  }
  std::vector<std::string> left(const std::string& kind) const {
    return os::list_folder(context_.cache_folder + "/" + kind).value();
  }

  const zooport::testing::TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
  zooport::testing::WebServer server_;
  std::string small_;
  std::string big_;
  Context context_;
};

TEST_F(Web, FetchesAndKeeps) {
  const auto fetched = get("files/big.bin");
  ASSERT_TRUE(fetched.ok()) << fetched.error().what.message;
  EXPECT_EQ(fetched->bytes.text(), big_);
  EXPECT_EQ(fetched->sha256, sha256_hex(as_bytes(big_)));
  EXPECT_EQ(fetched->name, "big.bin");
  EXPECT_FALSE(fetched->was_cached);
  EXPECT_EQ(os::read_file(fetched->path, 1 << 20)->text(), big_);

  const auto again = get("files/big.bin");
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->was_cached);
  EXPECT_EQ(asked("files/big.bin"), 2) << "the second time whether it has changed";
  EXPECT_EQ(fault("files/big.bin", big_, sha256_hex(as_bytes(big_))), "");
  EXPECT_EQ(asked("files/big.bin"), 2) << "with a SHA-256 nobody is asked";

  std::ofstream(folder_ + "/big.bin") << "new";
  EXPECT_EQ(fault("files/big.bin", "new"), "");
  EXPECT_EQ(left("parts"), std::vector<std::string>{});
}

TEST_F(Web, WorksWithoutACacheFolder) {
  context_.cache_folder.clear();
  const auto fetched = get("files/small.txt");
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(fetched->bytes.text(), small_);
  EXPECT_EQ(fetched->path, "");
}

TEST_F(Web, WorksWhereTheCacheCannotBeMade) {
  std::ofstream(folder_ + "/cache") << "in the way";
  std::string said;
  context_.log = [&](Severity, std::string_view text) { said = text; };
  EXPECT_EQ(fault("files/small.txt", small_), "");
  EXPECT_NE(said.find("no cache"), std::string::npos);
}

TEST_F(Web, OfflineUsesTheCacheOnly) {
  Context offline = context_;
  offline.offline = true;
  const auto before = fetch(server_.url("files/small.txt"), {}, offline);
  ASSERT_FALSE(before.ok());
  EXPECT_EQ(before.error().what.id, "resource.unreachable");
  EXPECT_TRUE(is_unreachable(before.error()));
  EXPECT_EQ(fault("files/small.txt", small_), "");
  EXPECT_EQ(asked("files/small.txt"), 1);
  const auto after = fetch(server_.url("files/small.txt"), {}, offline);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->bytes.text(), small_);
  EXPECT_EQ(asked("files/small.txt"), 1);
  EXPECT_FALSE(fetch(server_.url("files/small.txt"), {.sha256 = std::string(64, '0')}, offline).ok());
}

TEST_F(Web, ComparesTheDigestBeforeUse) {
  const auto wrong = get("files/small.txt", sha256_hex(as_bytes(big_)));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().what.id, "resource.sha256-mismatch");
  EXPECT_EQ(wrong.error().what.found, sha256_hex(as_bytes(small_)));
  EXPECT_FALSE(is_unreachable(wrong.error()));
  EXPECT_EQ(left("objects"), std::vector<std::string>{}) << "what is wrong is not kept";
  EXPECT_EQ(left("urls"), std::vector<std::string>{});
  EXPECT_EQ(get("files/small.txt", "abc").error().what.id, "resource.sha256-form");
  std::string upper = sha256_hex(as_bytes(small_));
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(fault("files/small.txt", small_, to_lower(upper)), "");
  EXPECT_TRUE(get("files/small.txt", upper).ok());
}

TEST_F(Web, ADamagedCacheIsMended) {
  const auto fetched = get("files/small.txt");
  ASSERT_TRUE(fetched.ok());
  std::ofstream(fetched->path) << "damaged";
  EXPECT_EQ(fault("files/small.txt", small_, fetched->sha256), "");
  std::ofstream(fetched->path) << "damaged";
  EXPECT_EQ(fault("files/small.txt", small_), "");
  std::filesystem::remove_all(context_.cache_folder + "/objects");
  EXPECT_EQ(fault("files/small.txt", small_), "");
  for (const std::string& entry : left("urls")) std::ofstream(context_.cache_folder + "/urls/" + entry) << "\n\n\nx";
  EXPECT_EQ(fault("files/small.txt", small_), "");
}

TEST_F(Web, AnswersThatAreNoFile) {
  for (const char* code : {"404", "403", "410", "501", "204"})
    EXPECT_EQ(fault(concat("status/", code), ""), "resource.unreachable") << code;
  EXPECT_EQ(asked("status/404"), 1) << "asking again would not help";
  for (const char* code : {"500", "429", "503", "408"})
    EXPECT_EQ(fault(concat("status/", code), ""), "resource.unreachable") << code;
  EXPECT_EQ(asked("status/500"), 4);
  const auto missing = get("status/404");
  EXPECT_NE(missing.error().what.message.find("answers 404"), std::string::npos);
  EXPECT_EQ(missing.error().what.severity, Severity::kWarning);
  EXPECT_EQ(fault("packed/small.txt", ""), "resource.unreachable");
  EXPECT_EQ(left("urls"), std::vector<std::string>{});
}

TEST_F(Web, TriesAgain) {
  EXPECT_EQ(fault("busy/2/small.txt", small_), "");
  EXPECT_EQ(asked("busy/2/small.txt"), 3);
  context_.network.attempts = 2;
  EXPECT_EQ(fault("busy/3/small.txt", ""), "resource.unreachable");
}

TEST_F(Web, FollowsRedirectsUpToALimit) {
  EXPECT_EQ(fault("hops/5/small.txt", small_), "");
  context_.network.redirects = 4;
  EXPECT_EQ(fault("hops/5/small.txt", ""), "resource.redirects");
  EXPECT_EQ(fault("loop", ""), "resource.redirects");
  EXPECT_EQ(fault(concat("to/", server_.url("files/small.txt")), small_), "");
  EXPECT_EQ(fault("to/file:///etc/passwd", ""), "resource.unreachable");
  EXPECT_EQ(fault("to/ftp://example.com/x", ""), "resource.unreachable");
}

TEST_F(Web, AServerThatStallsIsGivenUp) {
  context_.network.idle_seconds = 0.3;
  context_.network.attempts = 1;
  EXPECT_EQ(fault("stall/big.bin", ""), "resource.unreachable");
  EXPECT_EQ(fault("silent", ""), "resource.unreachable");
  context_.network.idle_seconds = 100;
  context_.network.total_seconds = 0.5;
  context_.network.attempts = 100;
  EXPECT_EQ(fault("silent", ""), "resource.unreachable");
}

TEST_F(Web, ABrokenDownloadGoesOn) {
  EXPECT_EQ(fault("dies/1/big.bin", big_), "");
  EXPECT_EQ(asked("dies/1/big.bin"), 2);
  EXPECT_EQ(fault("dies/3/big.bin", big_, sha256_hex(as_bytes(big_))), "");
  EXPECT_EQ(fault("dies/4/big.bin", ""), "resource.unreachable");
  ASSERT_EQ(left("parts").size(), 2u) << "the part and what it is of";
  EXPECT_EQ(fault("dies/4/big.bin", big_), "") << "a later call goes on";
  EXPECT_EQ(asked("dies/4/big.bin"), 5);
  EXPECT_EQ(left("parts"), std::vector<std::string>{});
}

TEST_F(Web, PartsOfDifferentFilesAreNeverPutTogether) {
  EXPECT_EQ(fault("changes/big.bin", big_), "");
  EXPECT_EQ(fault("skips/big.bin", big_), "");
  // A part that is not what it says it is, of a file whose SHA-256 is known.
  context_.network.attempts = 1;
  EXPECT_EQ(fault("dies/1/big.bin", ""), "resource.unreachable");
  for (const std::string& part : left("parts"))
    if (part.size() == 64) std::ofstream(context_.cache_folder + "/parts/" + part) << std::string(150'000, 'x');
  context_.network.attempts = 2;
  EXPECT_EQ(fault("dies/1/big.bin", big_, sha256_hex(as_bytes(big_))), "");
}

TEST_F(Web, LiesAboutTheLength) {
  EXPECT_EQ(fault("short/small.txt", ""), "resource.unreachable");
  // By the rules of HTTP the file ends where its length says; only a digest tells more.
  EXPECT_EQ(fault("long/small.txt", small_.substr(0, small_.size() - 5)), "");
  EXPECT_EQ(fault("long/small.txt", "", sha256_hex(as_bytes(small_))), "resource.sha256-mismatch");
}

TEST_F(Web, LimitsSizes) {
  context_.limits.download_bytes = 100'000;
  EXPECT_EQ(fault("endless", ""), "resource.download-limit");
  EXPECT_EQ(fault("files/big.bin", ""), "resource.download-limit");
  EXPECT_EQ(fault("headers", ""), "resource.unreachable");
  const auto by_option = fetch(server_.url("files/small.txt"), {.max_bytes = 5}, context_);
  ASSERT_FALSE(by_option.ok());
  EXPECT_EQ(by_option.error().what.id, "resource.download-limit");
}

TEST_F(Web, RefusesPrivateAddresses) {
  context_.network.private_addresses = Network::PrivateAddresses::kRefuse;
  EXPECT_EQ(fault("files/small.txt", ""), "resource.private-address");
  const std::string port = server_.origin().substr(server_.origin().rfind(':'));
  for (const char* host : {"localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
                           "169.254.169.254", "10.0.0.1", "192.168.1.1"}) {
    const auto refused = fetch(concat("http://", host, port, "/files/small.txt"), {}, context_);
    ASSERT_FALSE(refused.ok()) << host;
    EXPECT_EQ(refused.error().what.id, "resource.private-address") << host;
    EXPECT_TRUE(is_unreachable(refused.error()));
  }
  EXPECT_EQ(std::filesystem::exists(folder_ + "/cache/objects"), true);
  EXPECT_EQ(left("objects"), std::vector<std::string>{});
}

TEST_F(Web, ThroughAProxyAddressesAreRefusedToo) {
  context_.network.private_addresses = Network::PrivateAddresses::kRefuse;
  context_.network.attempts = 1;
  ::setenv("http_proxy", server_.origin().c_str(), 1);
  ::setenv("no_proxy", "127.0.0.1", 1);
  for (const char* host : {"127.0.0.1", "localhost", "a.localhost", "10.0.0.1", "[::1]", "0x7f.1"})
    EXPECT_EQ(fetch(concat("http://", host, "/x"), {}, context_).error().what.id, "resource.private-address") << host;
  // The proxy itself may be a neighbour. It is the test's server, which serves paths and no URLs.
  const auto answered = fetch("http://example.com/x", {}, context_);
  ::unsetenv("http_proxy");
  ::unsetenv("no_proxy");
  ASSERT_FALSE(answered.ok());
  EXPECT_EQ(answered.error().what.found, "status 404");
}

TEST_F(Web, RefusesWhatIsNoUrl) {
  for (const char* url : {"", "small.txt", "ftp://example.com/x", "file:///etc/passwd", "http://", "http:///x",
                          "http://a b/x", "http://host:99999/x", "http://host:x/", "https://h\\x", "http://h/a\nb"}) {
    const auto refused = fetch(url, {}, context_);
    ASSERT_FALSE(refused.ok()) << url;
    EXPECT_EQ(refused.error().what.id, "resource.bad-url") << url;
  }
}

TEST_F(Web, CanBeStopped) {
  std::stop_source stop;
  context_.stop = stop.get_token();
  context_.network.idle_seconds = 100;
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop.request_stop();
  });
  EXPECT_EQ(fault("stall/big.bin", ""), "base.cancelled");
  stopper.join();
}

TEST_F(Web, TellsProgress) {
  std::vector<std::uint64_t> done;
  std::uint64_t total = 0;
  context_.progress = [&](const Progress& at) {
    EXPECT_EQ(at.what, "download");
    done.push_back(at.done);
    total = at.total;
  };
  EXPECT_EQ(fault("files/big.bin", big_), "");
  ASSERT_FALSE(done.empty());
  EXPECT_EQ(done.back(), big_.size());
  EXPECT_EQ(total, big_.size());
}

TEST_F(Web, ManyProcessesDownloadOnce) {
  // Those that know the digest never ask again; those that do not must not disturb them.
  std::vector<zooport::testing::Process> processes;
  const std::string sha256 = sha256_hex(as_bytes(big_));
  for (int i = 0; i < 6; ++i) {
    processes.emplace_back([&] { return fault("slow/big.bin", big_, sha256) == ""; });
    processes.emplace_back([&] { return fault("dies/3/big.bin", big_) == ""; });
  }
  for (auto& process : processes) EXPECT_TRUE(process.wait());
  EXPECT_EQ(asked("slow/big.bin"), 1);
  EXPECT_EQ(left("parts"), std::vector<std::string>{});
  EXPECT_EQ(left("objects").size(), 1u);
}

TEST_F(Web, ManyThreadsDownloadOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> faults(6);
  for (std::string& each : faults)
    threads.emplace_back([&] { each = fault("slow/big.bin", big_, sha256_hex(as_bytes(big_))); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(faults, std::vector<std::string>(6));
  EXPECT_EQ(asked("slow/big.bin"), 1);
}

TEST_F(Web, AProcessThatIsKilledLeavesNothingInTheWay) {
  context_.network.idle_seconds = 100;
  zooport::testing::Process process([&] { return get("stall/big.bin").ok(); });
  const std::string parts = context_.cache_folder + "/parts";
  for (int i = 0; i < 1000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::error_code ignored;
    bool has_begun = false;
    if (std::filesystem::exists(parts, ignored))
      for (const std::string& part : left("parts")) has_begun |= os::status(parts + "/" + part).size > 1000;
    if (has_begun) break;
  }
  process.kill_now();
  context_.network.idle_seconds = 0.3;
  context_.network.attempts = 1;
  EXPECT_EQ(fault("stall/big.bin", ""), "resource.unreachable") << "the lock has gone with its holder";
  EXPECT_EQ(left("objects"), std::vector<std::string>{});
}

TEST_F(Web, ARefusedConnectionIsUnreachable) {
  server_.stop();
  context_.network.attempts = 2;
  EXPECT_EQ(fault("files/small.txt", ""), "resource.unreachable");
}

TEST_F(Web, FolderOfAUrl) {
  std::filesystem::create_directories(folder_ + "/sub");
  std::ofstream(folder_ + "/sub/with blank#1.txt") << "blank";
  std::ofstream(folder_ + "/secret.txt") << "secret";
  const auto root = open_web_folder(server_.url("files"), context_);
  ASSERT_TRUE(root.ok());
  EXPECT_EQ((*root)->description(), "folder " + server_.url("files"));
  EXPECT_TRUE(is_web_folder(**root));
  EXPECT_FALSE(is_web_folder(**open_folder(folder_, context_)));
  EXPECT_TRUE((*root)->has("small.txt"));
  EXPECT_FALSE((*root)->has("none"));
  EXPECT_EQ((*root)->read("small.txt", context_).value().text(), small_);
  EXPECT_EQ((*root)->read("none", context_).error().what.id, "resource.unreachable");
  EXPECT_EQ(asked("files/small.txt"), 1);
  EXPECT_EQ(asked("files/none"), 1);
  EXPECT_EQ((*root)->list().error().what.id, "resource.no-listing");
  EXPECT_EQ(read_checked(**root, "small.txt", std::string(64, '0'), context_).error().what.id,
            "resource.sha256-mismatch");

  const auto sub = open_web_folder(server_.url("files/sub"), context_);
  for (const char* name : {"../secret.txt", "%2e%2e/secret.txt", "a/%2E%2e/%2e./../secret.txt", "/files/secret.txt",
                           "%2fsecret.txt", "a\\..\\x", "%252e%252e/secret.txt", ""}) {
    EXPECT_FALSE((*sub)->has(name)) << name;
    EXPECT_EQ((*sub)->read(name, context_).error().what.id, "resource.bad-name") << name;
  }
  EXPECT_EQ(asked("files/secret.txt"), 0);
  EXPECT_FALSE(open_web_folder("folder", context_).ok());
}

TEST(WebUrl, HasANormalForm) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"HTTP://Example.COM:80", "http://example.com/"},
      {"https://example.com:443/a/./b/../c", "https://example.com/a/c"},
      {"https://example.com:444/a b?x=1 2#part", "https://example.com:444/a%20b?x=1%202"},
      {"https://u:p@example.com/%2e%2e/x", "https://u:p@example.com/x"},
      {"http://[::1]:8080/x", "http://[::1]:8080/x"},
      {"http://h/\xC3\xA4", "http://h/%C3%A4"},
      {"http://h//a//b/", "http://h//a//b/"},
      {"http://h?q", "http://h/?q"},
  };
  for (const auto& [from, to] : cases) {
    const auto url = web::parse(from);
    ASSERT_TRUE(url.ok()) << from;
    EXPECT_EQ(url->text(), to);
  }
}

TEST(WebUrl, FoldersAndNames) {
  EXPECT_EQ(web_folder_of("https://h/a/rdf.yaml?token=1").value(), "https://h/a?token=1");
  EXPECT_EQ(web_folder_of("https://h/rdf.yaml").value(), "https://h/");
  EXPECT_EQ(web_folder_of("https://zenodo.org/api/records/7/files/rdf.yaml/content").value(),
            "https://zenodo.org/api/records/7/files/content");
  EXPECT_EQ(web_url_in("https://zenodo.org/api/records/7/files/content", "a.npy").value(),
            "https://zenodo.org/api/records/7/files/a.npy/content");
  EXPECT_EQ(web_url_in("https://h/a/?token=1", "b/c 100%.npy").value(), "https://h/a/b/c%20100%25.npy?token=1");
  EXPECT_EQ(web_url_in("https://h", "w?x#y").value(), "https://h/w%3Fx%23y");
  EXPECT_EQ(name_in_url("https://h/a/b%20c.zip?download=1"), "b c.zip");
  EXPECT_EQ(name_in_url("https://zenodo.org/api/records/7/files/x.zip/content"), "x.zip");
  EXPECT_EQ(name_in_url("https://h"), "");
}

TEST(WebUrl, Redirects) {
  const auto base = web::parse("https://h:8/a/b?q").value();
  const auto lead = [&](const char* to) {
    const auto url = web::resolve(base, to);
    return url.ok() ? url->text() : url.error().what.id;
  };
  EXPECT_EQ(lead("c"), "https://h:8/a/c");
  EXPECT_EQ(lead("../c"), "https://h:8/c");
  EXPECT_EQ(lead("/c?x"), "https://h:8/c?x");
  EXPECT_EQ(lead("//other/c"), "https://other/c");
  EXPECT_EQ(lead("http://other/c#f"), "http://other/c");
  EXPECT_EQ(lead("?p"), "https://h:8/a/b?p");
  EXPECT_EQ(lead("c?u=http://x/"), "https://h:8/a/c?u=http://x/");
  EXPECT_EQ(lead("javascript:1"), "resource.bad-url");
  EXPECT_EQ(lead("file:///etc/passwd"), "resource.bad-url");
}

TEST(WebLibrary, IsFound) {
  const auto library = web_library();
  ASSERT_TRUE(library.ok()) << "install libcurl4";
  EXPECT_NE(library->version, "");
  EXPECT_NE(library->path.find("libcurl"), std::string::npos);
}

}  // namespace
}  // namespace zooport::resource
