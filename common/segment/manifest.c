/* manifest.c: header and list of segments.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/segment/manifest.h"

#include <stdlib.h>

#include "common/segment/manifest_impl.h"

/* Store keys of kind 0; deletions.c has those of deletions. */
static const uint8_t header_key[] = {0, 0};
static const uint8_t manifest_key[] = {0, 1};

#define HEADER_BYTES (16 + 4 + 8 + 8 + 4 + 4 + 8 + 128)

void nidx_part_key(uint8_t key[NIDX_PART_KEY], uint32_t segment,
                   enum nidx_part part, uint32_t chunk)
{
    nidx_segment_key(key, segment);
    key[5] = (uint8_t)part;
    key[6] = (uint8_t)(chunk >> 24);
    key[7] = (uint8_t)(chunk >> 16);
    key[8] = (uint8_t)(chunk >> 8);
    key[9] = (uint8_t)chunk;
}

void nidx_segment_key(uint8_t key[NIDX_SEGMENT_KEY], uint32_t segment)
{
    key[0] = 1;
    key[1] = (uint8_t)(segment >> 24);
    key[2] = (uint8_t)(segment >> 16);
    key[3] = (uint8_t)(segment >> 8);
    key[4] = (uint8_t)segment;
}

/* --------------------------------------------------------------- header */

enum nidx_status nidx_header_write(struct nidx_txn *t,
                                   const struct nidx_header *h,
                                   struct nidx_error *err)
{
    struct nidx_buf b = {0};

    nidx_buf_put(&b, NIDX_MAGIC, sizeof(NIDX_MAGIC) - 1);
    nidx_buf_zero(&b, 16 - b.len);
    nidx_buf_u32(&b, h->version);
    nidx_buf_u64(&b, h->features_read);
    nidx_buf_u64(&b, h->features_write);
    nidx_buf_u32(&b, h->title_weight);
    nidx_buf_u8(&b, h->language);
    nidx_buf_zero(&b, 3);
    nidx_buf_u64(&b, (uint64_t)h->created);
    nidx_buf_put(&b, h->fingerprint, sizeof(h->fingerprint));
    enum nidx_status status = NIDX_OK;
    if (b.oom)
        status = nidx_nomem(err);
    else
        status =
            nidx_txn_put(t, (struct nidx_bytes){header_key, sizeof(header_key)},
                         (struct nidx_bytes){b.data, b.len}, err);
    nidx_buf_done(&b);
    return status;
}

/* A key that nidx never writes into a file without a header. */
static int is_foreign(void *context, struct nidx_bytes key, size_t len)
{
    (void)context;
    (void)len;
    return key.len == NIDX_PART_KEY && key.data[0] == 1 ? 0 : 1;
}

/* Without a header: a file just made, or somebody else's. */
static enum nidx_status no_header(struct nidx_view *v, struct nidx_error *err)
{
    enum nidx_status status =
        nidx_view_each(v, (struct nidx_bytes){NULL, 0}, is_foreign, NULL, err);

    if (status < 0)
        return status;
    if (status > 0)
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "an LMDB file, but not an nidx index");
    return NIDX_ERR_NOTFOUND;
}

static enum nidx_status check_versions(const struct nidx_header *h,
                                       struct nidx_error *err)
{
    if (h->version > NIDX_FORMAT_VERSION)
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "made by a newer nidx: its format is version %u, "
                         "this program reads up to %u",
                         h->version, NIDX_FORMAT_VERSION);
    if (h->features_read & ~NIDX_FEATURES_READ)
        return nidx_fail(
            err, NIDX_ERR_VERSION,
            "made by a newer nidx: it uses features 0x%llx, "
            "which this program does not know",
            (unsigned long long)(h->features_read & ~NIDX_FEATURES_READ));
    return NIDX_OK;
}

static void parse_header(const uint8_t *p, struct nidx_header *h)
{
    *h = (struct nidx_header){.version = nidx_load32(p + 16),
                              .features_read = nidx_load64(p + 20),
                              .features_write = nidx_load64(p + 28),
                              .title_weight = nidx_load32(p + 36),
                              .language = p[40],
                              .created = (int64_t)nidx_load64(p + 44)};
    memcpy(h->fingerprint, p + 52, sizeof(h->fingerprint));
    h->fingerprint[sizeof(h->fingerprint) - 1] = '\0';
}

enum nidx_status nidx_header_read(struct nidx_view *v, struct nidx_header *h,
                                  struct nidx_error *err)
{
    struct nidx_bytes b;
    struct nidx_header read;
    enum nidx_status status = nidx_view_get(
        v, (struct nidx_bytes){header_key, sizeof(header_key)}, true, &b, err);

    if (status == NIDX_ERR_NOTFOUND)
        return no_header(v, err);
    if (status != NIDX_OK)
        return status;
    if (b.len < 20 || memcmp(b.data, NIDX_MAGIC "\0", sizeof(NIDX_MAGIC)) != 0)
        return nidx_fail(err, NIDX_ERR_VERSION,
                         "an LMDB file, but not an nidx index");
    /* What follows the version may be laid out otherwise in a newer one. */
    read = (struct nidx_header){.version = nidx_load32(b.data + 16)};
    status = check_versions(&read, err);
    if (status != NIDX_OK)
        return status;
    if (b.len < HEADER_BYTES || read.version == 0)
        return nidx_corrupt(err, "header: it is cut short");
    parse_header(b.data, &read);
    status = check_versions(&read, err);
    if (status != NIDX_OK)
        return status;
    if (read.title_weight == 0)
        return nidx_corrupt(err, "header: the headline weight is 0");
    *h = read;
    return NIDX_OK;
}

/* ------------------------------------------------------------- manifest */

void nidx_manifest_done(struct nidx_manifest *m)
{
    free(m->segments);
    *m = (struct nidx_manifest){0};
}

void nidx_segment_info_write(struct nidx_buf *out,
                             const struct nidx_segment_info *s)
{
    nidx_buf_u32(out, s->id);
    nidx_buf_u32(out, s->n_docs);
    nidx_buf_u32(out, s->n_deleted);
    nidx_buf_u32(out, s->present);
    nidx_buf_u64(out, s->sum_length);
    nidx_buf_u64(out, s->sum_title);
    nidx_buf_u64(out, s->sum_author);
    nidx_buf_u32(out, s->n_title);
    nidx_buf_u32(out, s->n_author);
    nidx_buf_u64(out, s->languages);
    nidx_buf_u64(out, s->bytes);
    nidx_buf_u64(out, s->n_terms);
    nidx_buf_u64(out, s->n_keys);
    nidx_buf_u64(out, s->n_text);
    nidx_buf_u32(out, s->n_text_blocks);
    nidx_buf_u32(out, s->n_terms_chunks);
    nidx_buf_u32(out, s->n_keys_chunks);
    nidx_buf_zero(out, 4);
    for (unsigned i = 0; i < NIDX_LANGUAGE_COUNT; i++)
        nidx_buf_u32(out, s->in_language[i]);
}

void nidx_segment_info_read(struct nidx_reader *r, struct nidx_segment_info *s)
{
    s->id = nidx_read_u32(r);
    s->n_docs = nidx_read_u32(r);
    s->n_deleted = nidx_read_u32(r);
    s->present = nidx_read_u32(r);
    s->sum_length = nidx_read_u64(r);
    s->sum_title = nidx_read_u64(r);
    s->sum_author = nidx_read_u64(r);
    s->n_title = nidx_read_u32(r);
    s->n_author = nidx_read_u32(r);
    s->languages = nidx_read_u64(r);
    s->bytes = nidx_read_u64(r);
    s->n_terms = nidx_read_u64(r);
    s->n_keys = nidx_read_u64(r);
    s->n_text = nidx_read_u64(r);
    s->n_text_blocks = nidx_read_u32(r);
    s->n_terms_chunks = nidx_read_u32(r);
    s->n_keys_chunks = nidx_read_u32(r);
    nidx_read_u32(r);
    for (unsigned i = 0; i < NIDX_LANGUAGE_COUNT; i++)
        s->in_language[i] = nidx_read_u32(r);
}

enum nidx_status nidx_manifest_write(struct nidx_txn *t,
                                     const struct nidx_manifest *m,
                                     struct nidx_error *err)
{
    struct nidx_buf b = {0};
    enum nidx_status status;

    nidx_buf_u64(&b, m->commit);
    nidx_buf_u32(&b, m->next_id);
    nidx_buf_u32(&b, m->n_segments);
    for (uint32_t i = 0; i < m->n_segments; i++)
        nidx_segment_info_write(&b, &m->segments[i]);
    if (b.oom)
        status = nidx_nomem(err);
    else
        status = nidx_txn_put(
            t, (struct nidx_bytes){manifest_key, sizeof(manifest_key)},
            (struct nidx_bytes){b.data, b.len}, err);
    nidx_buf_done(&b);
    return status;
}

/* What no damage of a single number may make readers compute with. */
static bool is_possible(const struct nidx_segment_info *s, uint32_t next_id)
{
    for (unsigned i = 0; i < NIDX_LANGUAGE_COUNT; i++)
        if (s->in_language[i] > s->n_docs)
            return false;
    return s->id < next_id && s->n_docs > 0 && s->n_docs < UINT32_MAX &&
           s->n_deleted <= s->n_docs && s->n_title <= s->n_docs &&
           s->n_author <= s->n_docs && s->n_keys == s->n_docs &&
           s->present < 1u << NIDX_COLUMN_COUNT;
}

static bool is_named_before(const struct nidx_manifest *m, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (m->segments[i].id == m->segments[n].id)
            return true;
    }
    return false;
}

static enum nidx_status parse_manifest(struct nidx_bytes b,
                                       struct nidx_manifest *m,
                                       struct nidx_error *err)
{
    struct nidx_reader r = nidx_reader_of(b.data, b.len);

    m->commit = nidx_read_u64(&r);
    m->next_id = nidx_read_u32(&r);
    uint32_t n = nidx_read_u32(&r);
    if (r.bad || nidx_reader_left(&r) / NIDX_SEGMENT_INFO_BYTES != n ||
        nidx_reader_left(&r) % NIDX_SEGMENT_INFO_BYTES != 0)
        return nidx_corrupt(err, "manifest: its length does not fit the "
                                 "number of segments");
    m->segments = calloc((size_t)n + 1, sizeof(*m->segments));
    if (!m->segments)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        nidx_segment_info_read(&r, &m->segments[i]);
        if (!is_possible(&m->segments[i], m->next_id) || is_named_before(m, i))
            return nidx_fail(err, NIDX_ERR_CORRUPT,
                             "corrupt: manifest: what it says of segment %u "
                             "cannot be",
                             m->segments[i].id);
    }
    m->n_segments = n;
    return NIDX_OK;
}

enum nidx_status nidx_manifest_read(struct nidx_view *v,
                                    struct nidx_manifest *m,
                                    struct nidx_error *err)
{
    struct nidx_bytes b;

    *m = (struct nidx_manifest){0};
    enum nidx_status status = nidx_view_get(
        v, (struct nidx_bytes){manifest_key, sizeof(manifest_key)}, true, &b,
        err);
    if (status == NIDX_ERR_NOTFOUND)
        return nidx_corrupt(err, "manifest: it is not there");
    if (status == NIDX_OK)
        status = parse_manifest(b, m, err);
    if (status != NIDX_OK)
        nidx_manifest_done(m);
    return status;
}
