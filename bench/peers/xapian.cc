// xapian.cc: Xapian as a peer of bench/compare.
//
//   peer-xapian index CORPUS.jsonl DIR [unmerged]
//   peer-xapian query DIR QUERIES.tsv SECONDS
//   peer-xapian one DIR QUERY
//
// Stem("en"), STEM_ALL, positions, text as document data; merged: compacted.
// SPDX-License-Identifier: BSD-2-Clause
#include <xapian.h>

#include <cstdio>
#include <cstring>
#include <sstream>
#include <string>

#include "peer.h"

namespace {

struct Indexing {
    Xapian::WritableDatabase db;
    Xapian::TermGenerator generator;
};

void add(void *context, const peer_article *a)
{
    auto *in = static_cast<Indexing *>(context);
    Xapian::Document doc;
    const std::string title(a->title, a->title_len), body(a->body, a->body_len);

    in->generator.set_document(doc);
    in->generator.set_termpos(0);
    in->generator.index_text(title);
    in->generator.index_text(body);
    doc.set_data(std::string(a->id, a->id_len) + "\n" + title + "\n" + body);
    in->db.add_document(doc);
}

int index_corpus(const char *corpus, const std::string &path, bool merge)
{
    const std::string work = merge ? path + ".work" : path;
    {
        Indexing in{Xapian::WritableDatabase(work, Xapian::DB_CREATE_OR_OVERWRITE), {}};
        in.generator.set_stemmer(Xapian::Stem("en"));
        in.generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
        if (peer_read_articles(corpus, add, &in))
            return 2;
        in.db.commit();
    }
    if (merge)
        Xapian::Database(work).compact(path);
    return 0;
}

struct Asking {
    Xapian::Database db;
    Xapian::Stem stem{"en"};
};

Xapian::Query translate(Asking *a, const char *text)
{
    std::vector<Xapian::Query> words;
    std::string word, all(text);
    const auto op = text[0] == '"'   ? Xapian::Query::OP_PHRASE
                    : text[0] == '+' ? Xapian::Query::OP_AND
                                     : Xapian::Query::OP_OR;
    for (char &c : all)
        if (c == '"' || c == '+')
            c = ' ';
    std::istringstream in(all);
    while (in >> word)
        words.push_back(Xapian::Query(a->stem(word)));
    return Xapian::Query(op, words.begin(), words.end());
}

void ask(void *context, const char *mode, const char *text, peer_answer *answer)
{
    auto *a = static_cast<Asking *>(context);
    Xapian::Enquire enquire(a->db);
    const bool count = strcmp(mode, "TOP_10") != 0;

    enquire.set_query(translate(a, text));
    enquire.set_docid_order(Xapian::Enquire::DONT_CARE);
    if (strcmp(mode, "COUNT") == 0) {
        enquire.set_weighting_scheme(Xapian::BoolWeight());
        answer->count = enquire.get_mset(0, 0, a->db.get_doccount()).get_matches_estimated();
        return;
    }
    Xapian::MSet hits = enquire.get_mset(0, 10, count ? a->db.get_doccount() : 0);
    if (count)
        answer->count = hits.get_matches_estimated();
    if (!answer->keep)
        return;
    for (auto i = hits.begin(); i != hits.end(); ++i) {
        const std::string data = i.get_document().get_data();
        peer_answer_id(answer, data.substr(0, data.find('\n')).c_str());
    }
}

}  // namespace

int main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "index") == 0)
        return index_corpus(argv[2], argv[3], argc < 5 || strcmp(argv[4], "unmerged") != 0);
    if (argc < 4)
        return 2;
    Asking a{Xapian::Database(argv[2])};
    return peer_answer_main(argc, argv, ask, &a);
}
