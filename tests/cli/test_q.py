#!/usr/bin/env python3
"""test_q.py: nidx q: what it prints for people and for programs.

SPDX-License-Identifier: BSD-2-Clause
"""
import csv
import io
import json

from harness import contains, equal, lacks, main


def three(box):
    """Three articles of falling merit for `harbor`."""
    box.write("a.txt", "Harbor tunnel opens\nThe harbor tunnel opens. A harbor, at last.\n")
    box.write("b.txt", "Ferry news\nThe ferry leaves the harbor at noon, \"says\" Captain Mary Jones.\n")
    box.write("c.txt", "Long story\n" + "Nothing happens here at all. " * 20 + "Then a harbor appears.\n")
    box.run("add", "-q", "a.txt", "b.txt", "c.txt")


def test_with_no_index_yet_one_line_says_what_to_type(box):
    run = box.run("q", "harbor", status=2)
    equal(run.said, f"nidx: {box.index}: no index yet; `nidx add PATH...` makes one\n")
    equal(run.out, b"")


def test_a_mistyped_command_gets_a_suggestion(box):
    for typed, meant in {"serch": "q", "search": "q", "statss": "stats", "optimise": "optimize", "lst": "ls", "delete": "rm"}.items():
        contains(box.run(typed, status=2).said, f"did you mean `nidx {meant}`?")
    lacks(box.run("xyzzy", status=2).said, "did you mean")


def test_a_mistyped_option_gets_a_suggestion(box):
    contains(box.run("q", "--limt", "3", "x", status=2).said, "did you mean --limit?")


def test_options_before_the_command_are_pointed_out(box):
    contains(box.run("--limit", "3", "q", "x", status=2).said, "behind the command")


def test_words_are_joined_and_options_may_stand_behind_them(box):
    three(box)
    equal(box.run("q", "harbor", "tunnel", "-c").lines, ["1"])
    equal(box.run("q", "harbor", "-c").lines, ["3"])
    equal(len(box.run("q", "harbor", "-n", "2", "--json").hits), 2)
    equal(len(box.run("q", "harbor", "-n2", "--json").hits), 2)


def test_a_minus_before_a_word_negates_and_two_end_options(box):
    three(box)
    equal(sorted(box.names("harbor", "-ferry")), ["a.txt", "c.txt"])
    equal(sorted(box.names("--", "-ferry", "harbor")), ["a.txt", "c.txt"])
    for query in ("-ferry", "-inflation", "-letter"):
        contains(box.run("q", query, "harbor", status=2).said, "`--`")


def test_exit_status_is_that_of_grep(box):
    three(box)
    box.run("q", "harbor", status=0)
    box.run("q", "zebra", status=1)
    box.run("q", "--count", "zebra", status=1)
    box.run("q", "--index", "nowhere.nidx", "harbor", status=2)
    box.run("q", status=2)


def test_people_get_rank_headline_path_and_lit_passages(box):
    three(box)
    lines = box.run("q", "harbor tunnel").lines
    equal(lines[0], " 1  «Harbor tunnel» opens")
    contains(lines[1], str(box.path / "a.txt"))
    contains(lines[2], "The «harbor tunnel» opens.")


def test_json_gives_the_bytes_that_matched(box):
    three(box)
    hit = box.run("q", "--json", '"harbor tunnel"').hits[0]
    equal(hit["rank"], 1)
    equal(hit["key"], str(box.path / "a.txt"))
    equal(hit["title_lit"], [[0, 6], [7, 13]])
    p = hit["passages"][0]
    text = p["text"].encode()
    equal([text[a:b] for a, b in p["lit"]], [b"harbor", b"tunnel"])
    equal(hit["score"] > 0, True)


def test_errors_and_notes_are_json_with_json(box):
    equal(json.loads(box.run("q", "--json", "x", status=2).said)["what"], str(box.index))
    three(box)
    error = json.loads(box.run("q", "--json", "--strict", "harbor AND", status=2).said)
    equal((error["what"], error["code"], error["offset"]), ("query", "syntax", 7))
    contains(json.loads(box.run("q", "--json", "harbor AND").said)["note"], "AND")


def test_strict_errors_have_a_caret_under_the_place(box):
    three(box)
    lines = box.run("q", "--strict", "harbor AND", status=2).said.splitlines()
    equal(lines[1:], ["  harbor AND", "         ^"])


def test_paths_may_end_in_zero_bytes(box):
    three(box)
    keys = [str(box.path / n) for n in ("a.txt", "b.txt", "c.txt")]
    equal(sorted(box.run("q", "--paths", "harbor").lines), keys)
    equal(sorted(box.run("q", "-0", "harbor").text.split("\0")), [""] + keys)


def test_limit_and_offset_cut_the_same_order(box):
    three(box)
    whole = box.names("harbor")
    equal(box.names("--limit", "1", "harbor") + box.names("--limit", "2", "--offset", "1", "harbor"), whole)
    contains(box.run("q", "--limit", "0", "harbor", status=2).said, "--limit")
    equal(box.run("q", "--json", "--offset", "1", "harbor").hits[0]["rank"], 2)


def test_csv_is_read_back_by_a_csv_reader(box):
    three(box)
    rows = list(csv.DictReader(io.StringIO(box.run("q", "--csv", "harbor").text, newline="")))
    equal([r["rank"] for r in rows], ["1", "2", "3"])
    equal({r["key"].rsplit("/", 1)[1] for r in rows}, {"a.txt", "b.txt", "c.txt"})
    contains([r for r in rows if r["key"].endswith("b.txt")][0]["passage"], '"says"')


def test_format_fills_in_what_is_named(box):
    three(box)
    equal(box.run("q", "-n1", "--format", "{rank}|{path}|{title}|{{x}}\\t{total}", "harbor").text,
          f"1|{box.path}/a.txt|Harbor tunnel opens|{{x}}\t3\n")
    contains(box.run("q", "--format", "{rnk}", "harbor", status=2).said, "{rank}")


def test_a_value_stays_on_its_line(box):
    box.write("x.jsonl", json.dumps({"id": "1", "title": "Two\nlines", "body": "harbor"}) + "\n")
    box.run("add", "-q", "x.jsonl")
    equal(box.run("q", "--format", "{title}", "harbor").text, "Two lines\n")


def test_explain_shows_the_query_and_a_line_a_term(box):
    three(box)
    text = box.run("q", "--explain", "-n1", "harbor ferry").text
    contains(text.splitlines()[0], "query: harbor AND ferry")
    contains(text, "harbor: 1 times in")
    contains(text, "ferry: ")


def test_days_are_options(box):
    for id, date in enumerate(("2017-05-01", "2018-08-09", "2018-09-30", "2026-11-01")):
        box.write(f"{id}.jsonl", json.dumps({"id": str(id), "title": "T", "body": "harbor", "date": date}) + "\n")
    box.run("add", "-q", "--plain-ids", *(f"{id}.jsonl" for id in range(4)))
    keys = lambda *options: sorted(box.run("q", "--paths", *options, "harbor").lines)
    equal(keys("--since", "2018-09"), ["2", "3"])
    equal(keys("--until", "2018-08"), ["0", "1"])
    equal(keys("--since", "2018", "--until=2018"), ["1", "2"])
    equal(box.run("q", "harbor", "--paths", "--recent", "365").lines[0], "3")
    for option in ("--since", "--until"):
        equal(box.run("q", option, "soon", "harbor", status=2).said, "nidx: `soon` is no date; dates are 2018, 2018-08, 2018-08-08\n")
    contains(box.run("q", "--recent", "9999999", "harbor", status=2).said, "days")
    contains(box.run("q", "--recent", "soon", "harbor", status=2).said, "--recent")


def test_people_are_told_that_nothing_is_found_on_a_pipe_too(box):
    three(box)
    run = box.run("q", "zebra", status=1)
    equal((run.out, run.said), (b"", "note: no article has `zebra`\nnothing found\n"))
    run = box.run("q", "tunnel ferry", status=1)
    equal((run.out, run.said), (b"", "note: no article has both `tunnel` and `ferry`\nnothing found\n"))
    contains(box.run("q", "--nearest", "tunnel ferry", status=1).text, "«Ferry»")
    for way in ("--paths", "--count", "--json"):
        equal(box.run("q", way, "tunnel ferry", status=1).said, "")
    lacks(box.terminal("q", "tunnel ferry")[0], "nothing found")


def test_a_total_of_one_hit_is_one_number(box):
    three(box)
    contains(box.terminal("q", "-n1", "--offset", "1", "--color=never", "harbor")[0], "\n2 of 3 (")


def test_help_says_when_the_nearest_are_shown(box):
    text = box.run("q", "--help").text
    contains(text, "On a terminal the nearest articles are shown")
    contains(text, "a note about how the query is read")


def test_any_and_plain(box):
    three(box)
    equal(len(box.names("--any", "tunnel ferry")), 2)
    plain = box.run("q", "--plain", "--json", "harbor tunnel").hits[0]["score"]
    equal(plain < box.run("q", "--json", "harbor tunnel").hits[0]["score"], True)


def test_only_one_way_to_print(box):
    three(box)
    contains(box.run("q", "--json", "--csv", "harbor", status=2).said, "only one of")


def test_colour_is_for_terminals_unless_told_otherwise(box):
    three(box)
    lacks(box.run("q", "harbor").text, "\033")
    contains(box.run("q", "--color=always", "harbor").text, "\033[1;31mHarbor")
    contains(box.run("q", "harbor", env={"CLICOLOR_FORCE": "1"}).text, "\033[1;31m")
    contains(box.terminal("q", "harbor")[0], "\033[1;31m")
    lacks(box.terminal("q", "harbor", env={"NO_COLOR": "1"})[0], "\033[1;31m")
    lacks(box.terminal("q", "harbor", env={"TERM": "dumb"})[0], "\033")
    lacks(box.terminal("q", "--color=never", "harbor")[0], "\033")
    contains(box.run("q", "--color=blue", "harbor", status=2).said, "auto, always or never")


def test_a_terminal_gets_links_and_a_total(box):
    three(box)
    shown, status = box.terminal("q", "-n2", "harbor")
    contains(shown, f"\033]8;;file://{box.path}/a.txt\033\\")
    contains(shown, "1 to 2 of 3")
    contains(shown, "more: --offset 2")
    lacks(box.run("q", "--color=always", "harbor").text, "\033]8")


def test_an_article_with_an_address_links_there(box):
    box.write("x.jsonl", json.dumps({"id": "1", "title": "T", "body": "harbor", "url": "https://example.org/a b"}) + "\n")
    box.run("add", "-q", "x.jsonl")
    contains(box.terminal("q", "harbor")[0], "\033]8;;https://example.org/a%20b\033\\")


def test_a_long_answer_goes_through_the_pager_and_a_short_one_does_not(box):
    three(box)
    pager = {"PAGER": "sed s/^/PAGED:/"}
    contains(box.terminal("q", "harbor", env=pager, rows=5)[0], "PAGED:")
    lacks(box.terminal("q", "harbor", env=pager, rows=50)[0], "PAGED:")
    lacks(box.terminal("q", "--no-pager", "harbor", env=pager, rows=5)[0], "PAGED:")
    lacks(box.run("q", "harbor", env=pager).text, "PAGED:")


def test_a_pager_that_is_missing_is_no_loss(box):
    three(box)
    contains(box.terminal("q", "harbor", env={"PAGER": "no-such-pager"}, rows=5)[0], "tunnel")


def test_lines_fit_the_terminal(box):
    three(box)
    for columns in (40, 120):
        shown, _ = box.terminal("q", "--color=never", "happens", columns=columns)
        body = [line for line in shown.splitlines() if str(box.path) not in line and " of " not in line]
        equal(max(map(len, body)) <= columns, True, body)
        equal(max(map(len, body)) > columns - 20, True, body)


def test_articles_cannot_command_the_terminal(box):
    box.add("evil.txt", b"Evil \x1b]0;owned\x07 title\nharbor \x1b[2J\x9b31m text\n")
    shown, _ = box.terminal("q", "--color=never", "harbor")
    lacks(shown, "\033")
    lacks(shown, "\x07")


def test_the_version_names_its_parts(box):
    text = box.run("--version").text
    for part in ("nidx ", "LMDB 0.9", "Snowball", "Unicode 1", "zstd "):
        contains(text, part)


def test_help_knows_commands_and_topics(box):
    contains(box.run("help").text, "topics")
    contains(box.run("help", "query").text, "NEAR/5")
    equal(box.run("help", "q").text, box.run("q", "--help").text)
    contains(box.run("help", "queri", status=2).said, "did you mean `nidx help query`?")
    contains(box.run(status=2).said, "usage: nidx COMMAND")


main()
