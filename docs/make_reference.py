#!/usr/bin/env python3
"""Writes docs/reference/*.md, one page for each format, of what the program's field tables say.

  make_reference.py --program build/release/bin/zooport [--check]

With --check nothing is written, and a page that differs is an error.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "reference"

INTRODUCTION = {
    "model-0.4": "A description of a model is a YAML file, `rdf.yaml` as a rule, in the folder of the files that it names.",
    "dataset-0.2": "A description of a dataset, as a file of its own or inside a model (`training_data`).",
    "generic-0.2": "A description of anything that has no description of its own. Fields that are not listed are ignored.",
    "notebook-0.2": "A description of a Jupyter notebook.",
    "application-0.2": "A description of a program or of a web page that is one.",
    "czann-1.0": "`model.json` in a CZANN file, which holds it beside the network. The first specification.",
    "czann-1.1": "`model.json` in a CZANN file, which holds it beside the network. New here: `Scaling`.",
    "czann-2.0": "`model.json` in a CZANN file, which holds it beside the network. New here: a `Scaling` of three numbers. A "
                 "TensorFlow SavedModel is no network of this specification.",
    "czmodel-spec": "A JSON file that names a network and says what it is; `zooport convert spec.json model.czann` does what it "
                    "says. The fields are those of czmodel, and three more.",
    "czann-2.1": "`model.json` in a CZANN file, which holds it beside the network. New here: `FormatVersion`.",
}


def run(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True)


def formats(program):
    said = run(program, "schema", "?").stderr
    return said.split("There are ")[1].split(" [")[0].strip().rstrip(".").split(", ")


def explained(program, path):
    done = run(program, "explain", path, "--format", "json")
    if done.returncode:
        sys.exit(f"{path}: {done.stderr}")
    return json.loads(done.stdout)["results"][0]


def sentence(text):
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?")) else text + "."


def escaped(text):
    """Text of the tables as Markdown: names in quotes become code."""
    text = re.sub(r"(?<![A-Za-z0-9])'([^'\n]+)'", r"`\1`", text)
    parts = text.split("`")
    return "`".join(re.sub(r"([*_<>|])", r"\\\1", part) if i % 2 == 0 else part for i, part in enumerate(parts))


def code(value):
    return f"`` {value} ``" if "`" in value else f"`{value}`"


class Page:
    """Fields by the mapping that they belong to, in the order in which a reader meets them."""

    def __init__(self, name, root, fields):
        self.name = name
        self.format_version = root["format_version"]
        self.root = root["fields"][0]
        self.is_json = name.startswith(("czann-", "czmodel-"))
        self.nodes = {}  # name: {"part", "fields", "places"}
        self.add_node(self.root["parts"][0], "")
        for field in fields:
            if field["node"] in self.nodes:
                known = self.nodes[field["node"]]["fields"]
                known.setdefault(field["name"], field)
            for part in field.get("parts", []):
                place = field["path"] + (f".{part['tag']}" if "tag" in part else "")
                self.add_node(part, place)

    def add_node(self, part, place):
        node = self.nodes.setdefault(part["node"], {"part": part, "fields": {}, "places": []})
        if place and place not in node["places"]:
            node["places"].append(place)

    def anchor(self, node, field=None):
        return (f"{node}-{field}" if field else node).lower().replace("_", "-")

    def link(self, node):
        return f"[{node}](#{self.anchor(node)})"

    def type_text(self, field):
        """The type in words, mappings as links to their sections."""
        text = escaped(field["type"])
        for part in field.get("parts", []):
            text = re.sub(rf"\({part['node']}\)", f"({self.link(part['node'])})", text)
            if "tag" in part:
                tag = escaped(part["tag"])
                text = re.sub(rf"(?<![\w\\(#-]){re.escape(tag)}(?![\w\\-])", lambda _: f"[{tag}](#{self.anchor(part['node'])})",
                              text, count=1)
        return text

    def write(self):
        lines = [
            f"# {self.name}: reference",
            "",
            f"<!-- Made by docs/make_reference.py of the program's tables; do not edit. -->",
            "",
            f"{INTRODUCTION.get(self.name, '')} This page says what each field means, as `zooport explain` does on the "
            f"command line; `zooport schema {self.name}` prints the same as JSON Schema, for editors. It is about format "
            f"version {self.format_version}.".strip(),
            "",
            "**Required** fields have to be there. A *warning* does not make a description invalid; alerts fail with "
            "`check --strict`." if not self.is_json else
            "**Required** keys have to be there. `zooport check` looks at more than a schema can say: at the network, and at "
            "keys beside each other.",
            "",
            "## Contents",
            "",
        ]
        for name, node in self.nodes.items():
            lines.append(f"- {self.link(name)}: {escaped(node['part'].get('about', ''))}")
        for name, node in self.nodes.items():
            lines += self.section(name, node)
        return "\n".join(lines) + "\n"

    def section(self, name, node):
        part = node["part"]
        lines = ["", f"## {name}", ""]
        about = escaped(sentence(part.get("about", name)))
        if "tag" in part:
            about += f" Chosen by the name {code(part['tag'])}."
        lines.append(about)
        if node["places"]:
            places = ", ".join(code(place) for place in node["places"][:6])
            lines += ["", f"At {places}{', …' if len(node['places']) > 6 else ''}."]
        elif not part["fields"]:
            lines += ["", "It has no fields."]
        if part.get("rules"):
            lines += ["", "Rules over several fields:", ""]
            lines += [f"- {escaped(rule)}" for rule in part["rules"]]
        if part.get("takes_others"):
            lines += ["", "Other fields are taken as well."]
        if part["fields"]:
            lines += ["", "| field | | means |", "|---|---|---|"]
            for field in part["fields"]:
                required = "**required**" if field["required"] else ""
                target = f"[{code(field['name'])}](#{self.anchor(name, field['name'])})"
                lines.append(f"| {target} | {required} | {escaped(field['summary'])} |")
        for field in part["fields"]:
            lines += self.field(name, field["name"], node["fields"].get(field["name"]))
        return lines

    def example(self, name, text):
        if not self.is_json:
            return ["```yaml", f"{name}: {text}", "```"]
        words = re.sub(r"[A-Za-z][^\],]*", lambda word: json.dumps(word[0]), text) if text.startswith("[") and '"' not in text else text if text.startswith("[") else json.dumps(text)
        return ["```json", f"{json.dumps(name)}: {words}", "```"]

    def field(self, node, name, field):
        lines = ["", f'<a id="{self.anchor(node, name)}"></a>', "", f"### {node}: {escaped(name)}", ""]
        if field is None:
            return lines + ["Says which kind of mapping it is."]
        lines.append(escaped(" ".join(filter(None, [sentence(field.get("summary", "")), field.get("about", "")]))))
        lines.append("")
        rows = [("type", self.type_text(field) + (", **required**" if field["required"] else ""))]
        if "default" in field:
            rows.append(("default", code(json.dumps(field["default"], ensure_ascii=False))))
        if field.get("choices"):
            shown = [code(choice) for choice in field["choices"]]
            rows.append(("one of", ", ".join(shown)))
        for constraint in field.get("constraints", []):
            rows.append(("has to be", escaped(constraint)))
        for warning in field.get("warnings", []):
            rows.append((f"*{warning['severity']}* if it is not", escaped(warning["expected"])))
        if "since" in field:
            rows.append(("since", escaped(field["since"])))
        lines += [f"- {label}: {value}" for label, value in rows]
        if "example" in field:
            lines += ["", *self.example(name, field["example"])]
        return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    options = parser.parse_args()
    wrong = []
    pages = {}
    for name in formats(options.program):
        page = Page(name, explained(options.program, name), explained(options.program, f"{name}:**")["fields"])
        pages[FOLDER / f"{name}.md"] = page.write()
    for path, text in pages.items():
        if not options.check:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            wrong.append(f"{path.name} is not what the tables say; run docs/make_reference.py")
        anchors = set(re.findall(r'<a id="([^"]+)">', text)) | {
            heading.lower() for heading in re.findall(r"^## (\w+)$", text, re.M)}
        for target in re.findall(r"\]\(#([^)]+)\)", text):
            if target not in anchors:
                wrong.append(f"{path.name}: a link leads to #{target}, which is not there")
    if options.check:
        wrong += [f"{path.name} is of no format" for path in FOLDER.glob("*.md") if path not in pages]
    print("\n".join(wrong) or f"{len(pages)} pages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
