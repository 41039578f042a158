#!/usr/bin/env python3
"""test_corpora.py: questions to the articles of corpora/ in all their languages, and the article that must come first.

SPDX-License-Identifier: BSD-2-Clause
"""
import collections
import json
import os
import re
import subprocess
import sys

from harness import Skip, contains, equal, lacks, lit, main, root

corpora = root / "corpora"

FIRST = {
    # Several words, in the headline and in the text.
    "glacier lake evacuated": "glacier-lake-evacuation.txt",
    "harbor tunnel audit": "harbor-tunnel-audit.txt",
    "rate cut inflation": "bank-rate-cut.txt",
    "parrot acquitted": "court-parrot-acquittal.txt",
    "malaria vaccine children": "vaccine-trial-children.txt",
    # Singular finds plural, and the reverse.
    "trucks toll pedestrian": "harbor-tunnel-toll-protest.txt",
    "librarians late books": "library-overdue-book.md",
    "bäckerei schlange": "baeckerei-naechte.de.txt",
    "élections bonbon": "election-maitre-de-poste.fr.txt",
    "réplica sismo": "terremoto-velmora.es.txt",
    "школьник пчела": "pchely-shkolniki.ru.md",
    "kitaplar çocuk": "kutuphane-kitap.tr.md",
    "semente arroz": "sementes-arroz.pt.txt",
    "vendemmia lampada": "vendemmia-notte.it.txt",
    # Accents left out, and letters that stand for others.
    "investigacion escuelas": "investigacion-escuelas.es.txt",
    "strassenbaume": "strassenbaeume.de.md",
    "turkiye kutuphanesi": "kutuphane-kitap.tr.md",
    "елка мэрия": "elka-na-ploshchadi.ru.txt",
    "Gudrun Palsdottir tunnel": "glacier-lake-drains.txt",
    "πλοιο πιανο": "ploio-nisia.el.txt",
    # Chinese and Japanese: words, single characters, phrases.
    "地铁末班车": "ditie-mobei.zh.txt",
    "储能 矿井": "kuangjing-chuneng.zh.txt",
    "诗集": "waimai-qishi.zh.md",
    '"宇宙望遠鏡"': "bouenkyou-kagami.ja.txt",
    "パン屋 地震": "jishin-pan-ya.ja.txt",
    "夜行列車 東京": "yakan-ressha.ja.txt",
    # Arabic.
    "مكتبة السوق": "maktabat-alsuq.ar.txt",
    # Phrases, nearness, dates, fields.
    '"mostly asleep"': "bank-rate-cut.txt",
    '"talking is not agreeing" date:2018-10-24 terrorism': "lawmakers-return-visit-northwire.txt",
    '"frozen mud"': "tunnel-ground-freezing.md",
    "knight BEFORE/4 square title:dies": "obituary-ilmar-saks.txt",
    "rope NEAR/6 grid": "mine-battery-rope.txt",
    "violin NEAR/2 water": "quake-third-day.txt",
    "earthquake date:2025-04-08": "quake-third-day.txt",
    "glacier date:>=2026-09 language:fr chronique": "lettre-a-un-glacier.fr.md",
    'author:"Hana Kessler" title:orchestra': "moscow-orchestra-tour.md",
    "tags:explainers mud": "tunnel-ground-freezing.md",
    # Records of the wire, by their ids.
    "title:timeline lawmakers": "wire.jsonl#nw-1802",
    "erdbebenforscher": "wire.jsonl#nw-2513",
    "チェス 王者": "wire.jsonl#nw-2651",
    # What scraping left: run-ons, blanks that are missing, hyphens at ends of lines and within words, spoilt characters.
    '"sen edward hallam" receipts': "hallam-defends-trip.txt",
    "inés ortiz recess": "hallam-defends-trip.txt",
    '"contained it crossed"': "scraped-caps-wildfire.txt",
    "president commission showers capital": "scraped-hyphenation-rails.txt",
    "film festival noise": "scraped-mojibake-festival.txt",
    "hops cookies newsletter": "heat-table-harvest.txt",
}

NOT_FOUND = ["knight BEFORE/3 square title:dies", '"agreeing not talking"', "violin NEAR/1 water", "earthquake date:2019", "=investigacion", '"Moscow Kremlin senator"']


def indexed(box):
    box.run("add", "--quiet", corpora)


def name(hit):
    return hit["key"].rsplit("/", 1)[1]


def test_each_question_gets_its_article_first(box):
    indexed(box)
    for query, expected in FIRST.items():
        hits = box.run("q", "--json", "--limit", "3", query, status=None).hits
        equal([name(h) for h in hits][:1], [expected], f"{query} ({[name(h) for h in hits]})")


def test_what_no_article_says_is_not_found(box):
    indexed(box)
    for query in NOT_FOUND:
        equal(box.run("q", "--paths", query, status=1).lines, [], query)


def test_the_first_question_of_the_manual_finds_the_senator(box):
    indexed(box)
    for words in (["Putin letter"], ["putin", "letter"], ['"Putin letter"']):
        hits = box.run("q", "--json", *words).hits
        equal(name(hits[0]), "senator-letter-putin.txt", words)
        shown = lit(hits[0])
        for part in (("title", "Putin"), ("title", "Letter"), ("body", "Putin"), ("body", "letter")):
            contains([(field, text) for field, _, _, text in shown], part)
        lacks([name(h) for h in hits], "README.md")
        lacks([name(h) for h in hits], "CHECKSUMS")


def test_nothing_but_articles_is_indexed(box):
    indexed(box)
    keys = box.run("q", "--paths", "-n", "500", "*").lines
    equal(sorted({k[len(str(corpora)) + 1:].split("/")[0].split("#")[0] for k in keys}), ["articles", "wire.jsonl"])


def test_the_same_story_is_found_in_several_languages(box):
    indexed(box)
    names = [h["key"] for h in box.run("q", "--json", "-n", "50", "velmora").hits]
    found = {n.rsplit("/", 1)[1] for n in names}
    for n in ("quake-third-day.txt", "terremoto-velmora.es.txt", "wire.jsonl#nw-2512", "wire.jsonl#nw-2513"):
        contains(found, n)


def test_near_duplicates_of_two_agencies_stand_together(box):
    indexed(box)
    got = box.names("-n", "2", '"Konstantin Vereshchagin" round table concert')
    equal(sorted(got), ["lawmakers-return-visit-meridian.txt", "lawmakers-return-visit-northwire.txt"])


def test_every_article_states_its_date(box):
    indexed(box)
    """The date of a file, which stands in for one that is not stated, has a time."""
    hits = box.run("q", "--json", "-n", "500", "*").hits
    equal([name(h) for h in hits if "/articles/" in h["key"] and (not h["date"] or not h["date"].endswith("T00:00:00Z"))], [])


def test_checksums_are_those_of_the_files(box):
    generate = os.environ.get("GENERATE")
    if not generate:
        raise Skip("GENERATE does not name the generator")
    run = subprocess.run([sys.executable, root / "scripts/corpora-checksums", generate], check=True, capture_output=True, text=True)
    equal((corpora / "CHECKSUMS").read_text(encoding="utf-8").splitlines(), run.stdout.splitlines())


def test_the_readme_counts_the_articles(box):
    """Each row of its table of languages: | code | language | .txt | .md | wire |"""
    files = collections.Counter()
    for path in (corpora / "articles").iterdir():
        code = re.search(r"\.([a-z]{2})\.(?:txt|md)$", path.name)
        files[code[1] if code else "en", path.suffix[1:]] += 1
    for line in (corpora / "wire.jsonl").read_text(encoding="utf-8").splitlines():
        files[json.loads(line)["language"], "wire"] += 1
    rows = re.findall(r"^\| (\w\w) \| \w+ \| *(\d*) \| *(\d*) \| *(\d*) \|", (corpora / "README.md").read_text(encoding="utf-8"), re.M)
    told = collections.Counter()
    for code, *numbers in rows:
        for kind, n in zip(("txt", "md", "wire"), numbers):
            if n:
                told[code, kind] = int(n)
    equal(told, files)


main()
