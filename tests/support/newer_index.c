/* newer_index.c: makes an index look as if a newer nidx had written it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "common/segment/manifest.h"

static enum nidx_status raise_version(struct nidx_store *s,
                                      struct nidx_error *err)
{
    struct nidx_header h;
    struct nidx_view *v;
    struct nidx_txn *t;
    enum nidx_status status = nidx_view_open(s, &v, err);

    if (status != NIDX_OK)
        return status;
    status = nidx_header_read(v, &h, err);
    nidx_view_close(v);
    if (status == NIDX_OK)
        status = nidx_txn_begin(s, &t, err);
    if (status != NIDX_OK)
        return status;
    h.version++;
    status = nidx_header_write(t, &h, err);
    if (status == NIDX_OK)
        return nidx_txn_commit(t, err);
    nidx_txn_abort(t);
    return status;
}

int main(int argc, char **argv)
{
    struct nidx_error err = {0};
    struct nidx_store *s = NULL;
    enum nidx_status status = NIDX_ERR_INVALID;

    if (argc == 2)
        status = nidx_store_open(argv[1], NULL, &s, &err);
    if (status == NIDX_OK)
        status = nidx_store_lock_writer(s, 0, NULL, NULL, &err);
    if (status == NIDX_OK)
        status = raise_version(s, &err);
    nidx_store_close(s);
    if (status != NIDX_OK)
        fprintf(stderr, "%s\n", err.message);
    return status != NIDX_OK;
}
