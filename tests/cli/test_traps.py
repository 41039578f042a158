#!/usr/bin/env python3
"""test_traps.py: what other engines were seen to get wrong; the numbers are those of a list of such traps.

1 (HTML), 9 (set-up, in test_q.py and the README) and 14 (near-duplicates) are not here.
SPDX-License-Identifier: BSD-2-Clause
"""
import json
import signal
import time

from harness import contains, equal, lacks, lit, main


def test_trap_02_a_second_folder_does_not_delete_the_first(box):
    box.write("one/a.txt", "A\nneedle one\n")
    box.write("two/b.txt", "B\nneedle two\n")
    box.run("add", "-q", "one")
    box.run("add", "-q", "two")
    equal(sorted(box.names("needle")), ["a.txt", "b.txt"])


def test_trap_03_an_interrupt_loses_nothing_that_is_whole(box):
    process = box.start("add", "-")
    for i in range(2000):
        process.stdin.write(json.dumps({"id": str(i), "body": "needle"}).encode() + b"\n")
    process.stdin.flush()
    deadline = time.monotonic() + 20
    while not box.index.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    said = process.stderr.read().decode()
    equal(process.wait(30), 2)
    contains(said, "run the same command again to go on")
    lacks(said, ".c:")
    equal(box.run("q", "-c", "needle").lines, ["2000"])


def test_trap_03_a_kill_leaves_a_sound_index(box):
    box.add("a.txt", "A\nneedle\n")
    process = box.start("add", "-")
    for i in range(2000):
        process.stdin.write(json.dumps({"id": str(i), "body": "straw"}).encode() + b"\n")
    process.stdin.flush()
    time.sleep(0.3)
    process.kill()
    process.communicate()
    box.run("check", "--quiet")
    equal(box.names("needle"), ["a.txt"])


def test_trap_04_no_query_degrades_in_silence(box):
    box.add("a.txt", "Putin letter\nVladimir putin wrote a letter to Merkel.\n")
    box.add("b.txt", "Far away\nMerkel spoke. " + "Much later and far away. " * 20 + "A letter came near the end.\n")
    equal(box.names("(putin OR merkel) NEAR/5 letter"), ["a.txt"])
    equal(box.names("letter NEAR/5 putin"), ["a.txt"])
    equal(box.names("title:putin"), ["a.txt"])
    equal(box.names('"vladimir pu* wrote"'), ["a.txt"])
    run = box.run("q", "--json", "putin AND")
    contains(run.said, "AND")
    equal(len(run.hits), 1)


def test_trap_05_punctuation_is_no_error(box):
    text = "O'Brien of the U.S. and AT&T paid $1,000 to paul.randal@example.com and his co-workers."
    box.add("a.txt", f"Head\n{text}\n")
    for query in ("o'brien", "O’Brien", "U.S.", "AT&T", "$1,000", "paul.randal@example.com", "co-workers", "a)*", '"unbalanced', "(((", "randal"):
        run = box.run("q", "--json", query, status=None)
        equal(run.status in (0, 1), True, query)
        lacks(run.said, "error")
    for query in ("o'brien", "O’Brien", "U.S.", "AT&T", "$1,000", "paul.randal@example.com", "co-workers", "coworkers", "randal"):
        equal(box.names(query), ["a.txt"], query)


def test_trap_06_words_are_found_however_they_are_written(box):
    pairs = [("café", "cafe"), ("straße", "strasse"), ("O’Brien", "o'brien"), ("Ελλάδα", "ελλαδα"), ("Ёлка", "елка"), ("ﬁnance", "finance"),
             ("普京访问", "普京"), ("Erdoğan", "erdogan")]
    for i, (written, asked) in enumerate(pairs):
        box.write(f"{i}.txt", f"Head\nsome {written} here\n")
    box.run("add", "-q", ".")
    for i, (written, asked) in enumerate(pairs):
        equal(box.names(asked), [f"{i}.txt"], asked)
        equal(box.names(written), [f"{i}.txt"], written)
    box.add("us.txt", "Head\nThey told us all.\n")
    equal(box.names("U.S.", status=1), [])


def test_trap_07_what_is_skipped_is_counted_and_listed(box):
    box.write("in/long.txt", "Head\n" + "word " * 5000 + "needle\n")
    box.write("in/a.md", "# Head\n\nneedle\n")
    box.write("in/b.bin", bytes(range(256)) * 20)
    box.write("in/bad.jsonl", "not json\n")
    said = box.run("add", "in").said
    contains(said, "added 2")
    contains(said, "1 binary")
    contains(said, "1 broken")
    contains(box.run("add", "--list-skipped", "in").said, "b.bin: binary: ")
    equal(sorted(box.names("needle")), ["a.md", "long.txt"])


def test_trap_08_exit_status_tells_found_from_not_found(box):
    box.add("a.txt", "A\nneedle\n")
    box.run("q", "needle", status=0)
    run = box.run("q", "straw", status=1)
    equal(run.out, b"")
    lacks(run.said, "err")
    box.run("q", "--strict", "needle AND", status=2)


def test_trap_10_progress_does_not_spoil_pipes(box):
    box.write("x.jsonl", "".join(json.dumps({"id": str(i), "body": "needle"}) + "\n" for i in range(2000)))
    run = box.run("add", "x.jsonl")
    equal(run.out, b"")
    lacks(run.said, "\r")
    equal(len(run.said.splitlines()), 1)


def test_trap_11_counts_are_exact(box):
    box.write("x.jsonl", "".join(json.dumps({"id": str(i), "body": "needle " + ("straw" if i % 3 else "hay")}) + "\n" for i in range(1000)))
    box.run("add", "-q", "x.jsonl")
    equal(box.run("q", "--count", "needle straw").lines, ["666"])
    equal(box.run("q", "--count", "needle -straw").lines, ["334"])
    shown, _ = box.terminal("q", "-n1", "needle")
    contains(shown, "1 of 1,000")


def test_trap_12_passages_show_the_match_and_light_it_precisely(box):
    box.add("a.txt", "Head\n" + "Nothing happens here at all. " * 50 + "Then the Putin letter came. The letter was long; Putin was short.\n")
    hit = box.run("q", "--json", '"putin letter"').hits[0]
    equal([t for *_, t in lit(hit)], ["Putin", "letter"])
    contains(hit["passages"][0]["text"], "Then the Putin letter came.")


def test_trap_12_a_match_in_the_headline_alone_still_shows_text(box):
    box.add("a.txt", "Needle in a headline\nThe body says something else.\n")
    hit = box.run("q", "--json", "needle").hits[0]
    equal(hit["title_lit"], [[0, 6]])
    equal(len(hit["passages"]) > 0, True)


def test_trap_13_the_date_is_the_one_that_the_article_states(box):
    box.add("a.txt", "Letter arrives\nMOSCOW, Aug. 9, 2018 — Sen. Hallam handed a letter over.\n")
    box.write("b.jsonl", json.dumps({"id": "1", "body": "letter", "url": "https://example.org/2018/08/07/letter.html"}) + "\n")
    box.run("add", "-q", "b.jsonl")
    equal([h["date"][:10] for h in box.run("q", "--json", "--sort", "date", "letter").hits], ["2018-08-09", "2018-08-07"])
    equal(box.run("q", "-c", "letter date:2018-08").lines, ["2"])


def test_trap_15_words_cut_at_line_ends_are_found(box):
    box.add("a.txt", "Head\nThe presi-\ndent wrote a let-\nter with a soft hy\u00adphen.\n")
    for query in ("president", "letter", "hyphen", '"the president wrote"'):
        equal(box.names(query), ["a.txt"], query)


main()
