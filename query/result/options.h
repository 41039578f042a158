/* options.h: what the options of a search say of dates.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_OPTIONS_H
#define NIDX_QUERY_OPTIONS_H

#include "nidx.h"
#include "query/plan/exec.h"

/** How age counts, of recent and now. */
enum nidx_status nidx_options_recency(const struct nidx_search_options *o,
                                      struct nidx_recency *out,
                                      struct nidx_error *err);
/** Makes since and until a clause beside an expanded tree's root. */
enum nidx_status nidx_options_dates(const struct nidx_search_options *o,
                                    struct nidx_tree *tree,
                                    struct nidx_error *err);

#endif
