/* texts.h: the articles of a corpus and their tokens, as read by themselves.
 *
 * Every token of every article stands in memory, 12 bytes each, made with
 * common/analysis/analyze.h and nothing of the indexer, and for each term the tokens
 * that are one of it. What an index answers is compared with these.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_TESTS_TEXTS_H
#define NIDX_TESTS_TEXTS_H

#include "common/analysis/analyze.h"
#include "indexer/source/document.h"
#include "tests/large/names.h"

enum {
    TEXT_TITLE,
    TEXT_BODY,
    TEXT_AUTHOR,
    TEXT_PARTS
};

struct text_token {
    uint32_t form; /**< of the vocabulary */
    uint32_t pos;
    uint16_t len;
};

struct text_doc {
    char *key;
    uint32_t rank; /**< among all keys */
    bool deleted, purged;
    uint64_t date;               /**< raw column */
    uint64_t first;              /**< token */
    uint32_t n[TEXT_PARTS];      /**< tokens, one part after another */
    uint32_t length[TEXT_PARTS]; /**< what the columns say */
};

struct texts {
    struct text_doc *docs;
    uint32_t n_docs, cap_docs;
    struct text_token *tokens;
    uint64_t n_tokens, cap_tokens;
    struct nidx_vocab *vocab;
    struct nidx_analyzer *analyzer;
    nidx_language language; /**< where none is stated or detected */
    struct names names;     /**< of forms and terms */
    uint32_t *term_of;      /**< name of a form's term */
    uint32_t *form_of;      /**< name of a form */
    uint64_t *starts;       /**< of each name's tokens; n names + 1 */
    uint32_t *lists;        /**< token numbers, rising */
    uint32_t *terms;        /**< names of terms, by rising frequency */
    uint32_t n_terms;
};

/** Called with each article, to be indexed. */
typedef void (*texts_take)(void *context, const struct nidx_document *d);

/** About how many articles there are; 0 where there is no such file. */
uint32_t texts_size(const char *path);
/** Reads JSON lines, or the .txt files of a folder (first line: headline), and
 * hands each article on as well. NULL where there is no such file. */
struct texts *texts_read(const char *path, uint32_t max_docs, texts_take take,
                         void *context);
void texts_free(struct texts *t);

/** How many tokens a term has. */
static inline uint64_t texts_count(const struct texts *t, uint32_t term)
{
    return t->starts[term + 1] - t->starts[term];
}

#endif
