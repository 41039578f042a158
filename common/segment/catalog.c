/* catalog.c: all segments of one commit.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "common/segment/segment.h"

static enum nidx_status open_segments(struct nidx_catalog *c,
                                      struct nidx_error *err)
{
    const struct nidx_manifest *m = &c->manifest;

    c->segments =
        calloc((size_t)m->n_segments + 1, sizeof(struct nidx_segment *));
    if (!c->segments)
        return nidx_nomem(err);
    for (uint32_t i = 0; i < m->n_segments; i++) {
        const struct nidx_segment_info *info = &m->segments[i];
        enum nidx_status status =
            nidx_segment_open(c->view, info, &c->segments[i], err);
        if (status != NIDX_OK)
            return status;
        c->n_docs += info->n_docs;
        c->n_live += info->n_docs - info->n_deleted;
        c->languages |= info->languages;
        for (unsigned l = 0; l < NIDX_LANGUAGE_COUNT; l++)
            c->in_language[l] += info->in_language[l];
    }
    return NIDX_OK;
}

enum nidx_status nidx_catalog_open(struct nidx_store *s,
                                   struct nidx_catalog **out,
                                   struct nidx_error *err)
{
    *out = NULL;
    struct nidx_catalog *c = calloc(1, sizeof(*c));
    if (!c)
        return nidx_nomem(err);
    enum nidx_status status = nidx_view_open(s, &c->view, err);
    if (status == NIDX_OK)
        status = nidx_header_read(c->view, &c->header, err);
    if (status == NIDX_OK)
        status = nidx_manifest_read(c->view, &c->manifest, err);
    if (status == NIDX_OK)
        status = open_segments(c, err);
    if (status != NIDX_OK) {
        nidx_catalog_close(c);
        return status;
    }
    *out = c;
    return NIDX_OK;
}

void nidx_catalog_verify(struct nidx_catalog *c)
{
    for (uint32_t i = 0; i < c->manifest.n_segments; i++)
        c->segments[i]->verify = true;
}

void nidx_catalog_close(struct nidx_catalog *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; c->segments && i < c->manifest.n_segments; i++)
        nidx_segment_close(c->segments[i]);
    free(c->segments);
    nidx_manifest_done(&c->manifest);
    nidx_view_close(c->view);
    free(c);
}
