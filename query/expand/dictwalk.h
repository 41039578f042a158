/* dictwalk.h: the forms of a segment that an automaton accepts.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_QUERY_DICTWALK_H
#define NIDX_QUERY_DICTWALK_H

#include "common/segment/segment.h"
#include "query/expand/automaton.h"

/** A form that a walk stands on; borrowed until the walk goes on. */
struct nidx_form_entry {
    struct nidx_bytes folded, form, value;
};
struct nidx_form_entry nidx_form_entry_at(const struct nidx_strtab_cursor *c);

struct nidx_dictwalk {
    struct nidx_automaton *automaton;
    /** false ends the walk; accepts is what nidx_automaton_accepts says. */
    bool (*found)(void *context, const struct nidx_form_entry *e,
                  uint32_t accepts);
    void *context;
    struct nidx_bytes prefix; /**< with which spellings have to begin */
    uint64_t steps; /**< forms that may be looked at; counted down to 0 */
};

/**
 * Calls found for each form of field whose folded spelling is accepted, in
 * order. What cannot match is passed over: by steps while there is little of
 * it, else by a seek to the next spelling that may. LIMIT when the steps are
 * used up, or the automaton's states are.
 */
enum nidx_status nidx_dictwalk(struct nidx_dictwalk *w,
                               const struct nidx_segment *segment,
                               uint8_t field, struct nidx_error *err);

#endif
