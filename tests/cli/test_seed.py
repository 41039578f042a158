"""test_seed.py: the first witness: a real article as scraped, with all its noise.

Each query that must find it is written down with the bytes that are lit; each that must not, without.
SPDX-License-Identifier: BSD-2-Clause
"""
from harness import Skip, equal, lit, main, shared

FOUND = {
    "Putin letter": None,
    '"Putin letter"': None,
    "putin BEFORE/3 letter": None,
    "erdogan": None,
    '"Rand Paul"': None,
    '"Rand PaulRandal"': None,
    "randal": None,
    "five": None,
    '"five takeaways"': None,
    "desantis": None,
    '"Donald John Trump"': None,
    "title:letter": None,
    "bi-partisan": None,
    '"critical necessity of engagement"': None,
    "“provided a letter of introduction”": None,
    'Kosachev NEAR/10 "Foreign Relations"': None,
    "(merkel OR putin) NEAR/3 lett*": None,
}
NOT_FOUND = ['"letter Putin"', '"Putin letter from Moscow"', '"Trump Five"', 'Kosachev NEAR/9 "Foreign Relations"', "title:gorbachev"]


def seed(box):
    article = shared / "seed/putin-letter.txt"
    if not article.exists():
        raise Skip("../shared is not there")
    box.run("add", "--quiet", article)


def test_what_must_be_found_is_found_and_lit(box):
    seed(box)
    for query, expected in FOUND.items():
        hits = box.run("q", "--json", query, status=None).hits
        equal(len(hits), 1, query)
        if expected is not None:
            equal(lit(hits[0]), expected, query)


def test_what_must_not_be_found_is_not(box):
    seed(box)
    for query in NOT_FOUND:
        equal(box.run("q", "--json", query, status=1).hits, [], query)


main()
