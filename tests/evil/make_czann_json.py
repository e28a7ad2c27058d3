"""Writes evil model.json files, and for each the finding, rule or limit that it hits first.

    python3 make_czann_json.py        # into czann_json/ beside this script
"""
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "czann_json"
GOOD = {
    "Id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "Type": "Regression",
    "InputShape": [8, 8, 1],
    "OutputShape": [8, 8, 1],
}


def text(**changes):
    return json.dumps({**GOOD, **changes})


def with_raw(raw):
    """The good object with `raw` behind its last value."""
    return text()[:-1] + ", " + raw + "}"


FILES = {
    "deep.json": (with_raw('"x": ' + "[" * 5000), "limits.depth"),
    "deep_objects.json": ('{"a":' * 3000, "limits.depth"),
    "empty.json": ("", "json.syntax"),
    "cut.json": (text()[:-20], "json.syntax"),
    "behind.json": (text() + "\0", "json.syntax"),
    "two.json": (text() * 2, "json.syntax"),
    "comment.json": ("// c\n" + text(), "json.syntax"),
    "raw_newline.json": (with_raw('"ModelName": "a\nb"'), "json.syntax"),
    "half_escape.json": (with_raw('"ModelName": "\\ud800\\u12"'), "json.syntax"),
    "utf16.json": (text().encode("utf-16"), "json.encoding"),
    "latin_1.json": (text().replace("Regression", "Régression").encode("latin-1") + b"\xe9", "json.encoding"),
    "overlong.json": (with_raw('"ModelName": "').encode()[:-1] + b'\xc0\xaf"}', "json.encoding"),
    "surrogate_bytes.json": (with_raw('"ModelName": "').encode()[:-1] + b'\xed\xa0\x80"}', "json.encoding"),
    "list.json": ("[" + text() + "]", "czann.wrong-kind"),
    "text.json": ('"Regression"', "czann.wrong-kind"),
    "null.json": ("null", "czann.wrong-kind"),
    "nothing.json": ("{}", "czann.missing-key"),
    "mark.json": ("\ufeff" + text(), "czann.byte-order-mark"),
    "duplicate.json": (with_raw('"Type": "Regression"'), "czann.duplicate-key"),
    "duplicate_escaped.json": (with_raw('"T\\u0079pe": "Regression"'), "czann.duplicate-key"),
    "nan.json": (text(Scaling=[float("nan"), 1.0]), "czann.not-a-number"),
    "infinity_deep.json": (text(x=[{"y": float("-inf")}]), "czann.not-a-number"),
    "lone_surrogate.json": (text(ModelName="a\ud800b"), "czann.lone-surrogate"),
    "lone_surrogate_key.json": (text(**{"\udc00": 1}), "czann.lone-surrogate"),
    "long_integer.json": (with_raw('"x": ' + "9" * 5000), "czann.number-digits"),
    "null_type.json": (text(Type=None), "czann.missing-key"),
    "type_list.json": (text(Type=["Regression"]), "czann.wrong-kind"),
    "type_case.json": (text(Type="regression"), "czann.unknown-type"),
    "type_newline.json": (text(Type="Regression\n"), "czann.unknown-type"),
    "id_object.json": (text(Id={"a": None}), "czann.wrong-kind"),
    "id_controls.json": (text(Id="\x1b[31m\u202e"), "czann.id-form"),
    "shape_empty.json": (text(InputShape=[]), "czann.wrong-shape"),
    "shape_zero.json": (text(InputShape=[0, 8, 1]), "czann.wrong-shape"),
    "shape_negative.json": (text(OutputShape=[8, -8, 1]), "czann.wrong-shape"),
    "shape_huge.json": (text(InputShape=[10**30, 1, 1]), "czann.wrong-shape"),
    "shape_exponent.json": (with_raw('"InputShape": [1e300, 1, 1]').replace('"InputShape": [8, 8, 1], ', ""), "czann.wrong-shape"),
    "shape_text.json": (text(InputShape="8x8x1"), "czann.wrong-shape"),
    "shape_nested.json": (text(InputShape=[[8, 8, 1]]), "czann.wrong-shape"),
    "shape_many.json": (text(InputShape=[1] * 4000), "czann.wrong-shape"),
    "overlap_number.json": (text(MinOverlap=8), "czann.wrong-shape"),
    "overlap_negative.json": (text(MinOverlap=[-8, 8]), "czann.wrong-shape"),
    "classes_text.json": (text(Classes="ab"), "czann.wrong-kind"),
    "classes_mixed.json": (text(Classes=["a", None]), "czann.wrong-kind"),
    "classes_one.json": (text(Classes=["a"]), "czann.class-count"),
    "name_list.json": (text(ModelName=["n"]), "czann.wrong-kind"),
    "scaling_object.json": (text(Scaling={"x": 1, "y": 2}), "czann.wrong-kind"),
    "scaling_four.json": (text(Scaling=[1, 2, 3, 4]), "czann.wrong-kind"),
    "scaling_overflow.json": (with_raw('"Scaling": [1e999, 1.0]'), "czann.wrong-kind"),
    "version_number.json": (text(FormatVersion=2), "czann.wrong-kind"),
    "version_null.json": (text(FormatVersion=None, Id="9.9.9"), "czann.id-form"),
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    lines = []
    for name, (content, finding) in sorted(FILES.items()):
        data = content if isinstance(content, bytes) else content.encode()
        assert len(data) < 20_000, name
        (FOLDER / name).write_bytes(data)
        lines.append(f"{name}\t{finding}\n")
    (FOLDER / "MANIFEST.tsv").write_text("".join(lines))
