"""Wikitext to clean text, construct by construct and on real pages."""

import json
import re
from pathlib import Path

import pytest

from ultralink_data.wiki.dump import Dump
from ultralink_data.wiki.text_score import f1, markup
from ultralink_data.wiki.wikitext import clean, convert_chinese

CASES = [
    ("A '''bold''' and ''slanted'' word.", "A bold and slanted word."),
    ("See [[Berlin]] and [[Berlin|the city]].", "See Berlin and the city."),
    ("{{Infobox|name={{lang|de|X}}|area=1}}Text.", "Text."),
    ("Said{{cite web|url=x|title=y}} so.<ref name=a>{{cite|b}}</ref><ref name=a/>", "Said so."),
    ("[[File:A.jpg|thumb|200px|A [[nested]] caption]]Text.", "Text."),
    ("[[Archivo:A.jpg|thumb|Leyenda]]Texto.", "Texto."),
    ("[[ملف:A.jpg|تصغير|شرح]]نص.", "نص."),
    ("[[Quux:A.svg|thumb|any language]]Text.", "Text."),
    ("Text.\n\n[[Category:Cities]]\n[[de:Berlin]]\n[[zh-min-nan:Berlin]]", "Text."),
    ("A [[:Category:Cities|list]] of [[:fr:Paris]].", "A list of fr:Paris."),
    ("{| class=wikitable\n|-\n! a\n| b\n|}\nText.", "Text."),
    ("One.<br />Two.<br>Three.", "One.\n\nTwo.\n\nThree."),
    ("x<sub>2</sub> and <span style='color:red'>red</span>", "x₂ and red"),
    ("<div class='thumb'>caption</div>Text.", "Text."),
    ('<span class="plainlinks" id="Stockholm">Stockholm</span> is big.', "Stockholm is big."),
    ('<div class="stockist">Prose.</div>', "Prose."),
    ('<div id=x class="a infobox_v2 b">box</div>Text.', "Text."),
    ("<div class=noprint>note</div><div class='tocright x'>list</div>Text.", "Text."),
    ("[[File:Map.png|thumb|Source: [http://x Survey]]]Text.", "Text."),
    ("[see [[File:Map.png|thumb|x]]] Text.", "[see] Text."),
    ("[[Image:a.png|thumb|caption of [[Berlin]]\nText.", "Text."),
    ("* [[:Category:Games set in Berlin]]\n* [[:File:A.jpg]]\nText.", "Text."),
    ("<gallery>\nA.jpg|b\n</gallery>Text.", "Text."),
    ("Einstein found <math>E = mc^2</math>.", "Einstein found $E = mc^2$."),
    ("Use <nowiki>[[</nowiki>x.", "Use x."),
    ("__TOC__\n__NOEDITSECTION__\nText.", "Text."),
    ("Text <!-- hidden\nhere --> goes on.", "Text goes on."),
    ("Tom &amp; Anna &ndash; 5&nbsp;km", "Tom & Anna – 5 km"),
    ("The [http://x.org site] and [http://y.org] and http://z.org", "The site and and"),
    ("Berlin ({{IPA|x}}; {{audio|y}}) is big.", "Berlin is big."),
    ("Berlin ({{IPA|x}}, the capital) is big.", "Berlin (the capital) is big."),
    ("数学（{{lang|en}}，{{fact}}）是", "数学（en）是"),
    ("About {{formatnum:1234}} of {{nowrap|5 km}}.", "About 1234 of 5 km."),
    ("* one\n** two\n# three\n: four", "- one\n\n- two\n\n- three\n\nfour"),
    ("*\n* {{flag}}\nText.", "Text."),
    ("== Empty ==\n\n== Full ==\nText.\n=== Empty too ===\n{{x}}", "Full\n\nText."),
    ("数学<ref>x</ref>是 so\u00adft", "数学是 soft"),
    ("== A ==\n=== B ===\nText.\n== C ==\n=== D ===\n", "A\n\nB\n\nText."),
    ("End.<ref>x</ref>Begin, 3.<ref>y</ref>5 and{{sfn|z}}so", "End. Begin, 3.5 and so"),
    ("The ''x''<sub>''i''</sub> of L''''A''' and '''''both'''''", "The xi of L'A and both"),
    ("[[File:A.jpg|x]]Text.", "Text."),
    ("<ref name=a>Never closed. <ref>b</ref> Text.", "Never closed. Text."),
    ("<math>a''b_{{c}} | [[d]] & e</math>", "$a''b_{{c}} | [[d]] & e$"),
    ("<TABLE><tr><td><table></table>a</td></tr></TABLE>Text.", "Text."),
    ("{| \n| {{x|\n|}} \n|}\nText.", "Text."),
    ("{{box|{|\n|-\n| a\n|}\n}}Text.", "Text."),
    ("{{open|a {{sfn|b}} Text {{lang|de|gut}}.", "open|a Text gut."),
    ("[[a|b]]s [[c [[d]] e", "bs c d e"),
    ("a &amp;amp; b &lt;ref&gt; c", "a &amp; b <ref> c"),
    ('The &lt;div&gt; and &lt;span class="a"&gt;.', 'The <div> and <span class="a">.'),
    ("A <tt>&lt;stdio.h&gt;</tt> header, {{code|&lt;b&gt;}}", "A <stdio.h> header, <b>"),
    ("Big-O: n<m and also k>2 hold", "Big-O: n<m and also k>2 hold"),
    ("if (i<n && j>0) a<b and c>d", "if (i<n && j>0) a<b and c>d"),
    ("vector<int> x, <p, q> and <b>bold <font color=red>red", "vector<int> x, <p, q> and bold red"),
    ("'''!Kung''' are a people of the Kalahari.", "!Kung are a people of the Kalahari."),
    ("'''!!!''' is an American band", "!!! is an American band"),
    ("[[!Kung]] live\n[[Absolute value||x|]] grows", "!Kung live\n\n|x| grows"),
    ("|x| is the absolute value of x.", "|x| is the absolute value of x."),
    ("Text.\n\n|-1| is 1.", "Text.\n\n|-1| is 1."),
    ("|-\n| left || cells\n! head\n\nText.", "Text."),
    ("{{Broken box\n| a = b\n| c = d\n\nText.", "Broken box\n\nText."),
    ("| the only cell\n|}\nText.", "Text."),
    ("said {{IPA|[ber]}} and (x; {{IPA|[ber]}}) end", "said [ber] and (x) end"),
    ("Broken {{template|x\nText goes on.", "Broken template|x\n\nText goes on."),
    ("Broken [[link and ''quotes", "Broken link and quotes"),
    ("{{{argument|default}}}Text.", "Text."),
    ("What they d'''are''.", "What they d'are."),
    ("The ''Britannica'''s text", "The Britannica's text"),
    ("L'''Iliade'' et l'''Odyssée'' d'Homère", "LIliade et lOdyssée d'Homère"),
    ("d''''a''' ''b'' and '''c'''", "d'a b and c"),
    (
        "One '''bold''' line\n\nthe ''Times'''s\n\n'''''both'''''",
        "One bold line\n\nthe Times's\n\nboth",
    ),
    ("A<includeonly>[[Category:X]] hidden</includeonly> page.", "A page."),
    ("A <includeonly/>page.<includeonly>Never closed.\n\nHidden.", "A page."),
    (
        "<includeonly>\n* {{x|{{{1}}}}}\n</includeonly>Text.<noinclude> Doc.</noinclude>",
        "Text. Doc.",
    ),
    ("[[[[File:A.jpg|x]] y\nText.", "y\n\nText."),
    (
        "[[File:a.jpg|x\n[[File:b.jpg|y]] Text. [[File:c.jpg|[[d]]|z]] End.",
        "Text. End.",
    ),
    ("See [[ Berlin ]], [[a:b]], [[a#b]], [[|x]], [[]] and [[x|]].", "See Berlin, a:b, a, x, and."),
    ("a {| b\n : {| c\n|}\nText.", "a {| b\n\nText."),
    ("A ， ) b ( ） c [ / ] d ,\t, e , f", "A) b c d, e, f"),
    ("== A ==\nText == b ==\n===B=== \nC", "A\n\nText == b ==\n\nB\n\nC"),
    ("a *b\n*# c\n x", "a *b\n\n- c\n\nx"),
    ("", ""),
    ("{{only|a|template}}", ""),
]


@pytest.mark.parametrize(("wikitext", "expected"), CASES)
def test_a_construct_becomes_what_a_reader_sees(wikitext, expected):
    assert clean(wikitext).strip() == expected


MANY = 20_000
UNCLOSED = [
    *("[[File:a.jpg|thumb|x ", "[[File:a.jpg|thumb|x\n", "{{foo|", "{{lang|de|", "<math>x "),
    *("<nowiki>x ", "[[a|b [c ", "{{a ]] ", "[[a }} ", "-{x ", "a{|", "<!-- x", "{{foo|\n|}\n"),
]


@pytest.mark.parametrize("mark", UNCLOSED)
def test_many_marks_that_are_never_closed_take_no_longer_than_text(mark):
    # Would take minutes if each mark looked for its end through the rest of the page.
    text = clean("Before.\n\n" + mark * MANY, language="en", chinese_conversion="t2s")
    assert text.startswith("Before.")
    assert "{{" not in text
    assert "[[" not in text


@pytest.mark.parametrize(
    "source",
    [
        "{{lang|de|" * MANY + "x" + "}}" * MANY,
        "{{frac|" * 25 + "1" + "}}" * 25,
        "{{x\n" * MANY + "|}\n" * MANY,
        "<b>" * MANY + "[[x",
        "=" + " " * MANY + "x",
        "[//" + "a" * MANY,
        "-" + ";" * MANY + "x",
        "It is {{odd}} so. " * MANY,
        "It is so.{{odd}} " * MANY,
        "-{a" * MANY + "}-" * MANY,
        "d'''are'' " * MANY,
    ],
    ids=lambda source: source[:10],
)
def test_long_or_deep_constructs_are_read_in_one_pass(source):
    assert clean(f"Before.\n\n{source}\n\nAfter.", language="en").startswith("Before.")


CHINESE = [
    ("歐幾里得與數學", "欧几里得与数学"),
    ("-{zh-hans:软件;zh-hant:軟體}-很好", "软件很好"),
    ("-{zh-tw:軟體;zh-cn:软件}-", "软件"),
    ("-{原樣}-", "原样"),
    ("-{zh-hans:[[软件|软]];zh-hant:[[軟體]]}-", "软"),
    ("-{zh-hans:{{lang|en|x}};zh-hant:y}-", "x"),
    ("-{zh-hans:甲&amp;乙;zh-hant:丙}-", "甲&乙"),
    ("-{zh-hans:12:30;zh-hant:丙}-", "12:30"),
    ("-{[[台灣|臺灣島]]}-", "台湾岛"),
    ("-{|台灣}-", "台湾"),
    ("-{zh-hans;zh-hant|台灣}-", "台湾"),
    ("-{電腦=>zh-cn:计算机;}-和-{電腦=>zh-hk:甲}-", "计算机和电脑"),
    ("-{A|zh-hans:用户; zh-hant:用戶; zh-tw:使用者}-", "用户"),
    ("-{zh-hans:-{计算机}-;zh-hant:電腦}-好", "计算机好"),
    ("-{zh-hans:甲-{zh-cn:乙;zh-tw:丙}-;zh-hant:丁}-。-{原-{樣}-}-", "甲乙。原样"),
    ("-{T|zh-hans:甲;zh-hant:乙}-正文", "正文"),
    ("-{A|zh-hans:甲;zh-hant:乙}-正文", "甲正文"),
    ("乾燥與乾隆", "干燥与乾隆"),
]


@pytest.mark.parametrize(("wikitext", "expected"), CHINESE)
def test_chinese_becomes_simplified(wikitext, expected):
    assert clean(wikitext, chinese_conversion="t2s").strip() == expected


GOLD = json.loads((Path(__file__).parents[2] / "cases" / "wikitext_gold.json").read_text())


@pytest.mark.parametrize("page", GOLD["pages"], ids=lambda page: page["file"] + page["title"])
def test_real_pages_give_the_text_that_was_written_by_hand(benchmarks, page):
    dump = Dump(benchmarks / "wikipedia" / page["file"], page["language"])
    (raw,) = (one for one in dump.pages() if one.title == page["title"])
    assert raw.revision == page["revision"]
    source = "\n\n".join(cut(raw.text, part["from"], part["to"]) for part in page["ranges"])
    chinese = page["language"] == "zh"
    conversion = "t2s" if chinese else None
    text = clean(source, language=page["language"], chinese_conversion=conversion)
    assert f1(text, convert_chinese(page["gold"], conversion), characters=chinese) >= 0.99
    assert not markup(text)


def cut(text: str, first: str, last: str) -> str:
    start = text.index(first)
    return text[start : text.index(last, start) + len(last)]


def test_gold_covers_nine_languages_and_differs_from_its_wikitext():
    assert len({page["language"] for page in GOLD["pages"]}) == 9
    assert all(not markup(page["gold"]) for page in GOLD["pages"])


def test_chinese_stays_as_it_is_without_a_conversion():
    assert clean("歐幾里得").strip() == "歐幾里得"


LEFT = re.compile(
    r"\{\{|\}\}|\[\[|\]\]|<ref|</|__[A-Z]+__|\(\s*[,;]?\s*\)|（\s*）|^\{?\||style=|'''|thumb\|",
    re.MULTILINE,
)
FRAGMENTS = [
    *("eswiki_wikidump2html-2010.xml", "eswiki_dbpedia-minidump.xml.bz2"),
    *("frwiki_pignlproc-20101103-sample.xml", "frwiki_dbpedia-minidump.xml.bz2"),
    *("ruwiki_dbpedia-minidump.xml.bz2", "zhwiki_wikiclean-20150423-id13.xml"),
    *("zhwiki_dbpedia-minidump.xml.bz2", "hiwiki_dbpedia-minidump.xml.bz2"),
    *("fiwiki_dbpedia-minidump.xml.bz2", "trwiki_dbpedia-minidump.xml.bz2"),
    *("arwiki_dbpedia-minidump.xml.bz2", "enwiki_dbpedia-minidump.xml.bz2"),
]


@pytest.mark.parametrize("name", FRAGMENTS)
def test_no_markup_is_left_in_real_pages(benchmarks, name):
    language = name[:2]
    conversion = "t2s" if language == "zh" else None
    for page in Dump(benchmarks / "wikipedia" / name, language).pages():
        if page.namespace or page.redirect:
            continue
        text = clean(page.text, language=language, chinese_conversion=conversion)
        found = LEFT.search(text)
        assert found is None, (page.title, text[max(0, found.start() - 60) : found.end() + 60])
        assert text.strip()
