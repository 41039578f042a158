/* fts5.c: SQLite FTS5 as a peer of bench/compare.
 *
 *   peer-fts5 index CORPUS.jsonl FILE [unmerged]
 *   peer-fts5 query FILE QUERIES.tsv SECONDS
 *   peer-fts5 one FILE QUERY
 *
 * porter unicode61, text stored; one transaction, WAL, synchronous=FULL, a
 * checkpoint at the end; merged: 'optimize' and VACUUM.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

static sqlite3 *db;

static void sql(const char *text)
{
    char *message = NULL;

    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "peer-fts5: %s: %s\n", text, message);
        exit(2);
    }
}

static sqlite3_stmt *prepare(const char *text)
{
    sqlite3_stmt *s = NULL;

    if (sqlite3_prepare_v2(db, text, -1, &s, NULL) != SQLITE_OK) {
        fprintf(stderr, "peer-fts5: %s: %s\n", text, sqlite3_errmsg(db));
        exit(2);
    }
    return s;
}

static void add(void *context, const struct peer_article *a)
{
    sqlite3_stmt *insert = context;

    sqlite3_bind_text(insert, 1, a->id, (int)a->id_len, SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, a->title, (int)a->title_len, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, a->body, (int)a->body_len, SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE)
        exit(2);
    sqlite3_reset(insert);
}

static int index_corpus(const char *corpus, const char *path, int merge)
{
    sqlite3_open(path, &db);
    sql("PRAGMA journal_mode=WAL");
    sql("PRAGMA synchronous=FULL");
    sql("CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, title, body, "
        "tokenize='porter unicode61')");
    sql("BEGIN");
    sqlite3_stmt *insert = prepare("INSERT INTO docs VALUES (?, ?, ?)");
    const int status = peer_read_articles(corpus, add, insert);
    sqlite3_finalize(insert);
    sql("COMMIT");
    if (merge) {
        sql("INSERT INTO docs(docs) VALUES ('optimize')");
        sql("VACUUM");
    }
    sql("PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
    return status;
}

/** The game's query in FTS5's language. */
static void translate(const char *query, char *out, size_t cap)
{
    const char *glue = query[0] == '+' ? " AND " : " OR ";
    size_t n = 0;

    if (query[0] == '"') {
        snprintf(out, cap, "%s", query);
        return;
    }
    while (*query) {
        while (*query == ' ' || *query == '+')
            query++;
        const size_t len = strcspn(query, " ");
        if (len == 0)
            break;
        n += (size_t)snprintf(out + n, cap - n, "%s\"%.*s\"", n ? glue : "",
                              (int)len, query);
        query += len;
    }
}

struct statements {
    sqlite3_stmt *top, *count;
};

static void ask(void *context, const char *mode, const char *query,
                struct peer_answer *answer)
{
    const struct statements *s = context;
    char text[4096];

    translate(query, text, sizeof(text));
    if (strcmp(mode, "COUNT") != 0) {
        sqlite3_bind_text(s->top, 1, text, -1, SQLITE_STATIC);
        while (sqlite3_step(s->top) == SQLITE_ROW)
            peer_answer_id(answer,
                           (const char *)sqlite3_column_text(s->top, 0));
        sqlite3_reset(s->top);
    }
    if (strcmp(mode, "TOP_10") != 0) {
        sqlite3_bind_text(s->count, 1, text, -1, SQLITE_STATIC);
        if (sqlite3_step(s->count) == SQLITE_ROW)
            answer->count = (unsigned long long)sqlite3_column_int64(s->count, 0);
        sqlite3_reset(s->count);
    }
}

int main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "index") == 0)
        return index_corpus(argv[2], argv[3],
                            argc < 5 || strcmp(argv[4], "unmerged") != 0);
    if (argc < 4)
        return 2;
    sqlite3_open(argv[2], &db);
    sql("PRAGMA cache_size=-262144");
    sql("PRAGMA mmap_size=4294967296");
    struct statements s = {
        prepare("SELECT id FROM docs WHERE docs MATCH ? ORDER BY rank "
                "LIMIT 10"),
        prepare("SELECT count(*) FROM docs WHERE docs MATCH ?")};
    return peer_answer_main(argc, argv, ask, &s);
}
