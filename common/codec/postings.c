/* postings.c: walking a posting list from block to block.
 *
 * The grammar stands in postings_impl.h. A run's arrays are checked to lie in
 * its chunk when it is entered, a block's packed groups when that is entered;
 * what they say of documents is checked as they are decoded.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings_impl.h"

static bool stop(struct nidx_postings *p)
{
    p->n = 0;
    p->first = p->last = NIDX_DOC_END;
    p->docs_at = p->freqs_at = p->titles_at = NULL;
    p->pos_ready = false;
    return false;
}

void nidx_postings_damaged(struct nidx_postings *p)
{
    if (p->status == NIDX_OK)
        p->status = nidx_corrupt(NULL, "a posting list");
    stop(p);
}

static bool damaged(struct nidx_postings *p)
{
    nidx_postings_damaged(p);
    return false;
}

static bool fetch(struct nidx_postings *p, enum nidx_part part, uint32_t chunk,
                  struct nidx_bytes *out)
{
    p->status = p->source->get(p->source, part, chunk, out, NULL);
    if (p->status != NIDX_OK)
        stop(p);
    return p->status == NIDX_OK;
}

/* -------------------------------------------------------------- blocks */

static uint32_t total_blocks(const struct nidx_term_info *info)
{
    return (info->df - 1) / NIDX_BLOCK + 1;
}

/* Sizes a group and steps over it; NULL on damage. */
static inline const uint8_t *group_end(const uint8_t *at, const uint8_t *end,
                                       uint32_t n)
{
    size_t size = at ? nidx_pack_size(at, (size_t)(end - at), n) : 0;
    return size ? at + size : NULL;
}

/* Finds the groups of a block of n postings. */
static bool find_groups(struct nidx_postings *p, const uint8_t *at,
                        const uint8_t *end, uint32_t n, bool titles)
{
    p->docs_at = p->titles_at = NULL;
    p->docs_rise = true;
    if (!p->info.dense) {
        p->docs_at = at;
        at = group_end(at, end, n);
        /* 128 gaps below 2^24 and a first document below 2^31. */
        p->docs_rise =
            at && p->first < 1u << 31 && nidx_pack_bits(p->docs_at, n) <= 24;
    }
    p->freqs_at = at;
    at = group_end(at, end, n);
    if (titles) {
        p->titles_at = at;
        at = group_end(at, end, n);
    }
    p->behind = at;
    p->n = n;
    p->pos_ready = false;
    return at != NULL;
}

static bool docs_follow(const struct nidx_postings *p, const nidx_docid *docs)
{
    uint32_t falls = docs[0] < p->first;

    for (uint32_t i = 1; i < p->n; i++)
        falls |= docs[i] <= docs[i - 1];
    return !falls;
}

static bool unpack_docs(struct nidx_postings *p, nidx_docid *docs)
{
    nidx_pack_read_gaps(p->docs_at, p->n, p->first, docs);
    return p->docs_rise || docs_follow(p, docs);
}

/* A list of one block: only its documents say which is the last. */
static bool open_block(struct nidx_postings *p)
{
    nidx_docid docs[NIDX_PACK_SLOTS];
    struct nidx_bytes chunk;

    if (!fetch(p, NIDX_PART_DOCS, p->info.docs_chunk, &chunk))
        return false;
    p->n_blocks = 1;
    p->run_bytes = chunk;
    if (p->info.docs_offset > chunk.len ||
        !find_groups(p, chunk.data + p->info.docs_offset,
                     chunk.data + chunk.len, p->info.df, p->info.titles) ||
        !unpack_docs(p, docs) || docs[p->n - 1] >= p->n_docs)
        return damaged(p);
    p->last = p->run_last = docs[p->n - 1];
    return true;
}

bool nidx_postings_enter(struct nidx_postings *p, uint32_t b)
{
    const uint8_t *end = p->run_bytes.data + p->run_bytes.len;
    size_t at = nidx_load16(p->block_offsets + 2 * b);
    uint64_t before = (uint64_t)(p->first_block + b) * NIDX_BLOCK;
    nidx_docid first = p->run_first;
    nidx_docid last = nidx_load32(p->last_docs + 4 * b);

    if (b > 0)
        first = nidx_load32(p->last_docs + 4 * (b - 1)) + 1;
    if (at >= p->run_bytes.len || first > last || last >= p->n_docs ||
        (p->n > 0 && first <= p->last))
        return damaged(p);
    uint64_t left = p->info.df - before;
    p->block = b;
    p->first = first;
    p->last = last;
    uint8_t flags = p->run_bytes.data[at];
    if (!find_groups(p, p->run_bytes.data + at + 1, end,
                     left < NIDX_BLOCK ? (uint32_t)left : NIDX_BLOCK,
                     flags & BLOCK_TITLES))
        return damaged(p);
    return true;
}

/* ---------------------------------------------------------------- runs */

/* Finds the arrays of a run at the head of run_bytes. */
static bool find_arrays(struct nidx_postings *p)
{
    struct nidx_bytes run = p->run_bytes;

    if (run.len < RUN_HEAD)
        return false;
    uint32_t n = nidx_load16(run.data);
    if (n == 0 || (run.len - RUN_HEAD) / RUN_BLOCK_BYTES < n ||
        n > total_blocks(&p->info) - p->first_block)
        return false;
    p->n_blocks = n;
    p->pos_chunk = nidx_load32(run.data + 2);
    p->last_docs = run.data + RUN_HEAD;
    p->block_impacts = p->last_docs + 4 * (size_t)n;
    p->block_offsets = p->block_impacts + 8 * (size_t)n;
    p->pos_offsets = p->block_offsets + 2 * (size_t)n;
    p->run_last = nidx_load32(p->last_docs + 4 * (size_t)(n - 1));
    return true;
}

static bool enter_run_at(struct nidx_postings *p, uint32_t chunk,
                         uint32_t offset)
{
    struct nidx_bytes bytes;

    if (!fetch(p, NIDX_PART_DOCS, chunk, &bytes))
        return false;
    if (offset > bytes.len)
        return damaged(p);
    p->run_bytes.data = bytes.data + offset;
    p->run_bytes.len = bytes.len - offset;
    return find_arrays(p) || damaged(p);
}

/* The arrays of the directory, after the number of runs. */
static uint32_t directory_last(const struct nidx_postings *p, uint32_t run)
{
    return nidx_load32(p->directory.data + 4 + 4 * (size_t)run);
}

static nidx_impacts directory_impacts(const struct nidx_postings *p,
                                      uint32_t run)
{
    return nidx_load64(p->directory.data + 4 + 4 * (size_t)p->n_runs +
                       8 * (size_t)run);
}

/* Array 0: chunks, 1: offsets, 2: first blocks. */
static uint32_t directory_u32(const struct nidx_postings *p, uint32_t array,
                              uint32_t run)
{
    size_t n = p->n_runs;
    return nidx_load32(p->directory.data + 4 + 12 * n + 4 * n * array +
                       4 * (size_t)run);
}

static bool enter_run(struct nidx_postings *p, uint32_t run)
{
    uint32_t total = total_blocks(&p->info);
    uint32_t after = run + 1 < p->n_runs ? directory_u32(p, 2, run + 1) : total;

    p->run = run;
    p->first_block = directory_u32(p, 2, run);
    p->run_first = run > 0 ? directory_last(p, run - 1) + 1 : 0;
    if (p->first_block >= total)
        return damaged(p);
    if (!enter_run_at(p, directory_u32(p, 0, run), directory_u32(p, 1, run)))
        return false;
    if (p->run_last != directory_last(p, run) ||
        after - p->first_block != p->n_blocks)
        return damaged(p);
    return true;
}

static bool open_directory(struct nidx_postings *p)
{
    struct nidx_bytes chunk;

    if (!fetch(p, NIDX_PART_DOCS, p->info.docs_chunk, &chunk))
        return false;
    if (p->info.docs_offset > chunk.len || chunk.len - p->info.docs_offset < 4)
        return damaged(p);
    p->directory.data = chunk.data + p->info.docs_offset;
    p->directory.len = chunk.len - p->info.docs_offset;
    p->n_runs = nidx_load32(p->directory.data);
    if (p->n_runs < 2 || (p->directory.len - 4) / DIRECTORY_ENTRY < p->n_runs)
        return damaged(p);
    return enter_run(p, 0);
}

static bool open_runs(struct nidx_postings *p)
{
    if (p->info.directory) {
        if (!open_directory(p))
            return false;
    } else if (!enter_run_at(p, p->info.docs_chunk, p->info.docs_offset)) {
        return false;
    } else if (p->n_blocks != total_blocks(&p->info)) {
        return damaged(p);
    }
    return nidx_postings_enter(p, 0);
}

/* ------------------------------------------------------------- walking */

static bool open_entry(struct nidx_postings *p)
{
    if (!nidx_posting_entry_read(&p->info, &p->entry) ||
        p->entry.docs[p->info.df - 1] >= p->n_docs)
        return damaged(p);
    p->n_blocks = 1;
    p->n = p->info.df;
    p->last = p->run_last = p->entry.docs[p->n - 1];
    return true;
}

enum nidx_status nidx_postings_open(struct nidx_postings *p,
                                    struct nidx_part_source *source,
                                    const struct nidx_term_info *info,
                                    uint32_t n_docs, struct nidx_error *err)
{
    /* The arrays at the end are filled when they are asked for. */
    memset(p, 0, offsetof(struct nidx_postings, pos_ends));
    p->source = source;
    p->info = *info;
    p->n_docs = n_docs;
    p->n_runs = 1;
    p->dense_index = UINT32_MAX;
    if (info->df == 0 || info->df > n_docs)
        damaged(p);
    else if (info->in_entry)
        open_entry(p);
    else if (info->df <= NIDX_BLOCK)
        open_block(p);
    else
        open_runs(p);
    if (p->status == NIDX_ERR_CORRUPT)
        return nidx_corrupt(err, "a posting list");
    if (p->status != NIDX_OK)
        return nidx_fail(err, p->status, "a posting list cannot be read");
    return NIDX_OK;
}

bool nidx_postings_next(struct nidx_postings *p)
{
    if (p->n == 0)
        return false;
    if (p->block + 1 < p->n_blocks)
        return nidx_postings_enter(p, p->block + 1);
    if (p->run + 1 < p->n_runs)
        return enter_run(p, p->run + 1) && nidx_postings_enter(p, 0);
    return stop(p);
}

/* The first of rising numbers from [from, n) that is >= target, or n: looks
 * near from first. */
static uint32_t gallop(const uint8_t *numbers, uint32_t from, uint32_t n,
                       uint32_t target)
{
    uint32_t step = 1, low = from, high = from;

    while (high < n && nidx_load32(numbers + 4 * (size_t)high) < target) {
        low = high + 1;
        high = n - high > step ? high + step : n;
        step *= 2;
    }
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (nidx_load32(numbers + 4 * (size_t)mid) < target)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool nidx_postings_seek(struct nidx_postings *p, nidx_docid target)
{
    uint32_t from = p->block + 1;

    if (p->n == 0)
        return false;
    if (target <= p->last)
        return true;
    if (target > p->run_last) {
        uint32_t run = p->n_runs;
        if (run > 1)
            run = gallop(p->directory.data + 4, p->run + 1, run, target);
        if (run >= p->n_runs)
            return stop(p);
        if (!enter_run(p, run))
            return false;
        from = 0;
    }
    uint32_t b = gallop(p->last_docs, from, p->n_blocks, target);
    return b < p->n_blocks ? nidx_postings_enter(p, b) : damaged(p);
}

/* Moves to the block of posting rank, which is doc's. */
static bool move_to(struct nidx_postings *p, nidx_docid doc, uint32_t rank)
{
    uint32_t b = rank / NIDX_BLOCK - p->first_block;

    if (b == p->block && doc <= p->last)
        return true;
    if (b < p->n_blocks && b > p->block)
        return nidx_postings_enter(p, b);
    return nidx_postings_seek(p, doc) &&
           rank / NIDX_BLOCK - p->first_block == p->block;
}

bool nidx_postings_find_rank(struct nidx_postings *p, nidx_docid doc,
                             uint32_t rank, uint32_t *i)
{
    *i = rank % NIDX_BLOCK;
    if (p->n > 0 && rank < p->info.df && move_to(p, doc, rank) && *i < p->n &&
        doc >= p->first && doc <= p->last)
        return true;
    nidx_postings_damaged(p);
    return false;
}

/* ------------------------------------------------------------- impacts */

nidx_impacts nidx_postings_impacts(const struct nidx_postings *p)
{
    if (p->n == 0)
        return 0;
    return p->block_impacts ? nidx_load64(p->block_impacts + 8 * p->block)
                            : p->info.impacts;
}

static nidx_impacts impacts_of_blocks(const struct nidx_postings *p,
                                      nidx_docid from, nidx_docid to)
{
    nidx_impacts impacts = 0;
    uint32_t b = gallop(p->last_docs, p->block, p->n_blocks, from);

    /* Each block begins behind the one before. */
    for (; b < p->n_blocks; b++) {
        uint32_t first =
            b > 0 ? nidx_load32(p->last_docs + 4 * (b - 1)) + 1 : p->run_first;
        if (first > to)
            break;
        impacts =
            nidx_impact_merge(impacts, nidx_load64(p->block_impacts + 8 * b));
    }
    return impacts;
}

nidx_impacts nidx_postings_impacts_in(const struct nidx_postings *p,
                                      nidx_docid from, nidx_docid to)
{
    nidx_impacts impacts = 0;

    if (p->n == 0 || to < p->first)
        return 0;
    if (!p->block_impacts)
        return from <= p->last ? p->info.impacts : 0;
    if (from <= p->run_last)
        impacts = impacts_of_blocks(p, from, to);
    for (uint32_t run = p->run + 1; run < p->n_runs; run++) {
        if (directory_last(p, run - 1) >= to)
            break;
        if (directory_last(p, run) >= from)
            impacts = nidx_impact_merge(impacts, directory_impacts(p, run));
    }
    return impacts;
}

/* ----------------------------------------------------------- documents */

uint32_t nidx_postings_docs(struct nidx_postings *p, nidx_docid *docs)
{
    bool good;

    if (p->n == 0)
        return 0;
    if (p->info.in_entry) {
        memcpy(docs, p->entry.docs, sizeof(p->entry.docs));
        return p->n;
    }
    if (p->info.dense)
        good = nidx_postings_dense_docs(p, docs);
    else
        good = unpack_docs(p, docs) && docs[p->n - 1] == p->last;
    if (!good)
        nidx_postings_damaged(p);
    return p->n;
}
