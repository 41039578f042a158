/* test_languages.c: each language that is stemmed, through the analyzer.
 *
 * Singular and plural, or two cases, have one term; and a word is found by its
 * bare spelling, without accents.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include <string.h>

#include "tests/support/tokens.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static const struct {
    const char *language, *text, *query;
} rows[] = {
    {"ar", "كتاب", "الكتاب"},
    {"hy", "ուսանողներ", "ուսանողների"},
    {"eu", "gizonak", "gizon"},
    {"ca", "eleccions", "elecció"},
    {"ca", "cançó", "canco"},
    {"ca", "l'eleccions", "eleccions"},
    {"da", "aviserne", "aviser"},
    {"da", "rødgrød", "rodgrod"},
    {"nl", "kranten", "krant"},
    {"nl", "foto's", "foto"},
    {"en", "letters", "letter"},
    {"en", "delivering", "delivered"},
    {"fi", "talossa", "talot"},
    {"fi", "pääministeri", "paaministeri"},
    {"fr", "élections", "élection"},
    {"fr", "l'élection", "elections"},
    {"fr", "qu\u2019il", "il"},
    {"fr", "aujourd'hui", "aujourd\u2019hui"},
    {"fr", "cœurs", "coeur"},
    {"de", "Häuser", "Hauser"},
    {"de", "Präsidenten", "Präsident"},
    {"de", "Straßen", "strasse"},
    {"de", "GROSSE", "große"},
    {"el", "Ελλάδα", "ελλαδα"},
    {"el", "εκλογές", "εκλογες"},
    {"hi", "लड़के", "लड़का"},
    {"hu", "könyvek", "könyv"},
    {"id", "membaca", "baca"},
    {"ga", "leabhair", "leabhair"},
    {"it", "elezioni", "elezione"},
    {"it", "dell'elezione", "elezioni"},
    {"it", "città", "citta"},
    {"lt", "knygos", "knyga"},
    {"ne", "किताबहरू", "किताब"},
    {"no", "avisene", "aviser"},
    {"pt", "eleições", "eleicoes"},
    {"pt", "livros", "livro"},
    {"ro", "cărțile", "carțile"},
    {"ru", "письмо", "письма"},
    {"ru", "Ёлка", "елки"},
    {"ru", "Пу\u0301тина", "путин"},
    {"sr", "knjige", "knjiga"},
    {"es", "investigación", "investigaciones"},
    {"es", "niños", "nino"},
    {"sv", "tidningar", "tidning"},
    {"sv", "Malmö", "malmo"},
    {"ta", "புத்தகங்கள்", "புத்தகம்"},
    {"tr", "kitaplar", "kitap"},
    {"tr", "Türkiye'nin", "turkiye"},
    {"tr", "Ankara\u2019da", "ankara"},
    {"tr", "ışık", "isik"},
    {"yi", "בוך", "בוך"},
    /* Languages without a stemmer: as written, and folded. */
    {"pl", "Łódź", "lodz"},
    {"cs", "Škoda", "skoda"},
    {"vi", "Việt Nam", "viet nam"},
    {"uk", "Київ", "київ"},
    {"ko", "한국어", "한국어"},
    {"he", "צה\"ל", "צה״ל"},
    {"zh", "普京访问中国", "访问"},
    {"ja", "東京タワー", "タワー"},
    {"th", "สวัสดีครับ", "สวัสดี"},
    {"lo", "ສະບາຍດີ", "ບາຍ"},
    {"km", "សួស្តី", "សួស្តី"},
    {"my", "မင်္ဂလာပါ", "မင်္ဂလာ"},
};

static void each_language_finds_its_own_words(void **state)
{
    (void)state;
    unsigned bad = 0;

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (tokens_find(rows[i].text, rows[i].query, rows[i].language, NULL,
                        NULL))
            continue;
        print_message("# %s: \"%s\" is not found by \"%s\"\n", rows[i].language,
                      rows[i].text, rows[i].query);
        bad++;
    }
    assert_int_equal(bad, 0);
}

/* Each number below 32 that names a language occurs above. */
static void every_stemmed_language_has_a_row(void **state)
{
    (void)state;

    for (nidx_language l = 1; l < 32; l++) {
        const char *code = nidx_language_code(l);
        bool seen = false;
        if (!nidx_language_name(l))
            continue;
        for (size_t i = 0; i < COUNT(rows) && !seen; i++)
            seen = strcmp(rows[i].language, code) == 0;
        if (!seen)
            fail_msg("no row for %s", code);
    }
}

static void languages_keep_their_letters_apart(void **state)
{
    (void)state;

    assert_false(tokens_find("мой", "мои", "", NULL, NULL));
    assert_false(tokens_find("か", "が", "ja", NULL, NULL));
    assert_false(tokens_find("कि", "की", "", NULL, NULL));
    assert_false(tokens_find("ที่", "ที", "th", NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_language_finds_its_own_words),
        cmocka_unit_test(every_stemmed_language_has_a_row),
        cmocka_unit_test(languages_keep_their_letters_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
