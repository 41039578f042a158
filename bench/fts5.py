#!/usr/bin/env python3
"""fts5.py: indexes JSON lines with SQLite FTS5 and asks a list of queries.

    fts5.py add CORPUS.jsonl INDEX.db           seconds and bytes of the index
    fts5.py search INDEX.db QUERIES.tsv         median, p99 and total for each class

FTS5 as PEERS do: porter unicode61, text stored, one transaction, WAL, synchronous=FULL, a checkpoint at the end.
Queries are lines of MODE TAB QUERY: `a b` is a union, `+a +b` an intersection, `"a b"` a phrase.
"""
import json
import os
import sqlite3
import statistics
import sys
import time


def add(corpus, path):
    for p in (path, path + "-wal", path + "-shm"):
        if os.path.exists(p):
            os.unlink(p)
    start = time.monotonic()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, title, body, tokenize='porter unicode61')")
    db.execute("BEGIN")
    with open(corpus, encoding="utf-8") as lines:
        docs = (json.loads(line) for line in lines)
        db.executemany("INSERT INTO docs VALUES (?, ?, ?)", ((d["id"], d["title"], d["body"]) for d in docs))
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    seconds = time.monotonic() - start
    start = time.monotonic()
    with open(corpus, encoding="utf-8") as lines:
        for line in lines:
            json.loads(line)
    parsing = time.monotonic() - start
    print(f"fts5 add: {seconds:.2f} s (of them {parsing:.2f} s reading JSON) {os.path.getsize(path)} bytes")


def kind(query):
    if query.startswith('"'):
        return "phrase"
    if query.startswith("+"):
        return "intersection"
    return "union" if " " in query else "term"


def match(query):
    if query.startswith('"'):
        return query
    words = [f'"{w.lstrip("+")}"' for w in query.split()]
    return (" AND " if query.startswith("+") else " OR ").join(words)


def search(path, queries):
    db = sqlite3.connect(path)
    db.execute("PRAGMA cache_size=-262144")
    db.execute("PRAGMA mmap_size=4294967296")
    times = {}
    for line in open(queries, encoding="utf-8"):
        mode, query = line.rstrip("\n").split("\t")
        if mode != "TOP_10":
            continue
        best = None
        for _ in range(2):
            start = time.perf_counter()
            db.execute("SELECT id FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT 10", (match(query),)).fetchall()
            took = time.perf_counter() - start
            best = took if best is None else min(best, took)
        times.setdefault(kind(query), []).append(best * 1e6)
    for name, values in sorted(times.items()):
        values.sort()
        print(f"fts5 TOP_10 {name}: n {len(values)} median {statistics.median(values):.1f} us "
              f"p99 {values[int(len(values) * .99)]:.0f} us total {sum(values) / 1e3:.1f} ms", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("add", "search"):
        sys.exit(__doc__)
    {"add": add, "search": search}[sys.argv[1]](sys.argv[2], sys.argv[3])
