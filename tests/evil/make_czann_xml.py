#!/usr/bin/env python3
"""Makes tests/evil/czann_xml: metadata of CZSEG files that are wrong or hostile, and MANIFEST.tsv with the first
diagnostic that each gives. Run from anywhere: python3 tests/evil/make_czann_xml.py"""
import pathlib

FOLDER = pathlib.Path(__file__).parent / "czann_xml"
GOOD = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    '<Model Version="3.1.0"><Id>b511d295-91ff-46ca-bb60-b2e26c393809</Id><ModelName>Nuclei</ModelName>'
    "<Status>Trained</Status><FeatureExtractor>DeepNeuralNetwork</FeatureExtractor><Postprocessing />"
    '<ColorHandling>SplitRgb</ColorHandling><Channels><Item PixelType="Gray16" /></Channels><TrainingClasses>'
    '<Item colB="0" colG="0" colR="255" LabelValue="1" Name="a" />'
    '<Item colB="0" colG="255" colR="0" LabelValue="2" Name="b" /></TrainingClasses>'
    "<BorderSize>8</BorderSize></Model>"
)
cases = {}


def add(name, diagnostic, content):
    cases[name] = (diagnostic, content if isinstance(content, bytes) else content.encode())


def bent(old, new):
    assert GOOD.count(old) >= 1, old
    return GOOD.replace(old, new, 1)


def doctype(inside, text="Nuclei"):
    return bent("<Model ", f"<!DOCTYPE Model {inside}><Model ").replace("Nuclei", text, 1)


def latin1(text):
    return text.encode("latin-1")


# Entities: none is expanded, whatever it is.
add("entity", "czann.xml-entities", doctype('[<!ENTITY a "x">]', "&a;"))
add("entity-external", "czann.xml-entities", doctype('[<!ENTITY a SYSTEM "file:///etc/passwd">]', "&a;"))
add("entity-parameter", "czann.xml-entities", doctype('[<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]'))
add("entity-unused", "czann.xml-entities", doctype('[<!ENTITY a "x">]'))
add("entity-recursive", "czann.xml-entities", doctype('[<!ENTITY a "&b;"><!ENTITY b "&a;">]', "&a;"))
laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 20))
add("entity-bomb", "czann.xml-entities", doctype(f'[<!ENTITY l0 "lol">{laughs}]', "&l19;"))
add("entity-blowup", "czann.xml-entities", doctype(f'[<!ENTITY a "{"A" * 5000}">]', "&a;" * 1000))
add("entity-undefined", "czann.xml-entities", bent("Nuclei", "&nbsp;"))
add("entity-open", "czann.xml-entities", bent("Nuclei", "a & b"))
add("entity-in-attribute", "czann.xml-entities", bent('"a"', '"&x;"'))
add("reference-null", "czann.xml-syntax", bent("Nuclei", "&#0;"))
add("reference-surrogate", "czann.xml-syntax", bent("Nuclei", "&#xDC00;"))
add("reference-huge", "czann.xml-syntax", bent("Nuclei", "&#x" + "F" * 200 + ";"))
add("reference-empty", "czann.xml-syntax", bent("Nuclei", "&#x;"))
add("doctype-open", "czann.xml-syntax", "<!DOCTYPE Model [")
add("doctype-nested", "czann.xml-syntax", "<!DOCTYPE Model " + "[" * 9000)
add("doctype-conditional", "czann.xml-syntax", "<!DOCTYPE Model [" + "<![IGNORE[" * 1500 + "]>")

# Nesting and numbers.
add("deep", "limits.depth", "<a>" * 2000 + "</a>" * 2000)
add("deep-open", "czann.xml-syntax", "<a>" * 5000)
add("deep-names", "czann.xml-syntax", "".join(f"<n{i}>" for i in range(2000)))
add("attributes", "czann.xml-syntax", "<Model " + " ".join(f'a{i}=""' for i in range(2000)) + "/>")
add("wide", "czann.legacy-version", "<Model>" + "<a/>" * 4000 + "</Model>")
add("name-long", "czann.xml-root", "<" + "n" * 15000 + "/>")

# No XML.
add("empty", "czann.xml-syntax", "")
add("text", "czann.xml-syntax", "hello")
add("zeros", "czann.xml-syntax", b"\0" * 100)
add("null-inside", "czann.xml-syntax", bent("Nuclei", "Nu\0clei"))
add("control", "czann.xml-syntax", bent("Nuclei", "a\x01b"))
add("escape", "czann.xml-syntax", bent("Nuclei", "\x1b[2J"))
add("noncharacter", "czann.xml-syntax", bent("Nuclei", "\uffff"))
add("cut-tag", "czann.xml-syntax", GOOD[:100])
add("cut-attribute", "czann.xml-syntax", GOOD[: GOOD.index("Gray16") + 3])
add("cut-end", "czann.xml-syntax", GOOD[:-1])
add("cut-cdata", "czann.xml-syntax", "<Model><![CDATA[x")
add("cut-comment", "czann.xml-syntax", "<Model><!-- x")
add("cut-instruction", "czann.xml-syntax", "<?xml")
add("mismatched", "czann.xml-syntax", bent("</Model>", "</model>"))
add("two-roots", "czann.xml-syntax", GOOD + "<Model/>")
add("text-before", "czann.xml-syntax", GOOD.replace("<Model ", "x<Model ", 1))
add("text-behind", "czann.xml-syntax", GOOD + "x")
add("attribute-twice", "czann.xml-syntax", bent('Name="a"', 'Name="a" Name="b"'))
add("attribute-bare", "czann.xml-syntax", bent('Name="a"', "Name=a"))
add("attribute-less", "czann.xml-syntax", bent('Name="a"', 'Name="<a"'))

# Encodings.
add("utf8-broken", "czann.xml-encoding", latin1(bent("Nuclei", "K\xe4rn")))
add("utf8-overlong", "czann.xml-encoding", GOOD.encode().replace(b"Nuclei", b"\xc0\xbc", 1))
add("utf8-surrogate", "czann.xml-encoding", GOOD.encode().replace(b"Nuclei", b"\xed\xa0\x80", 1))
add("encoding-unknown", "czann.xml-encoding", bent("utf-8", "ebcdic-cp-us"))
add("encoding-utf7", "czann.xml-encoding", bent("utf-8", "utf-7"))
add("utf16-says-utf8", "czann.xml-encoding", b"\xff\xfe" + GOOD.encode("utf-16-le"))
add("utf16-odd", "czann.xml-syntax", b"\xff\xfe" + GOOD.replace("utf-8", "utf-16").encode("utf-16-le")[:-3])
add("utf16-no-mark", "czann.xml-syntax", GOOD.replace("utf-8", "utf-16").encode("utf-16-le"))
add("mark-alone", "czann.xml-syntax", b"\xef\xbb\xbf")
add("mark16-alone", "czann.xml-syntax", b"\xff\xfe")

# Another document.
add("root-other", "czann.xml-root", "<html/>")
add("root-case", "czann.xml-root", "<model/>")
add("root-prefix", "czann.xml-root", "<Model:x xmlns:Model='urn:x'/>")
add("empty-root", "czann.legacy-version", "<Model/>")

# Values.
add("border-huge", "czann.border-size", bent(">8<", ">99999999999999999999<"))
add("border-large", "czann.border-size", bent(">8<", ">1099511627776<"))
add("border-negative", "czann.border-size", bent(">8<", ">-8<"))
add("border-three", "czann.border-size", bent(">8<", ">8 8 8<"))
add("border-plus", "czann.border-size", bent(">8<", ">+8<"))
add("border-hex", "czann.border-size", bent(">8<", ">0x8<"))
add("border-list", "czann.border-size", bent(">8<", ">[8, 8<"))
add("tile-huge", "czann.tile-size", bent("<BorderSize>", "<TotalTileHeight>4611686018427387904</TotalTileHeight><BorderSize>"))
add("tile-negative", "czann.tile-size", bent("<BorderSize>", "<TotalTileWidth>-1</TotalTileWidth><BorderSize>"))
add("label-huge", "czann.class-number", bent('LabelValue="1"', 'LabelValue="99999999999999999999"'))
add("label-same", "czann.label-values", bent('LabelValue="2"', 'LabelValue="1"'))
add("color-negative", "czann.class-number", bent('colR="255"', 'colR="-1"'))
add("id-escape", "czann.id-form", bent("b511d295-91ff-46ca-bb60-b2e26c393809", "../../../etc/passwd"))

FOLDER.mkdir(exist_ok=True)
for old in FOLDER.iterdir():
    old.unlink()
for name, (_, content) in cases.items():
    assert len(content) < 20000, name
    (FOLDER / f"{name}.xml").write_bytes(content)
lines = [f"{name}.xml\t{diagnostic}\n" for name, (diagnostic, _) in sorted(cases.items())]
(FOLDER / "MANIFEST.tsv").write_text("".join(lines))
