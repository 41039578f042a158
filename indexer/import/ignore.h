/* ignore.h: which files are left out: rules as in .gitignore, and globs.
 *
 * gitignore(5) is the reference: *, ?, [a-z], **, a backslash; a leading ! takes
 * back, a trailing / means folders alone, a / elsewhere ties the rule to the
 * folder of its file. The last rule that fits decides; files of inner folders
 * come before those of outer ones.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_IGNORE_H
#define NIDX_INDEXER_IGNORE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

struct nidx_ignore_rule {
    char *pattern; /**< owned; without what the flags say */
    size_t len;
    bool negated, folders, anchored;
    bool literal; /**< no wildcards: bytes are compared */
};

/** Rules of a folder, and those of the folders around it. */
struct nidx_ignore {
    const struct nidx_ignore *outer; /**< borrowed; NULL: none */
    size_t base; /**< bytes of a path before what is below the folder */
    struct nidx_ignore_rule *rules;
    uint32_t n, cap;
};

enum nidx_ignore_verdict {
    NIDX_IGNORE_NONE = 0, /**< no rule fits */
    NIDX_IGNORE_OUT,      /**< left out */
    NIDX_IGNORE_IN        /**< a rule with ! took it back */
};

/** Appends the rules that text (lines of an ignore file) holds. */
enum nidx_status nidx_ignore_parse(struct nidx_ignore *g, const char *text,
                                   size_t len, struct nidx_error *err);
/** Appends the rules of a file in an open folder; none where there is none,
 * or where it cannot be read. */
enum nidx_status nidx_ignore_load(struct nidx_ignore *g, int dirfd,
                                  const char *name, struct nidx_error *err);
/** Frees the rules, not outer. */
void nidx_ignore_done(struct nidx_ignore *g);

/** What the rules of g and of its outer ones say of a path. */
enum nidx_ignore_verdict nidx_ignore_ask(const struct nidx_ignore *g,
                                         const char *path, size_t len,
                                         bool folder);

/** Whether a glob as in a rule fits all of text. Takes time proportional to
 * the product of their lengths at most. */
bool nidx_glob_match(const char *pattern, size_t n, const char *text,
                     size_t len);

#endif
