#!/usr/bin/env python3
"""Writes the archives of tests/evil/zip and their MANIFEST.tsv: each has one fault, and names the diagnostic for it.

The same script gives the same bytes. Run it in its folder after a change.
"""
import pathlib
import struct
import zlib

OUT = pathlib.Path(__file__).parent / "zip"


class Member:
    """One entry; every field of both headers can be forged."""

    def __init__(self, name, data=b"data", method=0, **forged):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.data = data
        self.method = method
        self.forged = forged

    def get(self, key, default):
        return self.forged.get(key, default)

    def payload(self):
        if self.method == 8:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            return self.get("payload", packer.compress(self.data) + packer.flush())
        return self.get("payload", self.data)

    def flags(self):
        return self.get("flags", 0x800 if any(c >= 128 for c in self.name) else 0)

    def local(self):
        payload = self.payload()
        crc, size = self.get("crc", zlib.crc32(self.data)), self.get("size", len(self.data))
        packed = self.get("packed", len(payload))
        if self.flags() & 8:
            crc = size = packed = 0
        name, extra = self.get("local_name", self.name), self.get("local_extra", b"")
        head = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, self.get("local_flags", self.flags()),
                           self.get("local_method", self.method), 0,
                           self.get("local_date", self.get("date", 0x21)), self.get("local_crc", crc),
                           self.get("local_packed", packed), self.get("local_size", size), len(name), len(extra))
        return head + name + extra + payload + self.get("descriptor", b"")

    def central(self, offset):
        extra = self.get("extra", b"")
        return struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20 | 3 << 8, 20, self.flags(), self.method, 0,
                           self.get("date", 0x21), self.get("crc", zlib.crc32(self.data)),
                           self.get("packed", len(self.payload())), self.get("size", len(self.data)), len(self.name),
                           len(extra), 0, self.get("disk", 0), 0, self.get("mode", 0o100644) << 16,
                           self.get("offset", offset)) + self.name + extra


def end(count, size, offset, comment=b"", disk=0, here=None):
    return struct.pack("<IHHHHIIH", 0x06054B50, disk, 0, count if here is None else here, count, size, offset,
                       len(comment)) + comment


def end64(count, size, offset, at, record_size=44, disks=1):
    return struct.pack("<IQHHIIQQQQ", 0x06064B50, record_size, 45, 45, 0, 0, count, count, size, offset) + struct.pack(
        "<IIQI", 0x07064B50, 0, at, disks)


def pack(*members, count=None, comment=b"", gap=b"", **kw):
    body, directory = b"", b""
    for member in members:
        directory += member.central(len(body))
        body += member.local()
    body += gap
    return body + directory + end(len(members) if count is None else count, len(directory), len(body), comment, **kw)


def pack64(*members, forge=None, plain=(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF), **kw):
    body, directory = b"", b""
    for member in members:
        directory += member.central(len(body))
        body += member.local()
    values = {"count": len(members), "size": len(directory), "offset": len(body), "at": len(body) + len(directory)}
    values.update(forge or {})
    return body + directory + end64(**values, **kw) + end(*plain)


def overlapping():
    a, b = Member("a"), Member("b", offset=0, local_name=b"a")
    return pack(a, b, count=2)


def overlapping_partly():
    # The content of a is a whole entry of its own, which the directory lists too.
    inner = Member("b", b"secret")
    a = Member("a", inner.local())
    inner.forged["offset"] = 30 + 1
    body = a.local()
    directory = a.central(0) + inner.central(0)
    return body + directory + end(2, len(directory), len(body))


zeros = bytes(2 << 20)
good = pack(Member("model.json", b"{}"), Member("model.model", b"network" * 10, 8))
descriptor = Member("a", flags=8)
descriptor_bytes = lambda m, crc=None: struct.pack("<IIII", 0x08074B50, zlib.crc32(m.data) if crc is None else crc,
                                                   len(m.payload()), len(m.data))
zip64_extra = lambda *values: struct.pack("<HH", 1, 8 * len(values)) + b"".join(struct.pack("<Q", v) for v in values)

FILES = [
    # what has to be read
    ("ok-plain", "", good),
    ("ok-empty", "", end(0, 0, 0)),
    ("ok-comment", "", pack(Member("a"), comment=b"a comment")),
    ("ok-folder", "", pack(Member("a/", b"", mode=0o40755), Member("a/b"))),
    ("ok-descriptor", "", pack(Member("a", flags=8, descriptor=descriptor_bytes(descriptor)))),
    ("ok-descriptor-unsigned", "", pack(Member("a", flags=8, descriptor=descriptor_bytes(descriptor)[4:]))),
    ("ok-descriptor-deflated", "", pack(Member("a", b"x" * 99, 8, flags=8,
                                               descriptor=descriptor_bytes(Member("a", b"x" * 99, 8))))),
    ("ok-zero-date", "", pack(Member("a", date=0))),
    ("ok-unicode", "", pack(Member("Zell\u00e4rz/\u7d30\u80de"))),
    ("ok-zip64-end", "", pack64(Member("a"))),
    ("ok-zip64-entry", "", pack(Member("a", size=0xFFFFFFFF, packed=0xFFFFFFFF, extra=zip64_extra(4, 4),
                                       local_extra=zip64_extra(4, 4)))),
    ("ok-nested", "", pack(Member("model.model", good))),
    # the frame
    ("empty-file", "zip.not-an-archive", b""),
    ("text", "zip.not-an-archive", b"this is a text and no archive at all\n" * 3),
    ("cut-in-data", "zip.truncated", good[:60]),
    ("cut-in-end", "zip.truncated", pack(Member("a"), comment=b"longer than what is left")[:-10]),
    ("front-missing", "zip.truncated", good[40:]),
    ("trailing", "zip.trailing-bytes", good + b"\0"),
    ("trailing-much", "zip.trailing-bytes", good + b"more" * 200),
    ("prefix", "zip.prefix", b"#!/bin/sh\n" + good),
    ("prefix-adjusted", "zip.prefix", None),
    ("prefix-of-empty", "zip.prefix", b"12345678" + end(0, 0, 8)),
    ("two-ends", "zip.ambiguous-end", pack(Member("a"), comment=end(0, 0, 0))),
    ("count-high", "zip.count-mismatch", pack(Member("a"), count=3)),
    ("count-low", "zip.count-mismatch", pack(Member("a"), Member("b"), count=1)),
    ("count-huge", "zip.entries-limit", pack(Member("a"), count=60000)),
    ("multi-disk", "zip.multi-disk", pack(Member("a"), disk=1)),
    ("multi-disk-count", "zip.multi-disk", pack(Member("a"), Member("b"), here=1)),
    ("multi-disk-entry", "zip.multi-disk", pack(Member("a", disk=1))),
    ("multi-disk-64", "zip.multi-disk", pack64(Member("a"), disks=2)),
    ("central-signature", "zip.bad-signature", good.replace(b"PK\1\2", b"PK\1\3", 1)),
    ("local-signature", "zip.bad-signature", b"PK\3\5" + good[4:]),
    ("central-cut", "zip.truncated", None),
    # ZIP64
    ("zip64-locator-lost", "zip.zip64", pack64(Member("a"), forge={"at": 5})),
    ("zip64-locator-far", "zip.zip64", pack64(Member("a"), forge={"at": 2**63})),
    ("zip64-record-size", "zip.zip64", pack64(Member("a"), record_size=45)),
    ("zip64-contradicts", "zip.zip64", pack64(Member("a"), plain=(2, 0xFFFFFFFF, 0xFFFFFFFF))),
    ("zip64-count-huge", "zip.entries-limit", pack64(Member("a"), forge={"count": 2**60})),
    ("zip64-entry-absent", "zip.zip64", pack(Member("a", size=0xFFFFFFFF, packed=0xFFFFFFFF))),
    ("zip64-entry-short", "zip.zip64", pack(Member("a", size=0xFFFFFFFF, packed=0xFFFFFFFF, extra=zip64_extra(4)))),
    ("zip64-entry-twice", "zip.zip64", pack(Member("a", size=0xFFFFFFFF, packed=0xFFFFFFFF,
                                                   extra=zip64_extra(5, 5) + zip64_extra(4, 4),
                                                   local_extra=zip64_extra(4, 4)))),
    ("zip64-local-absent", "zip.zip64", pack(Member("a", size=0xFFFFFFFF, packed=0xFFFFFFFF,
                                                    extra=zip64_extra(4, 4)))),
    ("zip64-offset-far", "zip.truncated", pack(Member("a", offset=0xFFFFFFFF, extra=zip64_extra(2**64 - 20)))),
    ("zip64-size-far", "zip.truncated", pack(Member("a", size=0xFFFFFFFF, packed=0xFFFFFFFF,
                                                    extra=zip64_extra(2**33, 2**33),
                                                    local_extra=zip64_extra(2**33, 2**33)))),
    ("zip64-bytes", "zip.bytes-limit", pack(Member("a", size=0xFFFFFFFF, packed=0xFFFFFFFF,
                                                   extra=zip64_extra(2**40, 2**40), local_extra=zip64_extra(2**40, 2**40)))),
    ("zip64-bytes-wrap", "zip.bytes-limit", pack(Member("b"), Member("a", size=0xFFFFFFFF, packed=0xFFFFFFFF,
                                                                    extra=zip64_extra(2**64 - 1, 2**64 - 1)))),
    ("zip64-deflated-much", "zip.bytes-limit", pack(Member("a", method=8, size=0xFFFFFFFF, extra=zip64_extra(2**61),
                                                           local_packed=0xFFFFFFFF,
                                                           local_extra=zip64_extra(2**61, 6)))),
    # what libzip minds, too
    ("local-date", "zip.inconsistent", pack(Member("a", local_date=0x22))),
    ("extra-overruns", "zip.inconsistent", pack(Member("a", extra=struct.pack("<HH", 9, 500)))),
    # names
    ("name-empty", "zip.empty-name", pack(Member(""))),
    ("name-absolute", "zip.absolute-name", pack(Member("/etc/passwd"))),
    ("name-slip", "zip.path-escapes", pack(Member("../../evil"))),
    ("name-slip-inside", "zip.path-escapes", pack(Member("a/../../evil"))),
    ("name-slip-end", "zip.path-escapes", pack(Member("a/.."))),
    ("name-slip-folder", "zip.path-escapes", pack(Member("../", b""))),
    ("name-drive", "zip.drive-letter", pack(Member("C:/evil"))),
    ("name-drive-relative", "zip.drive-letter", pack(Member("c:evil"))),
    ("name-backslash", "zip.backslash", pack(Member("..\\..\\evil"))),
    ("name-share", "zip.backslash", pack(Member("\\\\server\\share"))),
    ("name-nul", "zip.control-character", pack(Member(b"model.json\0.txt"))),
    ("name-newline", "zip.control-character", pack(Member("a\nb"))),
    ("name-escape", "zip.control-character", pack(Member("a\x1b[2Jb"))),
    ("name-c1", "zip.control-character", pack(Member("a\u009bb"))),
    ("name-latin1", "zip.name-not-utf8", pack(Member(b"Zell\xe4rz"))),
    ("name-overlong", "zip.name-not-utf8", pack(Member(b"\xc0\xae\xc0\xae/evil"))),
    ("name-surrogate", "zip.name-not-utf8", pack(Member(b"\xed\xa0\x80"))),
    ("name-dot", "zip.name-not-normal", pack(Member("./a"))),
    ("name-double-slash", "zip.name-not-normal", pack(Member("a//b"))),
    ("name-twice", "zip.duplicate-name", pack(Member("a"), Member("b"), Member("a"))),
    ("name-twice-case", "zip.case-duplicate", pack(Member("model.json"), Member("MODEL.json"))),
    ("name-file-and-folder", "zip.file-and-folder", pack(Member("a"), Member("a-b"), Member("a/b"))),
    ("name-file-and-folder-case", "zip.file-and-folder", pack(Member("A"), Member("a/b/c"))),
    ("name-file-as-folder", "zip.file-and-folder", pack(Member("a"), Member("a/", b""))),
    ("name-unicode-field", "zip.header-mismatch",
     pack(Member("a", extra=struct.pack("<HHBI", 0x7075, 7, 1, zlib.crc32(b"a")) + b"../"[:2]))),
    # kinds
    ("link", "zip.link", pack(Member("a", b"/etc/passwd", mode=0o120777))),
    ("device", "zip.special-file", pack(Member("a", b"", mode=0o020666))),
    ("pipe", "zip.special-file", pack(Member("a", b"", mode=0o010666))),
    ("folder-by-mode", "zip.special-file", pack(Member("a", b"", mode=0o040755))),
    ("folder-with-content", "zip.folder-content", pack(Member("a/", b"content"))),
    # coding
    ("encrypted", "zip.encrypted", pack(Member("a", flags=1))),
    ("encrypted-strong", "zip.encrypted", pack(Member("a", flags=0x41))),
    ("encrypted-directory", "zip.encrypted", pack(Member("a", flags=0x2000))),
    ("method-bzip2", "zip.method", pack(Member("a", method=12))),
    ("method-zstd", "zip.method", pack(Member("a", method=93))),
    ("method-patch", "zip.method", pack(Member("a", flags=0x20))),
    # sizes
    ("stored-size-lies", "zip.size-mismatch", pack(Member("a", size=3))),
    ("bomb", "zip.ratio-limit", pack(Member("a", zeros, 8))),
    ("bomb-declared-small", "zip.size-mismatch", pack(Member("a", zeros, 8, size=100))),
    ("declared-large", "zip.size-mismatch", pack(Member("a", b"x" * 100, 8, size=101))),
    ("data-ends-early", "zip.size-mismatch", pack(Member("a", b"x" * 100, 8, payload=b"\x4b"))),
    ("data-garbage", "zip.damaged", pack(Member("a", b"x" * 100, 8, payload=b"\xff" * 20))),
    ("checksum-stored", "zip.checksum", pack(Member("a", crc=1))),
    ("checksum-deflated", "zip.checksum", pack(Member("a", b"x" * 100, 8, crc=1))),
    # local headers
    ("overlap", "zip.header-mismatch", overlapping()),
    ("overlap-inside", "zip.overlap", overlapping_partly()),
    ("local-name", "zip.header-mismatch", pack(Member("model.json", local_name=b"model.jsox"))),
    ("local-size", "zip.header-mismatch", pack(Member("a", local_size=3))),
    ("local-packed", "zip.header-mismatch", pack(Member("a", local_packed=3))),
    ("local-crc", "zip.header-mismatch", pack(Member("a", local_crc=3))),
    ("local-method", "zip.header-mismatch", pack(Member("a", local_method=8))),
    ("local-encrypted", "zip.header-mismatch", pack(Member("a", local_flags=1))),
    ("local-offset", "zip.truncated", pack(Member("a", offset=0x7FFFFFFF))),
    ("descriptor-missing", "zip.header-mismatch", pack(Member("a", flags=8))),
    ("descriptor-crc", "zip.header-mismatch", pack(Member("a", flags=8, descriptor=descriptor_bytes(descriptor, 5)))),
]


def late(name):
    if name == "prefix-adjusted":
        # As a self-extracting archive: offsets count the program in front.
        program = b"#!/bin/sh\n"
        member = Member("a")
        body = program + member.local()
        directory = member.central(len(program))
        return body + directory + end(1, len(directory), len(body))
    if name == "central-cut":
        # The name of the only entry claims to be longer than the directory.
        archive = bytearray(pack(Member("a")))
        archive[archive.index(b"PK\1\2") + 28] = 200
        return bytes(archive)
    raise KeyError(name)


def main():
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.zip"):
        old.unlink()
    lines = []
    for name, expected, content in FILES:
        content = late(name) if content is None else content
        assert len(content) < 20_000, name
        (OUT / f"{name}.zip").write_bytes(content)
        lines.append(f"{name}.zip\t{expected}\n")
    (OUT / "MANIFEST.tsv").write_text("".join(lines))


if __name__ == "__main__":
    main()
