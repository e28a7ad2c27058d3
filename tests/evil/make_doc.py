"""Writes the evil YAML and JSON files, and for each the rule or limit that it hits.

    python3 make_doc.py        # into yaml/ and json/ beside this script
"""
from pathlib import Path

HERE = Path(__file__).parent


def bomb(levels):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for previous, name in zip("abcdefghi"[: levels - 1], "bcdefghij"):
        lines.append(f"{name}: &{name} [" + ", ".join([f"*{previous}"] * 10) + "]")
    return "\n".join(lines) + "\n"


def merge_bomb():
    lines = ["a: &a {" + ", ".join(f"k{i}: {i}" for i in range(50)) + "}"]
    for previous, name in zip("abcdefg", "bcdefgh"):
        lines.append(f"{name}: &{name}\n  <<: [" + ", ".join([f"*{previous}"] * 20) + f"]\n  {name}: [" + ", ".join([f"*{previous}"] * 20) + "]")
    return "\n".join(lines) + "\n"


YAML = {
    "alias_bomb.yaml": (bomb(9), "limits.nodes"),
    "merge_bomb.yaml": (merge_bomb(), "limits.nodes"),
    "deep_flow.yaml": ("[" * 5000, "limits.depth"),
    "deep_block.yaml": ("".join(" " * i + "-\n" for i in range(250)), "limits.depth"),
    "deep_flow_maps.yaml": ("{a: " * 3000, "limits.depth"),
    "many_aliases.yaml": ("a: &a 1\nb: [" + "*a, " * 10_001 + "]\n", "limits.aliases"),
    "self_in_list.yaml": ("a: &a [*a]\n", "yaml.recursion"),
    "self_in_mapping.yaml": ("a: &a\n  b: {c: *a}\n", "yaml.recursion"),
    "no_anchor.yaml": ("a: *b\n", "yaml.undefined-alias"),
    "duplicate_key.yaml": ("a: 1\nb: 2\na: 3\n", "yaml.duplicate-key"),
    "duplicate_number.yaml": ("1: a\n0x1: b\n", "yaml.duplicate-key"),
    "tab_indent.yaml": ("a:\n\tb: 1\n", "yaml.syntax"),
    "tab_after_colon.yaml": ("a:\t1\n", "yaml.tab"),
    "python_object.yaml": ("a: !!python/object/apply:os.system ['true']\n", "yaml.tag"),
    "foreign_tag.yaml": ("a: !foo bar\n", "yaml.tag"),
    "merge_number.yaml": ("<<: 5\n", "yaml.merge"),
    "map_as_key.yaml": ("{a: 1}: 2\n", "yaml.key"),
    "two_documents.yaml": ("a: 1\n---\nb: 2\n", "yaml.documents"),
    "month_13.yaml": ("a: 2020-13-01\n", "yaml.date"),
    "long_integer.yaml": ("a: " + "9" * 5000 + "\n", "yaml.integer"),
    "version_1_3.yaml": ("%YAML 1.3\n---\na: 1\n", "yaml.syntax"),
    "unclosed_quote.yaml": ('a: "b\n', "yaml.syntax"),
    "control_character.yaml": ("a: b\x01c\n", "yaml.syntax"),
    "latin_1.yaml": (b"a: caf\xe9\n", "yaml.encoding"),
    "overlong.yaml": (b"a: \xc0\xaf\n", "yaml.encoding"),
    "surrogate.yaml": (b"a: \xed\xa0\x80\n", "yaml.encoding"),
    "utf_16.yaml": ("a: 1\n".encode("utf-16"), "yaml.encoding"),
    "cut_character.yaml": (b"a: \xf0\x9f\xa6", "yaml.encoding"),
}
JSON = {
    "deep.json": ("[" * 10_000, "limits.depth"),
    "deep_maps.json": ('{"a":' * 3000, "limits.depth"),
    "duplicate_key.json": ('{"a": 1, "a": 2}', "yaml.duplicate-key"),
    "nan.json": ("[NaN]", "json.syntax"),
    "infinity.json": ("[-Infinity]", "json.syntax"),
    "leading_zero.json": ("[01]", "json.syntax"),
    "trailing_comma.json": ("[1,]", "json.syntax"),
    "half_surrogate.json": ('"\\ud800x"', "json.syntax"),
    "cut_escape.json": ('"\\u12', "json.syntax"),
    "raw_control.json": ('"a\nb"', "json.syntax"),
    "two_values.json": ("1 2", "json.syntax"),
    "empty.json": ("", "json.syntax"),
    "bad_utf8.json": (b'"\xff"', "json.encoding"),
}

for folder, files in (("yaml", YAML), ("json", JSON)):
    (HERE / folder).mkdir(exist_ok=True)
    for name, (content, _) in files.items():
        (HERE / folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    manifest = "".join(f"{name}\t{rule}\n" for name, (_, rule) in sorted(files.items()))
    (HERE / folder / "MANIFEST.tsv").write_text(manifest)
