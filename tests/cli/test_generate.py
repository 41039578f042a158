#!/usr/bin/env python3
"""test_generate.py: corpora/generate: synthetic collections, the same every time.

SPDX-License-Identifier: BSD-2-Clause
"""
import collections
import json
import os
import re
import subprocess

from harness import Skip, contains, equal, main

WORD = re.compile(r"\w+")


def generate(*args, status=0, stdout=subprocess.PIPE):
    program = os.environ.get("GENERATE")
    if not program:
        raise Skip("GENERATE does not name the generator")
    done = subprocess.run([program, *map(str, args)], stdout=stdout, stderr=subprocess.PIPE, timeout=60)
    equal(done.returncode, status, done.stderr)
    return done


def articles(*args):
    return [json.loads(line) for line in generate(*args).stdout.splitlines()]


def test_a_larger_collection_begins_as_a_smaller_one_does(box):
    small = generate("--docs", 50, "--seed", 3).stdout
    equal(generate("--docs", 120, "--seed", 3).stdout[:len(small)], small)


def test_another_seed_is_another_collection(box):
    equal({a["title"] for a in articles("--docs", 50, "--seed", 3)} & {a["title"] for a in articles("--docs", 50, "--seed", 4)}, set())


def test_files_hold_what_lines_hold(box):
    generate("--docs", 1001, "--txt", box.path / "out")
    files = sorted((box.path / "out").rglob("*.txt"))
    equal([files[0].relative_to(box.path).as_posix(), files[-1].relative_to(box.path).as_posix(), len(files)], ["out/000/000000.txt", "out/001/001000.txt", 1001])
    a = articles("--docs", 8)[7]
    equal(files[7].read_text(encoding="utf-8"), f"{a['title']}\nPublished: {a['date']}\n\n{a['body']}\n")


def test_records_have_all_fields_and_dates_of_25_years(box):
    some = articles("--docs", 300)
    equal(set(some[0]), {"id", "title", "body", "date", "author", "source", "language", "tags"})
    equal(len({a["id"] for a in some}), 300)
    years = {int(a["date"][:4]) for a in some}
    equal((min(years) >= 2000, max(years) <= 2024, len(years) > 20), (True, True, True), years)


def test_words_are_as_frequent_as_in_texts(box):
    """Loose bounds: a tenth of the words are new at any size, and those that come once come again more often than chance has it."""
    total, held, again = collections.Counter(), collections.Counter(), collections.Counter()
    some = articles("--docs", 2000)
    for a in some:
        words = collections.Counter(WORD.findall(a["body"].lower()))
        total.update(words)
        held.update(words.keys())
        again.update(w for w, n in words.items() if n > 1)
    n = sum(total.values())
    common = total.most_common()
    equal(common[0][0], "the")
    equal(0.03 < common[0][1] / n < 0.08, True, common[0])
    equal(0.04 < len(total) / n < 0.12, True, len(total) / n)
    equal(5 < common[99][1] / common[999][1] < 15, True, (common[99], common[999]))
    rare = [w for w, k in held.items() if 4 <= k <= 12]
    equal(sum(again[w] for w in rare) / sum(held[w] for w in rare) > 0.1, True)


def test_headlines_are_made_of_the_article(box):
    some = articles("--docs", 200)
    shares = []
    for a in some:
        body = {w[:5] for w in WORD.findall(a["body"].lower())}
        title = [w[:5] for w in WORD.findall(a["title"].lower())]
        shares.append(sum(w in body for w in title) / len(title))
    equal(sum(shares) / len(shares) > 0.85, True, sum(shares) / len(shares))


def test_an_index_finds_what_was_generated(box):
    box.write("some.jsonl", generate("--docs", 400).stdout)
    box.run("add", "--quiet", "some.jsonl")
    equal(box.run("q", "--count", "*").lines, ["400"])
    for a in articles("--docs", 40)[10:40:10]:
        sentence = re.sub(r"[^\w ’]", " ", a["body"].split(".")[0])
        keys = [h["key"] for h in box.run("q", "--json", f'"{sentence}"').hits]
        contains([k.rsplit("#", 1)[1] for k in keys], a["id"])


def test_wrong_options_and_full_disks_are_said(box):
    for args in ((), ("--docs",), ("--docs", "x"), ("--docs", "-1"), ("--seed", "1"), ("--docs", "1", "--bad", "2"), ("--docs", "9" * 30)):
        contains(generate(*args, status=2).stderr.decode(), "usage: generate")
    with open("/dev/full", "wb") as full:
        contains(generate("--docs", 50, status=2, stdout=full).stderr.decode(), "No space left")
    box.write("taken", "a file")
    contains(generate("--docs", 1, "--txt", box.path / "taken", status=2).stderr.decode(), "taken")


main()
