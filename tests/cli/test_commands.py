#!/usr/bin/env python3
"""test_commands.py: the subcommands beside add and q.

SPDX-License-Identifier: BSD-2-Clause
"""
import json
import os
import shutil
import subprocess
import time

from harness import Skip, contains, equal, lacks, main, nidx


def record(id, title, body, **more):
    return json.dumps({"id": id, "title": title, "body": body, **more})


RECORDS = [
    record("1", "Harbor tunnel opens", "The harbor tunnel opens. A harbor, at last, for ferries.", date="2018-08-09", tags=["city", "sea"],
           author="Mary Jones", url="https://example.org/1", source="Gazette"),
    record("2", "Ferry news", "The ferry leaves the harbor at noon, says Captain Jones.", date="2018-08-20"),
    record("3", "Glacier melts", "Ice and snow on the glacier of Erdoğan.", date="2018-10-01T12:30:00Z"),
    record("4", "Undated", "A glacier without a date."),
]


def four(box):
    """Four articles, whose ids are their keys."""
    box.write("x.jsonl", "\n".join(RECORDS) + "\n")
    box.run("add", "-q", "--plain-ids", "x.jsonl")


def test_rm_removes_and_says_what_is_not_there(box):
    four(box)
    contains(box.run("rm", "1").said, "removed 1 of 1")
    run = box.run("rm", "2", "nowhere", status=1)
    contains(run.said, "nidx: nowhere: no such article")
    contains(run.said, "removed 1 of 2")
    equal(box.run("ls").lines, ["3", "4"])
    box.run("check", "--quiet")


def test_rm_takes_the_path_of_a_file_and_leaves_the_file(box):
    path = box.add("a.txt", "A\nneedle\n")
    box.run("rm", "a.txt")
    equal(path.exists(), True)
    box.run("ls", status=1)


def test_show_prints_what_is_stored(box):
    four(box)
    text = box.run("show", "1").text
    for part in ("key: 1\n", "date: 2018-08-09\n", "title: Harbor tunnel opens\n", "author: Mary Jones\n", "tags: city\ntags: sea\n",
                 "\nThe harbor tunnel opens. A harbor, at last, for ferries.\n"):
        contains(text, part)
    got = json.loads(box.run("show", "--json", "1").text)
    equal({k: got[k] for k in ("key", "date", "tags", "author", "source")},
          {"key": "1", "date": "2018-08-09T00:00:00Z", "tags": ["city", "sea"], "author": "Mary Jones", "source": "Gazette"})
    contains(box.run("show", "nowhere", status=1).said, "nidx: nowhere: no such article")


def test_show_lights_what_a_query_finds(box):
    four(box)
    text = box.run("show", "--query", '"harbor tunnel" OR last', "1").text
    contains(text, "title: «Harbor» «tunnel» opens\n")
    contains(text, "The «harbor» «tunnel» opens. A harbor, at «last», for")
    contains(box.run("show", "--color=always", "--query", "last", "1").text, "\033[1;31mlast\033[0m")
    lacks(box.run("show", "--query", "glacier", "1").text, "«")


def test_show_lights_every_place_of_a_long_article(box):
    box.add("long.txt", "Head\n" + ("Nothing happens here at all. " * 30 + "A needle lies here. ") * 50)
    equal(box.run("show", "--query", "needle", "long.txt").text.count("«needle»"), 50)


def test_ls_lists_by_prefix_and_limit(box):
    box.add("sub/a.txt", "A\nneedle\n")
    box.add("sub/b.txt", "B\nneedle\n")
    box.add("c.txt", "C\nneedle\n")
    keys = [f"{box.path}/{n}" for n in ("c.txt", "sub/a.txt", "sub/b.txt")]
    equal(box.run("ls").lines, keys)
    equal(box.run("ls", "-n", "1").lines, keys[:1])
    equal(box.run("ls", f"{box.path}/sub").lines, keys[1:])
    equal(box.run("ls", "sub").lines, keys[1:])
    equal(box.run("ls", "-0", "sub").text, "".join(k + "\0" for k in keys[1:]))
    equal(json.loads(box.run("ls", "--json", "c.txt").text), {"key": keys[0]})
    box.run("ls", "/nowhere", status=1)


def test_stats_add_up(box):
    four(box)
    box.run("rm", "1")
    s = json.loads(box.run("stats", "--json").text)
    equal((s["documents"], s["deleted"]), (3, 1))
    equal(s["bytes"] <= os.stat(box.index).st_size, True)
    equal(sum(s["parts"].values()) + s["free_bytes"] + s["tree_bytes"] <= s["bytes"] + 100000, True, s)
    equal(all(s["parts"][p] > 0 for p in ("dictionary", "keys", "columns", "text")), True, s)
    equal(s["text_bytes"] > 100, True)
    contains(box.run("stats").text, "(and 1 deleted ones")


def test_stats_name_who_reads(box):
    """A search whose output nobody takes keeps its snapshot."""
    box.write("x.jsonl", "".join(record(str(i), "T", "needle " * 50) + "\n" for i in range(3000)))
    box.run("add", "-q", "x.jsonl")
    reader = subprocess.Popen([nidx, "export"], stdout=subprocess.PIPE, env=box.env)
    reader.stdout.read(1)
    deadline = time.monotonic() + 20
    pids = []
    while reader.pid not in pids and time.monotonic() < deadline:
        pids = [r["pid"] for r in json.loads(box.run("stats", "--json").text)["readers"]]
    contains(box.run("stats").text, f"process {reader.pid} reads commit")
    reader.kill()
    reader.communicate()
    equal(reader.pid in pids, True)


def test_check_optimize_and_compact_say_what_they_did(box):
    for i in range(4):
        box.write(f"x{i}.jsonl", "".join(record(f"{i}.{k}", "T", f"needle w{i * k}") + "\n" for k in range(500)))
        box.run("add", "-q", f"x{i}.jsonl")
    contains(box.run("check").text, "is sound")
    box.run("rm", *box.run("ls", "-n", "300").lines)
    box.run("optimize")
    s = json.loads(box.run("stats", "--json").text)
    equal((s["segments"], s["deleted"], s["documents"]), (1, 0, 1700))
    before = os.stat(box.index).st_size
    contains(box.run("compact").said, "saved")
    equal(os.stat(box.index).st_size <= before, True)
    equal(box.run("q", "-c", "needle").lines, ["1700"])
    box.run("check", "--quiet")


def test_terms_have_frequencies(box):
    four(box)
    rows = [json.loads(x) for x in box.run("terms", "--json", "harb").lines]
    equal(rows, [{"word": "harbor", "documents": 2, "occurrences": 4}])
    equal([json.loads(x)["word"] for x in box.run("terms", "--json", "ERDOGAN").lines], ["erdoğan"])
    words = [line.split()[-1] for line in box.run("terms").lines[1:]]
    equal("glacier" in words and "melts" in words, True, words)
    equal(len(box.run("terms", "-n", "2").lines), 3)
    box.run("terms", "zzz", status=1)


def test_suggest_gives_the_most_frequent_first(box):
    four(box)
    equal(box.run("suggest", "th").lines[0], "the")
    equal(box.run("suggest", "gl").lines, ["glacier"])
    equal(len(box.run("suggest", "-n", "1", "h").lines), 1)
    box.run("suggest", "zzz", status=1)


def test_explain_says_why(box):
    four(box)
    text = box.run("explain", "harbor", "tunnel", "1").text
    contains(text, "It is found:")
    contains(text, "harbor: ")
    hit = box.run("q", "--json", "harbor tunnel").hits[0]
    equal(json.loads(box.run("explain", "--json", "harbor tunnel", "1").text)["score"], hit["score"])


def test_explain_says_why_not(box):
    four(box)
    text = box.run("explain", "harbor date:2019 -ferry (snow OR ice)", "2", status=1).text
    contains(text, "It is not found:")
    for line in ("it has:                   harbor", "it lacks:                 date:2019", "it has what is excluded:  ferry", "it lacks:                 snow OR ice"):
        contains(text, line)
    contains(box.run("explain", "--why-not", "harbor -snow", "1").text, "it lacks, as it should:   snow")
    contains(box.run("explain", "harbor unheardof", "1", status=1).text, "it lacks:                 unheardof")
    contains(box.run("explain", "harbor", "nowhere", status=2).said, "no such article")


def test_similar_finds_its_like_and_not_itself(box):
    four(box)
    equal([h["key"] for h in box.run("similar", "--json", "1").hits][0], "2")
    equal("1" in box.run("similar", "--paths", "1").lines, False)
    equal(box.run("similar", "--paths", "-n", "1", "3").lines, ["4"])
    contains(box.run("similar", "--explain", "3").said, "query: ")
    box.run("similar", "nowhere", status=2)


def test_timeline_counts_by_month_and_year(box):
    four(box)
    rows = [json.loads(x) for x in box.run("timeline", "--json", "*").lines]
    equal(rows, [{"month": "2018-08", "count": 2}, {"month": "2018-09", "count": 0}, {"month": "2018-10", "count": 1}, {"month": None, "count": 1}])
    equal([json.loads(x) for x in box.run("timeline", "--json", "--by", "year", "harbor").lines], [{"year": "2018", "count": 2}])
    equal(box.run("timeline", "harbor").text.split()[:2], ["2018-08", "2"])
    box.run("timeline", "zebra", status=1)
    contains(box.run("timeline", "--by", "week", "x", status=2).said, "year, month or day")


def test_timeline_shortens_what_is_empty_for_people(box):
    box.write("x.jsonl", record("1", "T", "needle", date="2018-01-05") + "\n" + record("2", "T", "needle", date="2018-09-05") + "\n")
    box.run("add", "-q", "x.jsonl")
    equal([line.split()[0] for line in box.run("timeline", "needle").lines], ["2018-01", "...", "2018-09"])
    equal(len(box.run("timeline", "--json", "needle").lines), 9)


def test_sort_by_date(box):
    four(box)
    equal([h["key"] for h in box.run("q", "--json", "--sort", "date", "*").hits], ["3", "2", "1", "4"])
    equal([h["key"] for h in box.run("q", "--json", "--sort", "oldest", "*").hits], ["1", "2", "3", "4"])
    equal([h["key"] for h in box.run("q", "--json", "--sort", "date", "-n1", "harbor").hits], ["2"])
    both = {h["key"]: h["score"] for h in box.run("q", "--json", "harbor").hits}
    equal({h["key"]: h["score"] for h in box.run("q", "--json", "--sort", "date", "harbor").hits}, both)
    contains(box.run("q", "--sort", "size", "x", status=2).said, "score, date or oldest")


def test_export_is_read_back_as_the_same_index(box):
    four(box)
    box.add("a.txt", "A file\nneedle \"quoted\" \\ back\n\nsecond paragraph é\n")
    lines = box.run("export").out
    box.run("add", "-q", "-i", "copy.nidx", "--plain-ids", "-", stdin=lines)
    equal(box.run("export", "-i", "copy.nidx").out, lines)
    for query in ("harbor", "needle", "*", "author:jones", "tags:sea", "date:2018-08"):
        equal(box.run("q", "--json", "-i", "copy.nidx", query, status=None).out, box.run("q", "--json", query, status=None).out, query)
    equal(len(box.run("export", "1").lines), 1)


def test_eval_measures_by_hand_computed_figures(box):
    """Topic a: ranks 1 and 3 of two relevant; topic b: none found."""
    run = ["a Q0 d1 1 3.0 x", "a Q0 d2 2 2.0 x", "a Q0 d3 3 1.0 x", "b Q0 d9 1 1.0 x"]
    box.write("run.txt", "\n".join(run) + "\n")
    box.write("topics.tsv", "a\tfirst\nb\tsecond\nc\tnot judged\n")
    box.write("qrels.txt", "a 0 d1 1\na 0 d3 1\na 0 d2 0\nb 0 d1 1\n")
    got = json.loads(box.run("eval", "--json", "--read", "run.txt", "topics.tsv", "qrels.txt").text)
    equal(got["topics"], 2)
    equal(got["MAP"]["mean"], round((1 + 2 / 3) / 2 / 2, 4))
    equal(got["nDCG@10"]["mean"], round((1 + 1 / 2) / (1 + 1 / 1.5849625) / 2, 4))
    equal(got["P@10"]["mean"], 0.1)
    equal(got["R@1000"]["mean"], 0.5)
    equal(got["MAP"]["low"] <= got["MAP"]["mean"] <= got["MAP"]["high"], True)


def test_eval_orders_equal_scores_as_trec_eval_does(box):
    """By document, falling: d3 (gain 1), d2, d1 (gain 2), whatever the order of the lines."""
    box.write("run.txt", "".join(f"a Q0 {d} {n} 5.0 x\n" for n, d in enumerate(("d1", "d3", "d2"), 1)))
    box.write("topics.tsv", "a\tfirst\n")
    box.write("qrels.txt", "a 0 d1 2\na 0 d3 1\na 0 dX 3\n")
    got = json.loads(box.run("eval", "--json", "--read", "run.txt", "topics.tsv", "qrels.txt").text)
    equal(got["MAP"]["mean"], round((1 + 2 / 3) / 3, 4))
    equal(got["nDCG@10"]["mean"], round((1 + 2 / 2) / (3 + 2 / 1.5849625 + 1 / 2), 4))


def test_eval_asks_the_index_and_its_run_measures_the_same(box):
    four(box)
    box.write("topics.txt", "<top>\n<num> Number: 7\n<title> Harbor AND ferry?\n</top>\n<top>\n<num> 8 </num>\n<title>\nglacier (ice\n</top>\n")
    box.write("qrels.txt", "7 0 2 1\n8 0 3 2\n8 0 4 1\n")
    text = box.run("eval", "--json", "--run", "run.txt", "topics.txt", "qrels.txt").text
    again = box.run("eval", "--json", "--read", "run.txt", "topics.txt", "qrels.txt").text
    a, b = json.loads(text), json.loads(again)
    a.pop("settings"), b.pop("settings")
    equal(a, b)
    equal(a["R@1000"]["mean"], 1.0)


def test_eval_compares_two_settings_query_by_query(box):
    four(box)
    box.write("topics.tsv", "7\tharbor ferry\n8\tglacier\n")
    box.write("qrels.txt", "7 0 2 1\n8 0 3 1\n")
    text = box.run("eval", "--versus", "plain,k1=0.9,b=0", "--per-query", "topics.tsv", "qrels.txt").text
    contains(text, "difference, the second less the first")
    contains(text, "plain,k1=0.9,b=0 (2 topics)")
    contains(text, "better")
    contains(box.run("eval", "--settings", "fast", "topics.tsv", "qrels.txt", status=2).said, "settings are")


def test_eval_says_what_is_wrong_with_its_files(box):
    four(box)
    box.write("topics.tsv", "no tab here\n")
    box.write("good.tsv", "7\tharbor\n")
    box.write("qrels.txt", "7 0 2\n")
    box.write("other.txt", "9 0 2 1\n")
    contains(box.run("eval", "topics.tsv", "qrels.txt", status=2).said, "topics.tsv: line 1: ")
    contains(box.run("eval", "good.tsv", "qrels.txt", status=2).said, "qrels.txt: line 1: ")
    contains(box.run("eval", "good.tsv", "other.txt", status=2).said, "no topic is judged")
    contains(box.run("eval", "nowhere", "qrels.txt", status=2).said, "nidx: nowhere: No such file")


def test_completion_knows_commands_and_options(box):
    script = box.run("completion", "bash").out
    bash = shutil.which("bash")
    if not bash:
        raise Skip("no bash")
    ask = script + b"\nCOMP_WORDS=(nidx %s); COMP_CWORD=%d; _nidx; echo ${COMPREPLY[@]}\n"
    env = {**box.env, "PATH": os.path.dirname(nidx) + ":" + box.env["PATH"]}

    def complete(words, n):
        return subprocess.run([bash, "--norc"], input=ask % (words, n), capture_output=True, env=env).stdout.decode().split()
    equal(complete(b"sta", 1), ["stats"])
    equal(complete(b"q --lim", 2), ["--limit"])
    for shell in ("zsh", "fish"):
        contains(box.run("completion", shell).text, "--list-options")
    contains(box.run("completion", "tcsh", status=2).said, "bash, zsh or fish")


def test_an_operand_too_many_is_an_error(box):
    four(box)
    for words in ("stats wiki", "check wiki", "optimize wiki", "compact wiki"):
        equal(box.run(*words.split(), status=2).said, "nidx: wiki: no operand is expected here\n")
    for words in ("suggest a b", "terms a b", "similar 1 b", "completion bash b", "ls a b", "help q b", "export a b"):
        equal(box.run(*words.split(), status=2).said, "nidx: b: at most one operand is expected here\n")
    contains(box.run("eval", "a", "b", "c", status=2).said, "nidx: c: at most two operands are expected here")
    equal(box.run("stats", "x.nidx", status=2).said, "nidx: x.nidx: no operand is expected here (the index is named with --index)\n")
    contains(box.run("terms", "x.nidx", "b", status=2).said, "(the index is named with --index)")


def test_nothing_found_is_said(box):
    four(box)
    for words in ("terms zzqq", "timeline zzqq", "suggest zzqqq", "ls nosuch", "export nosuch"):
        run = box.run(*words.split(), status=1)
        equal((run.out, run.said), (b"", "nothing found\n"), words)
    for name in ("terms", "timeline", "suggest", "ls"):
        equal(box.run(name, "--json", "zzqqq", status=1).said, "")


def test_optimize_says_what_it_did(box):
    for i in range(3):
        box.write(f"x{i}.jsonl", record(str(i), "T", "needle") + "\n")
        box.run("add", "-q", "--plain-ids", f"x{i}.jsonl")
    said = box.run("optimize").said
    contains(said, "merged 3 segments into 1; ")
    contains(said, "B free, `nidx compact` gives it back\n")
    contains(box.run("optimize").said, "nothing to merge")
    box.run("rm", "1")
    contains(box.run("optimize").said, "merged 1 segment into 1")
    equal(box.run("optimize", "--quiet").said, "")


def test_help_says_what_surprises(box):
    contains(box.run("rm", "--help").text, "The next `nidx add` of the same folder brings")
    contains(box.run("add", "--help").text, "else its modification time")
    contains(box.run("export", "--help").text, "zstdcat backup.jsonl.zst | nidx add --plain-ids -")
    for part in ("columns", "other", "tree pages", "free pages"):
        contains(box.run("stats", "--manual").text, f".Pp\n{part}: ")
    four(box)
    contains(box.run("stats").text, " terms and forms, summed over segments\n")


def test_every_command_has_help_with_examples(box):
    names = [line.split("\t")[0] for line in box.run("help", "--list-commands").lines]
    equal(len(names) > 15, True)
    for name in names:
        text = box.run(name, "--help").text
        contains(text, f"usage: nidx {name}")
        contains(text, f"examples:\n    ")
        equal(max(map(len, text.splitlines())) <= 110, True, text)


main()
