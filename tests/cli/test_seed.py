#!/usr/bin/env python3
"""test_seed.py: the first witness: a real article as scraped, with all its noise.

Each query that must find it is written down with the bytes that are lit; each that must not, without.
SPDX-License-Identifier: BSD-2-Clause
"""
from harness import Skip, equal, lit, main, shared

FOUND = {
 'Putin letter': [('title', 19, 24, 'Putin'),
                  ('title', 25, 31, 'letter'),
                  ('body', 317, 323, 'letter'),
                  ('body', 557, 562, 'Putin'),
                  ('body', 613, 619, 'letter'),
                  ('body', 908, 913, 'Putin'),
                  ('body', 996, 1002, 'letter'),
                  ('body', 1101, 1107, 'letter')],
 '"Putin letter"': [('title', 19, 24, 'Putin'), ('title', 25, 31, 'letter')],
 'putin BEFORE/3 letter': [('title', 19, 24, 'Putin'), ('title', 25, 31, 'letter')],
 'erdogan': [('body', 63, 71, 'Erdoğan')],
 '"Rand Paul"': [('title', 0, 4, 'Rand'),
                 ('title', 5, 9, 'Paul'),
                 ('body', 29, 33, 'Rand'),
                 ('body', 34, 38, 'Paul'),
                 ('body', 206, 210, 'Rand'),
                 ('body', 211, 215, 'Paul')],
 '"Rand PaulRandal"': [('body', 29, 33, 'Rand'), ('body', 34, 44, 'PaulRandal')],
 'randal': [('body', 38, 44, 'Randal')],
 'five': [('body', 361, 365, 'Five')],
 '"five takeaways"': [('body', 361, 365, 'Five'), ('body', 366, 375, 'takeaways')],
 'desantis': [('body', 392, 400, 'DeSantis')],
 '"Donald John Trump"': [('body', 344, 350, 'Donald'), ('body', 351, 355, 'John'), ('body', 356, 361, 'Trump')],
 'title:letter': [('title', 25, 31, 'letter')],
 'bi-partisan': [('body', 1402, 1412, 'bipartisan')],
 '"critical necessity of engagement"': [('body', 1747, 1755, 'critical'),
                                        ('body', 1756, 1765, 'necessity'),
                                        ('body', 1766, 1768, 'of'),
                                        ('body', 1769, 1779, 'engagement')],
 '“provided a letter of introduction”': [('body', 984, 992, 'provided'),
                                         ('body', 994, 995, 'a'),
                                         ('body', 996, 1002, 'letter'),
                                         ('body', 1003, 1005, 'of'),
                                         ('body', 1006, 1018, 'introduction')],
 'Kosachev NEAR/10 "Foreign Relations"': [('body', 1515, 1523, 'Kosachev'), ('body', 1585, 1592, 'Foreign'), ('body', 1593, 1602, 'Relations')],
 '(merkel OR putin) NEAR/3 lett*': [('title', 19, 24, 'Putin'), ('title', 25, 31, 'letter')]}
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
        equal(lit(hits[0]), expected, query)


def test_what_must_not_be_found_is_not(box):
    seed(box)
    for query in NOT_FOUND:
        equal(box.run("q", "--json", query, status=1).hits, [], query)


main()
