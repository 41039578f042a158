/* synthetic.c: articles that nobody wrote.
 *
 * An article has a day, a topic or two, persons and a place. Its words come
 * from four sources: what it said before (Polya's urn: so words come in
 * bursts), its topics' own words, function words, and the whole vocabulary. A
 * topic is either one of all times or an event of some weeks. One article in
 * fifty is another agency's version of a recent one: the same, less some
 * sentences, under another headline.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "corpora/synthetic.h"

#include <stdio.h>
#include <string.h>

#include "corpora/lexicon.h"

#define URN           2048
#define N_PERSONS     4
#define N_TOPICS      512
#define EVENTS_A_WEEK 8
#define EVENT_WEEKS   4
#define TOPIC_WORDS   200
/* Days are those of 25 years from 2000 on. */
#define FIRST_DAY 10957
#define N_DAYS    9131
#define N_PEOPLE  60000
#define N_PLACES  20000

struct writing {
    const struct nidx_zipf *z;
    struct nidx_synthetic *a;
    struct random r;
    uint32_t day; /* since 1970 */
    uint32_t topics[2];
    uint64_t persons[N_PERSONS];
    bool is_known[N_PERSONS]; /* the full name has been said */
    uint64_t place;
    uint64_t urn[URN];
    uint32_t n_urn; /* words ever put in; the oldest make room */
    bool was_content;
};

static void put_text(struct nidx_buf *b, const char *text)
{
    nidx_buf_put(b, text, strlen(text));
}

/* e^x for small x, by multiplications alone. */
static double power_of_e(double x)
{
    double p = 1 + x / 1024;

    for (int i = 0; i < 10; i++)
        p *= p;
    return p;
}

static uint32_t draw_length(struct random *r, double median, double deviation,
                            uint32_t least, uint32_t most)
{
    const double n = median * power_of_e(deviation * random_normal(r));

    if (n < least)
        return least;
    return n < most ? (uint32_t)n : most;
}

/* "2018-08-09" and "Aug. 9, 2018" (Hinnant, "chrono-compatible low-level date
 * algorithms", civil_from_days). */
static void format_day(uint32_t day, char iso[24], char text[24])
{
    static const char *const months[] = {"Jan.",  "Feb.", "March", "April",
                                         "May",   "June", "July",  "Aug.",
                                         "Sept.", "Oct.", "Nov.",  "Dec."};
    const uint32_t z = day + 719468;
    const uint32_t era = z / 146097;
    const uint32_t doe = z % 146097;
    const uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const uint32_t mp = (5 * doy + 2) / 153;
    const uint32_t d = (doy - (153 * mp + 2) / 5 + 1) & 31;
    const uint32_t m = mp < 10 ? mp + 3 : mp - 9;
    const uint32_t y = (yoe + era * 400 + (m <= 2)) % 10000;

    snprintf(iso, 24, "%04u-%02u-%02u", y, m, d);
    snprintf(text, 24, "%s %u, %u", months[(m - 1) % 12], d, y);
}

static uint64_t draw_person(struct writing *w)
{
    const uint64_t known = (uint64_t)w->topics[0] * 64 + random_below(&w->r, 6);

    return random_permille(&w->r, 500) ? random_mix(known) % N_PEOPLE
                                       : nidx_zipf_draw(w->z, &w->r) % N_PEOPLE;
}

static uint32_t draw_topic(struct writing *w)
{
    const uint32_t week = w->day / 7 - random_below(&w->r, EVENT_WEEKS);

    if (random_permille(&w->r, 500))
        return N_TOPICS + week * EVENTS_A_WEEK +
               random_below(&w->r, EVENTS_A_WEEK);
    return random_below(&w->r, N_TOPICS) * random_below(&w->r, N_TOPICS) /
           N_TOPICS;
}

/* A word of a topic: its ranks lie as thick in every octave, as Zipf's law
 * has the words of a text. */
static uint64_t draw_topic_word(struct writing *w)
{
    const uint32_t topic = w->topics[random_below(&w->r, 3) == 0];
    const uint32_t i = random_below(&w->r, TOPIC_WORDS) *
                       random_below(&w->r, TOPIC_WORDS) / TOPIC_WORDS *
                       random_below(&w->r, TOPIC_WORDS) / TOPIC_WORDS;
    const uint64_t x = random_mix(((uint64_t)topic << 16) + i);
    const uint64_t octave = UINT64_C(64) << (x % 11);

    return octave + (x >> 8) % octave;
}

static uint64_t draw_function_word(struct writing *w)
{
    for (int i = 0; i < 16; i++) {
        const uint64_t rank = nidx_zipf_draw(w->z, &w->r);
        if (rank < NIDX_LEXICON_FUNCTION_WORDS)
            return rank;
    }
    return 0;
}

static uint64_t draw_from_urn(struct writing *w)
{
    return w->urn[random_below(&w->r, w->n_urn < URN ? w->n_urn : URN)];
}

static uint64_t draw_rank(struct writing *w)
{
    const uint32_t x = random_below(&w->r, 1000);

    if (w->was_content && x < 600)
        return draw_function_word(w);
    /* The share of words said before grows with what has been said. */
    const uint32_t y = random_below(&w->r, 1000);
    if (y < 450 * w->n_urn / (w->n_urn + 40))
        return draw_from_urn(w);
    if (y < 650)
        return draw_topic_word(w);
    return nidx_zipf_draw(w->z, &w->r);
}

static void put_word(struct writing *w, struct nidx_buf *out, uint64_t rank,
                     bool capital)
{
    char word[NIDX_LEXICON_MAX];
    size_t len = nidx_lexicon_word(rank, word);

    if (rank >= NIDX_LEXICON_FUNCTION_WORDS)
        len = nidx_lexicon_inflect(word, len,
                                   nidx_lexicon_draw_form(rank, &w->r));
    if (capital)
        word[0] = (char)(word[0] - 'a' + 'A');
    nidx_buf_put(out, word, len);
}

static void put_person(struct writing *w, struct nidx_buf *out, uint32_t i,
                       bool full)
{
    char name[NIDX_LEXICON_MAX];

    if (full || !w->is_known[i]) {
        nidx_lexicon_first_name(w->persons[i], name);
        put_text(out, name);
        put_text(out, " ");
    }
    nidx_lexicon_last_name(w->persons[i], name);
    put_text(out, name);
    w->is_known[i] = true;
}

/* What is no word of the vocabulary: numbers, sums, days, names. */
static void put_other(struct writing *w, struct nidx_buf *out)
{
    static const char *const days[] = {"Monday",   "Tuesday", "Wednesday",
                                       "Thursday", "Friday",  "Saturday",
                                       "Sunday"};
    char text[NIDX_LEXICON_MAX];
    char iso[24];
    const uint32_t x = random_below(&w->r, 1000);

    switch (random_below(&w->r, 12)) {
    case 0:
        snprintf(text, sizeof(text), "%u.%u percent", x % 40, x % 9 + 1);
        break;
    case 1:
        snprintf(text, sizeof(text), "$%u million", x + 1);
        break;
    case 2:
        snprintf(text, sizeof(text), "%u,%03u", x % 90 + 1, x);
        break;
    case 3:
        snprintf(text, sizeof(text), "on %s", days[x % 7]);
        break;
    case 4:
        format_day(w->day - x, iso, text);
        break;
    case 5:
    case 6:
        nidx_lexicon_place(w->place, text);
        break;
    default:
        put_person(w, out, x * x / 1000 * N_PERSONS / 1000, false);
        return;
    }
    put_text(out, text);
}

/* One token of the text. */
static void put_token(struct writing *w, bool capital, bool last)
{
    struct nidx_buf *out = &w->a->body;

    if (!capital && random_permille(&w->r, 60)) {
        put_other(w, out);
        w->was_content = true;
        return;
    }
    uint64_t rank = draw_rank(w);
    if (last && rank < NIDX_LEXICON_FUNCTION_WORDS)
        rank = draw_topic_word(w);
    w->was_content = rank >= NIDX_LEXICON_FUNCTION_WORDS;
    if (w->was_content)
        w->urn[w->n_urn++ % URN] = rank;
    put_word(w, out, rank, capital);
}

/* A sentence of about the usual length; the number of its words. */
static uint32_t put_sentence(struct writing *w)
{
    struct nidx_buf *out = &w->a->body;
    const uint32_t n = draw_length(&w->r, 16, 0.5, 3, 60);
    const bool is_quote = random_permille(&w->r, 120);

    if (is_quote)
        put_text(out, "\xe2\x80\x9c");
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            put_text(out, random_permille(&w->r, 55) ? ", " : " ");
        put_token(w, i == 0, i + 1 == n);
    }
    if (is_quote) {
        put_text(out, ",\xe2\x80\x9d said ");
        put_person(w, out, random_below(&w->r, N_PERSONS), false);
    }
    put_text(out, random_permille(&w->r, 20) ? "?" : ".");
    return n;
}

static void put_dateline(struct writing *w)
{
    char text[NIDX_LEXICON_MAX];
    char iso[24];
    char day[24];

    nidx_lexicon_place(w->place, text);
    for (char *c = text; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    format_day(w->day, iso, day);
    put_text(&w->a->body, text);
    put_text(&w->a->body, ", ");
    put_text(&w->a->body, day);
    put_text(&w->a->body, " \xe2\x80\x94 ");
}

/* Sentences in paragraphs until there are enough words. A version of another
 * article leaves out those that less says. */
static void put_body(struct writing *w, struct random *less)
{
    const uint32_t n = draw_length(&w->r, 230, 0.7, 25, 4000);
    uint32_t in_paragraph = 0;
    uint32_t done = 0;

    if (random_permille(&w->r, 400))
        put_dateline(w);
    while (done < n) {
        const size_t before = w->a->body.len;
        if (in_paragraph > 0)
            put_text(&w->a->body, " ");
        done += put_sentence(w);
        const bool ends = ++in_paragraph == 5 || random_permille(&w->r, 300);
        if (less && done < n && random_permille(less, 150))
            w->a->body.len = before;
        if (!ends)
            continue;
        if (done < n)
            put_text(&w->a->body, "\n\n");
        in_paragraph = 0;
    }
}

/* A content word of the article; the more often it is there, the likelier. */
static uint64_t draw_for_headline(struct writing *w, const uint64_t *taken,
                                  uint32_t n_taken)
{
    uint64_t rank = draw_from_urn(w);

    for (uint32_t i = 0; i < n_taken; i++) {
        if (taken[i] == rank)
            return draw_topic_word(w);
    }
    return rank;
}

/* Made of the article's own words and people. */
static void put_title(struct writing *w)
{
    static const char *const joints[] = {" in ", " for ", " of ",
                                         " to ", " and ", " on "};
    struct nidx_buf *out = &w->a->title;
    const uint32_t n = 3 + random_below(&w->r, 5);
    uint64_t taken[8];

    if (random_permille(&w->r, 350)) {
        put_person(w, out, 0, random_permille(&w->r, 300));
        put_text(out, " ");
    }
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            put_text(out, i == n / 2 ? joints[random_below(&w->r, 6)] : " ");
        taken[i] = draw_for_headline(w, taken, i);
        put_word(w, out, taken[i], true);
    }
}

static void put_head(struct writing *w)
{
    static const char *const sources[] = {"Meridian Press", "Northwire",
                                          "The Courier", "Evening Post",
                                          "Harbor Gazette"};
    char name[NIDX_LEXICON_MAX];
    char text[24];
    char iso[24];
    const uint64_t author = random_below(&w->r, 400);

    format_day(w->day, iso, text);
    put_text(&w->a->date, iso);
    nidx_lexicon_first_name(author, name);
    put_text(&w->a->author, name);
    nidx_lexicon_last_name(author + 65000, name);
    put_text(&w->a->author, " ");
    put_text(&w->a->author, name);
    w->a->source = sources[random_below(&w->r, 5)];
    w->a->topic = w->topics[0];
}

static void begin(struct writing *w, uint64_t seed, uint64_t n)
{
    w->r.state = random_mix(random_mix(seed) + n);
    w->day = FIRST_DAY + random_below(&w->r, N_DAYS);
    w->topics[0] = draw_topic(w);
    w->topics[1] = draw_topic(w);
    for (uint32_t i = 0; i < N_PERSONS; i++) {
        w->persons[i] = draw_person(w);
        w->is_known[i] = false;
    }
    w->place = nidx_zipf_draw(w->z, &w->r) % N_PLACES;
    w->n_urn = 0;
    w->was_content = false;
}

bool nidx_synthetic_write(const struct nidx_zipf *z, uint64_t seed, uint64_t n,
                          struct nidx_synthetic *a)
{
    struct writing w;
    struct random own = {random_mix(~random_mix(seed) + n)};
    const bool is_version = n >= 50 && random_below(&own, 50) == 0;

    a->title.len = a->body.len = a->author.len = a->date.len = 0;
    w.z = z;
    w.a = a;
    begin(&w, seed, is_version ? n - 1 - random_below(&own, 49) : n);
    put_body(&w, is_version ? &own : NULL);
    if (is_version)
        w.r = own;
    put_title(&w);
    put_head(&w);
    return !a->title.oom && !a->body.oom && !a->author.oom && !a->date.oom;
}

void nidx_synthetic_done(struct nidx_synthetic *a)
{
    nidx_buf_done(&a->title);
    nidx_buf_done(&a->body);
    nidx_buf_done(&a->author);
    nidx_buf_done(&a->date);
}
