/* ignore.c: which files are left out: rules as in .gitignore, and globs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/import/ignore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/write/grow.h"

/** Longer rules are no rules; the states of a match lie on the stack. */
#define PATTERN_MAX 1024
/** Larger ignore files are cut. */
#define FILE_MAX (1u << 20)

/* ------------------------------------------------------------------ globs */

/** A step of a glob. */
struct step {
    enum {
        BYTE,    /**< itself */
        ONE,     /**< ?: any byte but a slash */
        SET,     /**< [...]: any in it but a slash */
        STAR,    /**< *: any number of bytes but slashes */
        FOLDERS, /**< a leading or inner **: nothing, or folders and a slash */
        REST     /**< a trailing **: one byte or more, slashes too */
    } kind;
    uint8_t byte;  /**< of BYTE */
    const char *p; /**< of SET: behind the bracket */
    size_t n;      /**< of SET: bytes between the brackets */
};

/** Bytes up to the bracket that closes a set, or 0 where none does. */
static size_t set_length(const char *p, size_t n)
{
    size_t i = 0;

    if (i < n && (p[i] == '!' || p[i] == '^'))
        i++;
    if (i < n && p[i] == ']')
        i++;
    while (i < n && p[i] != ']')
        i += p[i] == '\\' && i + 1 < n ? 2 : 1;
    return i < n ? i : 0;
}

static bool in_set(const struct step *s, uint8_t c)
{
    const uint8_t *p = (const uint8_t *)s->p;
    size_t i = 0;
    bool found = false;
    const bool negated = p[0] == '!' || p[0] == '^';

    if (c == '/')
        return false;
    for (i = negated; i < s->n; i++) {
        if (p[i] == '\\' && i + 1 < s->n)
            i++;
        const uint8_t low = p[i];
        uint8_t high = low;
        if (i + 2 < s->n && p[i + 1] == '-') {
            high = p[i + 2];
            i += 2;
        }
        found |= low <= c && c <= high;
    }
    return found != negated;
}

/** Takes a step off the pattern at p, which is not at its end. */
static size_t take_step(const char *pattern, size_t p, size_t n, struct step *s)
{
    const char c = pattern[p];
    const bool first = p == 0 || pattern[p - 1] == '/';

    *s = (struct step){.kind = BYTE, .byte = (uint8_t)c};
    if (c == '\\' && p + 1 < n) {
        s->byte = (uint8_t)pattern[p + 1];
        return p + 2;
    }
    if (c == '?')
        s->kind = ONE;
    if (c == '[') {
        s->n = set_length(pattern + p + 1, n - p - 1);
        s->p = pattern + p + 1;
        if (s->n > 0)
            s->kind = SET;
        return p + 1 + (s->n > 0 ? s->n + 1 : 0);
    }
    if (c != '*')
        return p + 1;
    size_t end = p;
    while (end < n && pattern[end] == '*')
        end++;
    s->kind = STAR;
    if (end - p == 2 && first && end == n)
        s->kind = REST;
    if (end - p == 2 && first && end < n && pattern[end] == '/') {
        s->kind = FOLDERS;
        end++;
    }
    return end;
}

/** Marks a state, and those that it reaches without a byte. */
static void enter(bool *states, const struct step *steps, size_t n, size_t i)
{
    states[i] = true;
    while (i < n && (steps[i].kind == STAR || steps[i].kind == FOLDERS))
        states[++i] = true;
}

/** Moves from state i over a byte. */
static void over(const struct step *steps, size_t n, size_t i, uint8_t c,
                 bool *to)
{
    const struct step *s = &steps[i];
    bool next = false, stay = false;

    switch (s->kind) {
    case BYTE:
        next = s->byte == c;
        break;
    case ONE:
        next = c != '/';
        break;
    case SET:
        next = in_set(s, c);
        break;
    case STAR:
        next = stay = c != '/';
        break;
    case FOLDERS:
        stay = true;
        next = c == '/';
        break;
    case REST:
        next = stay = true;
        break;
    }
    /* Staying in FOLDERS does not step out of it in the middle of a name. */
    if (stay)
        to[i] = true;
    if (next)
        enter(to, steps, n, i + 1);
}

bool nidx_glob_match(const char *pattern, size_t n, const char *text,
                     size_t len)
{
    struct step steps[PATTERN_MAX];
    bool states[2][PATTERN_MAX + 1];
    size_t m = 0;

    if (n > PATTERN_MAX)
        return false;
    for (size_t p = 0; p < n; m++)
        p = take_step(pattern, p, n, &steps[m]);
    memset(states[0], 0, m + 1);
    enter(states[0], steps, m, 0);
    for (size_t k = 0; k < len; k++) {
        const bool *from = states[k % 2];
        bool *to = states[(k + 1) % 2];
        memset(to, 0, m + 1);
        for (size_t i = 0; i < m; i++) {
            if (from[i])
                over(steps, m, i, (uint8_t)text[k], to);
        }
    }
    return states[len % 2][m];
}

/* ------------------------------------------------------------------ rules */

/** Takes the flags of a line off it; false where nothing is left. */
static bool read_flags(struct nidx_ignore_rule *r, const char **line,
                       size_t *len)
{
    const char *p = *line;
    size_t n = *len;

    if (n > 0 && p[n - 1] == '\r')
        n--;
    while (n > 0 && p[n - 1] == ' ' && !(n > 1 && p[n - 2] == '\\'))
        n--;
    if (n == 0 || p[0] == '#')
        return false;
    if (p[0] == '!') {
        r->negated = true;
        p++;
        n--;
    }
    if (n > 0 && p[n - 1] == '/') {
        r->folders = true;
        n--;
    }
    r->anchored = n > 0 && memchr(p, '/', n);
    if (n > 0 && p[0] == '/') {
        p++;
        n--;
    }
    *line = p;
    *len = n;
    return n > 0 && n <= PATTERN_MAX;
}

static bool is_literal(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strchr("*?[\\", p[i]))
            return false;
    }
    return true;
}

static enum nidx_status add_rule(struct nidx_ignore *g, const char *line,
                                 size_t len, struct nidx_error *err)
{
    struct nidx_ignore_rule r = {0};

    if (!read_flags(&r, &line, &len))
        return NIDX_OK;
    r.len = len;
    r.literal = is_literal(line, len);
    r.pattern = strndup(line, len);
    if (!r.pattern ||
        !nidx_grow(&g->rules, &g->cap, (uint64_t)g->n + 1, sizeof(*g->rules))) {
        free(r.pattern);
        return nidx_nomem(err);
    }
    g->rules[g->n++] = r;
    return NIDX_OK;
}

enum nidx_status nidx_ignore_parse(struct nidx_ignore *g, const char *text,
                                   size_t len, struct nidx_error *err)
{
    const char *end = text + len;
    enum nidx_status status = NIDX_OK;

    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    while (text < end && status == NIDX_OK) {
        const char *at = memchr(text, '\n', (size_t)(end - text));
        const char *stop = at ? at : end;
        const size_t n = (size_t)(stop - text);
        if (!memchr(text, 0, n))
            status = add_rule(g, text, n, err);
        text = at ? at + 1 : end;
    }
    return status;
}

enum nidx_status nidx_ignore_load(struct nidx_ignore *g, int dirfd,
                                  const char *name, struct nidx_error *err)
{
    struct nidx_buf b = {0};
    struct stat st;
    const int fd =
        openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    enum nidx_status status = NIDX_OK;

    if (fd < 0)
        return NIDX_OK;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        ssize_t n = 1;
        while (n > 0 && b.len < FILE_MAX && nidx_buf_reserve(&b, 4096)) {
            n = read(fd, b.data + b.len, 4096);
            b.len += n > 0 ? (size_t)n : 0;
        }
        status =
            b.oom ? nidx_nomem(err)
                  : nidx_ignore_parse(g, b.len > 0 ? (const char *)b.data : "",
                                      b.len, err);
    }
    close(fd);
    nidx_buf_done(&b);
    return status;
}

void nidx_ignore_done(struct nidx_ignore *g)
{
    for (uint32_t i = 0; i < g->n; i++)
        free(g->rules[i].pattern);
    free(g->rules);
    g->rules = NULL;
    g->n = g->cap = 0;
}

/** The last part of a path begins here. */
static size_t name_of(const char *path, size_t len)
{
    while (len > 0 && path[len - 1] != '/')
        len--;
    return len;
}

static bool fits(const struct nidx_ignore_rule *r, const char *text, size_t len)
{
    if (r->literal)
        return r->len == len && memcmp(r->pattern, text, len) == 0;
    /* "*.log" and its like are most of what people write. */
    if (!r->anchored && r->pattern[0] == '*' && r->len > 1 &&
        is_literal(r->pattern + 1, r->len - 1))
        return len >= r->len - 1 && memcmp(text + len - (r->len - 1),
                                           r->pattern + 1, r->len - 1) == 0;
    return nidx_glob_match(r->pattern, r->len, text, len);
}

enum nidx_ignore_verdict nidx_ignore_ask(const struct nidx_ignore *g,
                                         const char *path, size_t len,
                                         bool folder)
{
    const size_t name = name_of(path, len);

    for (; g; g = g->outer) {
        for (uint32_t i = g->n; i-- > 0;) {
            const struct nidx_ignore_rule *r = &g->rules[i];
            const size_t from = r->anchored ? g->base : name;
            if ((r->folders && !folder) || from > len)
                continue;
            if (fits(r, path + from, len - from))
                return r->negated ? NIDX_IGNORE_IN : NIDX_IGNORE_OUT;
        }
    }
    return NIDX_IGNORE_NONE;
}
