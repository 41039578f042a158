/* test_language.c: tests of common/language.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/support/test.h"

#include "common/analysis/language.h"

#include <string.h>

static nidx_language find(const char *name)
{
    return nidx_language_find(name, strlen(name));
}

static void languages_are_found_by_name_and_code(void **state)
{
    (void)state;
    const nidx_language german = find("german");

    assert_int_equal(german, 10);
    assert_int_equal(find("de"), german);
    assert_int_equal(find("DEU"), german);
    assert_int_equal(find("ger"), german);
    assert_int_equal(find("de-AT"), german);
    assert_int_equal(find("de_DE.UTF-8"), german);
    assert_int_equal(find("nb"), find("norwegian"));
    assert_int_equal(find("English"), find("en"));
}

static void unknown_names_are_no_language(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "none",
                                        "xx",
                                        "-",
                                        "d",
                                        "germa",
                                        "a-very-long-name-of-a-language",
                                        "averylongnameofalanguage",
                                        "nor nb"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        assert_int_equal(find(names[i]), NIDX_LANGUAGE_NONE);
}

static void every_number_has_a_name_and_a_code_or_neither(void **state)
{
    (void)state;
    for (unsigned l = 0; l < 256; l++) {
        const char *name = nidx_language_name((nidx_language)l);
        const char *code = nidx_language_code((nidx_language)l);
        if (name) {
            assert_int_equal(find(name), l);
            assert_int_equal(find(code), l);
        } else {
            assert_string_equal(code, "");
        }
    }
    assert_int_equal(find("yiddish"), 28);
}

/* Sentences as they stand in articles; "" where no language is the answer. */
static const struct {
    const char *code, *text;
} samples[] = {
    {"en", "The senator said on Tuesday that he had written a letter to the "
           "president, and that it would be published by the committee."},
    {"de", "Der Minister sagte am Dienstag, dass er einen Brief an den "
           "Präsidenten geschrieben habe, der auch in der Zeitung steht und "
           "nicht nur im Internet zu lesen ist."},
    {"fr", "Le ministre a déclaré mardi que la lettre adressée au président "
           "de la République est publique et qu'elle sera lue dans les "
           "écoles par des élèves."},
    {"es", "El ministro dijo el martes que la carta al presidente fue escrita "
           "por los miembros de la comisión y que no se publicará hasta el "
           "año que viene."},
    {"it", "Il ministro ha detto martedì che la lettera al presidente è stata "
           "scritta dai membri della commissione e che non sarà pubblicata "
           "prima di domani."},
    {"pt", "O ministro disse na terça-feira que a carta ao presidente foi "
           "escrita pelos membros da comissão e que não será publicada até o "
           "próximo ano."},
    {"nl", "De minister zei dinsdag dat hij een brief aan de president heeft "
           "geschreven en dat die niet in de krant zal staan maar op het "
           "internet te lezen is."},
    {"sv", "Ministern sade på tisdagen att han har skrivit ett brev till "
           "presidenten och att det inte kommer att publiceras i tidningen "
           "men på nätet."},
    {"no", "Ministeren sa på tirsdag at han har skrevet et brev til "
           "presidenten, og at det ikke blir publisert i avisen, men at "
           "mange har lest det etter at det ble kjent. Noen har også svart, "
           "og jeg var en av dem som hadde sett det."},
    {"da", "Ministeren sagde tirsdag, at han havde skrevet et brev til "
           "præsidenten, og at det ikke bliver offentliggjort i avisen, men "
           "at mange blev vrede efter det, og nogle af dem skrev også noget "
           "om, hvad der var sket mellem dem."},
    {"fi", "Ministeri sanoi tiistaina, että hän on kirjoittanut kirjeen "
           "presidentille, mutta se ei ole vielä julkinen, koska valiokunta "
           "ja hallitus eivät ole sitä nähneet, kun se oli vain luonnos."},
    {"hu", "A miniszter kedden azt mondta, hogy levelet írt az elnöknek, és "
           "hogy az nem jelenik meg az újságban, csak a neten lehet majd "
           "olvasni, mert ez egy nyílt levél volt."},
    {"ro", "Ministrul a spus marți că a scris o scrisoare către președinte și "
           "că aceasta nu va fi publicată în ziar, ci pe internet, după ce a "
           "fost citită de membrii comisiei din care fac parte."},
    {"ca", "El ministre va dir dimarts que ha escrit una carta al president i "
           "que aquesta no es publicarà al diari però sí a la xarxa, amb els "
           "noms de tots els membres de la comissió."},
    {"tr", "Bakan salı günü yaptığı açıklamada bir mektup yazdığını ve bunun "
           "gazetede yayımlanacak kadar önemli olduğunu söyledi, ancak çok "
           "kişi için bu mektup daha da önemli olarak görüldü."},
    {"id", "Menteri mengatakan pada hari Selasa bahwa dia telah menulis surat "
           "kepada presiden dan surat itu tidak akan diterbitkan oleh koran "
           "yang ada di kota ini karena sudah lama."},
    {"eu", "Ministroak asteartean esan zuen gutun bat idatzi duela "
           "presidentearentzat, eta ez dela egunkarian argitaratuko, baina "
           "sarean izango dira beste gutunak ere."},
    {"ga", "Dúirt an tAire Dé Máirt go raibh litir scríofa aige chuig an "
           "uachtarán agus nach bhfuil sé le foilsiú sa nuachtán, ach go "
           "bhfuil sí ar fáil ar an idirlíon do na daoine."},
    {"lt", "Ministras antradienį sakė, kad jis parašė laišką prezidentui ir "
           "kad laiškas nebus išspausdintas, bet jau yra žinomas po to, kai "
           "apie jį buvo kalbėta."},
    {"ru", "Министр сказал во вторник, что он написал письмо президенту, и "
           "что оно не будет опубликовано в газетах, но мы его увидим."},
    {"sr", "Министар је у уторак рекао да је написао писмо председнику и да "
           "оно неће бити објављено у новинама, већ само на мрежи, међутим."},
    {"sr", "Ministar je u utorak rekao da je napisao pismo predsedniku i da "
           "ono neće biti objavljeno u novinama, već samo na mreži koja nije "
           "javna, ali se zna što je u pismu."},
    {"el", "Ο υπουργός είπε την Τρίτη ότι έγραψε μια επιστολή στον πρόεδρο."},
    {"ar", "قال الوزير يوم الثلاثاء إن رسالة إلى الرئيس كتبت في المدينة وهي "
           "رسالة مفتوحة إلى الأمة العربية كلها."},
    {"hy", "Նախարարը երեքշաբթի օրը ասաց, որ նամակ է գրել նախագահին այսօր։"},
    {"hi", "मंत्री ने मंगलवार को कहा कि उन्होंने राष्ट्रपति को एक पत्र लिखा है "
           "और यह पत्र अखबार में नहीं छपेगा।"},
    {"ne", "मन्त्रीले मंगलबार भने कि पत्र लेखिएको छ र यो पत्र छापिने छैन तर "
           "पनि सबैले पढ्न सक्ने गरी राखिएको छ। एक जना भने अझै पनि असहमत छन् र "
           "यो कुरा थाहा भएको छ।"},
    {"ta", "அமைச்சர் செவ்வாய்க்கிழமை குடியரசுத் தலைவருக்கு கடிதம் எழுதினார்."},
    {"yi", "דער מיניסטער האָט געזאָגט אַז ער האָט געשריבן אַ בריוו צו דעם "
           "פּרעזידענט און דאָס איז נישט אין די צייטונג, נאָר אויף דער וועלט."},
    {"", "Minister powiedział we wtorek, że napisał list do prezydenta i że "
         "nie jest to list otwarty, ale jak wszystkie inne listy był on w "
         "gazecie, o czym pisze się dla ludzi z całego kraju."},
    {"", "Ministr v úterý řekl, že napsal dopis prezidentovi a že to není "
         "otevřený dopis, ale jako všechny jeho dopisy byl také v novinách, "
         "o kterých se píše po celé zemi."},
    {"", "O ministro dixo o martes que unha carta ao presidente foi escrita "
         "polos membros da comisión e que non será publicada ata o próximo "
         "ano, pero tamén que os seus amigos xa a leron como súa."},
    {"", "Die minister het Dinsdag gesê dat hy 'n brief aan die president "
         "geskryf het en dat dit nie in die koerant sal wees nie, maar dat "
         "hulle ook met hom sal praat."},
    {"", "Міністр сказав у вівторок, що він написав листа президентові, і "
         "що його не буде опубліковано в газетах, але ми його ще побачимо."},
    {"", "Министърът каза във вторник, че е написал писмо до президента и че "
         "то няма да бъде публикувано във вестниците, но ще бъде прочетено."},
    {"", "وزیر روز سه‌شنبه گفت که نامه‌ای به رئیس جمهور نوشته است و "
         "این "
         "نامه "
         "در روزنامه چاپ نمی‌شود و گفتگو پایان "
         "گرفت."},
    {"", "השר אמר ביום שלישי כי הוא כתב מכתב אל הנשיא וכי זה לא יפורסם "
         "בעיתון של העיר, אך גם היא קראה את המכתב על הבוקר."},
    {"", "部长星期二说，他给总统写了一封信，这封信不会在报纸上发表。"},
    {"", "Putin letter"},
    {"", "1,234 5,678 9,012 3.5 12:54 2018-08-08 99 100 101 102 103 104 105"},
    {"", "Lorem Ipsum GmbH 2019 Kundennummer Rechnung Betrag Euro Datum IBAN "
         "Konto Bank Filiale Berlin Hamburg Telefon Fax Mail Web Seite"},
    {"", "The quick fox"},
    {"", "The boat the boat the boat the boat the boat the boat the boat "
         "the boat the boat the boat the boat the boat the boat the boat"},
};

static void languages_are_told_from_a_paragraph(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        const char *text = samples[i].text;
        const nidx_language l = nidx_language_detect(text, strlen(text));
        if (strcmp(nidx_language_code(l), samples[i].code) != 0)
            print_message("# %s taken for %s: %.40s\n", samples[i].code,
                          nidx_language_code(l), text);
        assert_string_equal(nidx_language_code(l), samples[i].code);
    }
}

static void a_foreign_quotation_does_not_change_the_language(void **state)
{
    (void)state;
    static const char text[] =
        "He said that the words \"la lettre est publique et le ministre a "
        "dit que\" were in the letter, and it was clear to all of us that "
        "they had been written for the people who would read them when the "
        "paper came out, as it has been for many years.";

    assert_string_equal(
        nidx_language_code(nidx_language_detect(text, strlen(text))), "en");
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    char bytes[5000];
    uint32_t x = 1;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (char)(x >> 24);
    }
    for (size_t len = 0; len < 300; len++)
        assert_int_equal(nidx_language_detect(bytes, len), 0);
    assert_int_equal(nidx_language_detect(bytes, sizeof(bytes)), 0);
    assert_int_equal(nidx_language_detect(NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages_are_found_by_name_and_code),
        cmocka_unit_test(unknown_names_are_no_language),
        cmocka_unit_test(every_number_has_a_name_and_a_code_or_neither),
        cmocka_unit_test(languages_are_told_from_a_paragraph),
        cmocka_unit_test(a_foreign_quotation_does_not_change_the_language),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
