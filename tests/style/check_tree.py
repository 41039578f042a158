#!/usr/bin/env python3
"""check_tree.py ROOT: what the tree promises about itself, as TAP.

Includes point one way, only the store knows LMDB, the command sees nidx.h alone, no function is longer than 80
lines (kernels and generated tables aside), every file begins with its name and licence, nothing is left for later.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
folders = ["common", "indexer", "query", "cli", "include", "tests", "bench", "corpora", "examples"]
files = sorted(p for f in folders for p in (root / f).rglob("*.[ch]"))
texts = {p.relative_to(root).as_posix(): p.read_text(encoding="utf-8") for p in files}
may_include = {
    "common": {"common"},
    "indexer": {"common", "indexer"},
    "query": {"common", "query"},
    "cli": {"cli"},
    "corpora": {"common", "corpora"},
    "include": set(),
}
rows = []


def row(name, bad):
    rows.append((name, bad))


def includes():
    for path, text in texts.items():
        for target in re.findall(r'^#include "([^"]+)"', text, re.M):
            yield path, target


def wrong_direction():
    for path, target in includes():
        allowed = may_include.get(path.split("/")[0])
        if allowed is not None and "/" in target and target.split("/")[0] not in allowed:
            yield f"{path} includes {target}"


def lmdb_elsewhere():
    for path, text in texts.items():
        if "#include <lmdb.h>" in text and not re.match(r"(common/(store/|base/version)|tests/)", path):
            yield path


def exempt(path, body):
    return re.search(r"(kernel|tables)", path) or "switch (" in body or re.search(r"_mm\d*_", body)


def long_functions():
    for path, text in texts.items():
        lines = text.split("\n")
        start = None
        for i, line in enumerate(lines):
            if line == "{":
                start = i
            elif line == "}" and start is not None:
                body = "\n".join(lines[start:i])
                if i - start > 80 and not exempt(path, body):
                    yield f"{path}:{start} has {i - start} lines"
                start = None


def bad_heads():
    for path, text in texts.items():
        head = text[:4000]
        if not head.startswith(f"/* {path.split('/')[-1]}: ") or "SPDX-License-Identifier: BSD-2-Clause" not in head:
            yield path


def leftovers():
    for path, text in texts.items():
        for m in re.finditer(r"\b(TODO|FIXME|XXX)\b", text):
            if "XXXXXX" not in text[m.start() - 3:m.end() + 6]:
                yield f"{path}: {m.group()}"


row("includes point one way", wrong_direction())
row("only the store includes lmdb.h", lmdb_elsewhere())
row("no function is longer than 80 lines", long_functions())
row("files begin with name, purpose and licence", bad_heads())
row("nothing is left for later", leftovers())

print(f"1..{len(rows)}")
for n, (name, bad) in enumerate(rows, 1):
    bad = list(bad)
    print(f"{'not ok' if bad else 'ok'} {n} - {name}")
    for line in bad:
        print(f"# {line}")
sys.exit(0)
