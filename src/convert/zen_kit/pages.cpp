#include "convert/zen_kit/content.hpp"
#include "zooport/base/text.hpp"

namespace zooport::convert::zen_kit {
namespace {

constexpr std::string_view kIntroduction[] = {
    "Small networks for ZEN to run. Each shows one thing, so that a picture other than the expected one says what "
    "ZEN does in another way than zooport.",
    "For each row: import the file from the folder models (ZEN's AI Model Store, or the import of the segmentation and "
    "processing functions), open the image of the row, and run the model on it without any other step. Models of type "
    "Regression give an image, the others classes; ZEN picks the colours of classes itself.",
    "Compare with the expected picture: its shape at a glance, its numbers with the pixel value tool. Guess means that "
    "nothing public says what ZEN does there; any answer is new.",
    "Please report the version of ZEN, the number of the row, and a picture where it differs, to the project zooport "
    "(docs/zen.md says what is known so far).",
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> sizes;
  for (const std::int64_t size : shape) sizes.push_back(concat(size));
  return join(sizes, " x ");
}

std::string form_of(const Trial& trial) {
  const czann::Metadata& metadata = trial.package.metadata;
  std::string text = concat(czann::name_of(metadata.type), ", ", shape_text(metadata.input_shape), " to ",
                            shape_text(metadata.output_shape));
  if (!metadata.classes.empty()) text += concat(", classes ", join(metadata.classes, ", "));
  return text;
}

const Trial& trial_of(const std::vector<Trial>& trials, const ZenKit::Row& row) {
  for (const Trial& trial : trials)
    if (row.model.ends_with(trial.file)) return trial;
  return trials.front();
}

std::string picture(std::string_view path) {
  if (path.empty()) return "";
  return concat("<a href=\"", escaped(path), "\"><img src=\"", escaped(path), "\" alt=\"", escaped(path), "\"></a>");
}

}  // namespace

std::string html_page(const std::vector<Trial>& trials, const std::vector<ZenKit::Row>& rows) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>zooport: models to try in ZEN"
      "</title>\n<style>\nbody { font-family: sans-serif; max-width: 80em; margin: 2em auto; padding: 0 1em; }\n"
      "table { border-collapse: collapse; }\ntd, th { border: 1px solid #999; padding: 0.5em; vertical-align: top; "
      "text-align: left; }\nimg { max-width: 15em; }\n.guess { background: #fff4d6; }\nsmall { color: #555; }\n"
      "</style>\n</head>\n<body>\n<h1>Models to try in ZEN</h1>\n";
  for (const std::string_view paragraph : kIntroduction) page += concat("<p>", escaped(paragraph), "</p>\n");
  page +=
      "<table>\n<tr><th>row</th><th>model</th><th>image</th><th>expected</th><th>what should come out</th>"
      "<th>otherwise</th><th>came out?</th></tr>\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ZenKit::Row& row = rows[i];
    const bool is_guess = row.basis == ZenKit::Row::Basis::kGuess;
    page += concat("<tr", is_guess ? " class=\"guess\"" : "", "><td>", i + 1, is_guess ? "<br>guess" : "",
                   "</td><td><a href=\"", escaped(row.model), "\">", escaped(row.model), "</a><br><small>",
                   escaped(form_of(trial_of(trials, row))), "</small></td><td>", picture(row.image), "</td><td>",
                   picture(row.expected), "</td><td>", escaped(row.shows), "</td><td>", escaped(row.otherwise),
                   "</td><td></td></tr>\n");
  }
  return page + "</table>\n</body>\n</html>\n";
}

std::string text_page(const std::vector<Trial>& trials, const std::vector<ZenKit::Row>& rows) {
  std::string page = "Models to try in ZEN\n====================\n\n";
  for (const std::string_view paragraph : kIntroduction) page += concat(paragraph, "\n\n");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ZenKit::Row& row = rows[i];
    page += concat(i + 1, row.basis == ZenKit::Row::Basis::kGuess ? ". (guess) " : ". ", row.model, "\n   ",
                   form_of(trial_of(trials, row)), "\n");
    if (!row.image.empty()) page += concat("   image      ", row.image, "\n   expected   ", row.expected, "\n");
    page += concat("   shows      ", row.shows, "\n   otherwise  ", row.otherwise, "\n\n");
  }
  return page;
}

}  // namespace zooport::convert::zen_kit
