"""Templates that print nothing in running text: notes, sources, boxes, banners, marks of editors.

A name of one of these leaves no gap where it stood. What is in no table of what templates print,
and here neither, is unknown: it may have been a word of the sentence.
Sources: the documentation pages of the templates in each Wikipedia.
"""

import re

_BEGINNINGS = (
    *("cite ", "cita ", "citation ", "infobox", "navbox", "sidebar", "taxobox", "speciesbox"),
    *("automatic taxobox", "chembox", "drugbox", "geobox", "use ", "pp-", "s-", "col-", "div col"),
    *("commons", "wikisource", "wikiquote", "wikinews", "wikibook", "wikispecies", "wiktionary"),
    *("wikivoyage", "wikiversity", "wikidata", "wikiatlas", "wikimedia", "wikipedia", "portal"),
    *("authority control", "refimprove", "unreferenced", "more citations", "more footnotes"),
    *("expand ", "update", "cleanup", "copy edit", "engvar", "sister ", "redirect", "other uses"),
    *("otheruses", "featured ", "good article", "category ", "catmain", "main ", "see also"),
    *("flagicon", "#tag:ref", "defaultsort:", "displaytitle:", "sfn", "harv", "efn", "refn"),
    *("reflist", "notelist", "refbegin", "refend", "pov", "unbalanced", "multicol", "toc"),
    *("multiple ", "double image", "wide image", "css image", "panorama", "annotated image"),
    *("imdb ", "official website", "library resources", "external ", "stack ", "bar box"),
    *(
        "librivox",
        "internet archive",
        "gutenberg",
        "openstreetmap",
        "osm box",
        "osmrelation",
        "graph:",
        "lead ",
    ),
    *("ficha de ", "ficha ", "ap ", "wikcionario", "wikiviajes", "wikinoticias", "sucesión"),
    *("artículo ", "otros usos", "redirige", "control de autoridades", "proyectos hermanos"),
    *("article ", "palette", "portail", "autres projets", "voir homonym", "ébauche", "homonym"),
    *("référence", "références", "à sourcer", "à actualiser", "section vide", "méta palette"),
    *("карточка", "навигация", "навигационная", "примечания", "другие значения", "шаблон"),
    *("библио", "внешние ссылки", "родственные проекты", "нет источник", "не хватает", "статья"),
    *(
        "noteta",
        "infobox",
        "信息框",
        "刪節",
        "消歧义",
        "消歧義",
        "维基",
        "維基",
        "權威控制",
        "规范控制",
    ),
    *("صندوق", "شريط", "روابط", "ضبط استنادي", "مصادر", "بذرة"),
    *("基礎情報", "出典", "要出典", "脚注", "ウィキ", "複数の問題", "独自研究", "言葉を濁さない"),
    *("bilgi kutusu", "kaynak", "otorite kontrol", "vikiyolculuk", "vikisöz", "vikisözlük"),
    *("viite", "ilmastotaulukko", "commonscat", "metatieto", "wikiaineisto", "wikisitaatit"),
    *("ज्ञानसन्दूक", "टिप्पणीसूची", "विस्तार"),
)
"""How their names begin."""

_ENDINGS = (
    *("-stub", " stub", " topics", " footer", " sidebar", " navbox", " icon", "-inline", " inline"),
    *(" bilgi kutusu", "-rivi", " needed", "節スタブ", "-note"),
)
"""How their names end."""

_NAMES = frozenset(
    "|".join(
        (
            "main|further|details|see|also|about|for|for multi|hatnote|distinguish|for2|main2|"
            "citation|cite|cn|fact|citation needed|who|whom|when|where|which|why|how|by whom|"
            "according to whom|clarify|clarification needed|dubious|disputed|disputed inline|"
            "vague|weasel inline|weasel|peacock inline|or|original research|page needed|rp|r|"
            "failed verification|verification|better source|verify source|dead link|dl|"
            "unreliable source?|better source needed|full citation needed|self-published inline|"
            "primary source inline|update inline|update after|relevance inline|specify|example|"
            "non sequitur|contradictory inline|synthesis inline|undue weight inline|snf|sfnm|"
            "ref|note|note label|ref label|refs|ref-en|wayback|webarchive|cbignore|subscription|"
            "subscription required|registration required|short description|italic title|"
            "italictitle|lowercase title|lowercase|correct title|title|coord missing|"
            "listen|speaker icon|clear|clear left|clear right|clr|-|br|break|anchor|anchors|"
            "colbegin|colend|col|col-begin|col-end|end|div end|end div|flatlist|endflatlist|"
            "endplainlist|legend|legend0|legend-line|chart|chart/start|chart/end|family tree|"
            "historical populations|us census population|climate chart|weather box|wikify|stub|"
            "succession box|navboxes|navigation|geographic location|multiple issues|issues|pov|"
            "notability|tone|advert|essay-like|globalize|technical|confusing|prose|plot|trivia|"
            "under construction|in use|inuse|current|merge|merge from|merge to|split|dmoz|find|"
            "youtube|imdb|twitter|facebook|commonscat|sisterlinks|nobold|noprint|void|void!|"
            "shy|zwsp|zwj|zwnj|wbr|hidden|hidden begin|hidden end|gallery|image frame|imageframe|"
            "image array|location map|location map+|superimpose|overlay|photomontage|"
            "infobox|taxonbar|persondata|normdaten|personendaten|coin image box 1 double|"
            "sep|clade|quote box|quotebox|pull quote|rquotebox|tocright|notoc|toclimit|"
            "disambiguation|disambig|hndis|surname|given name|dab|geodis|fa|ga|link fa|link ga|"
            "spoken wikipedia|contains special characters|contains chinese text|"
            "contains japanese text|contains korean text|contains indic text|chinese|"
            "special characters|italic|protected|sprotected|bots|nobots|ill-wd|hide in print|"
            "only in print|tracking category|wikidata property|in lang",
            # Spanish
            "ap|vt|vease|véase|véase también|ver|listaref|destacado|bueno|cita requerida|cr|"
            "referencias|refs|sinreferencias|referencias adicionales|revisar redacción|"
            "actualizar|desactualizado|wikificar|traducido|traducción|barras|clima|"
            "web oficial|estatus-hrc-país|comienza por|esbozo|discutido|no neutralidad|"
            "añadir referencias|mejorar redacción|cita|aclaración requerida|quién|cuándo|dónde|"
            "cuál|cómo|demografía|copyedit|sucesión|predecesor sucesor",
            # French
            "ouvrage|article|lien web|chapitre|isbn-note|autorité|loupe|autre4|redirect5|bases|"
            "bnf|bases recherche|note|notes|clr|colonnes|climat|détails|dictionnaires|domaines|"
            "lien ba|lien adq|liens|article détaillé|article connexe|article principal|source|"
            "référence insuffisante|refins|refsou|qui|quand|où|lequel|comment|pourquoi|précision|"
            "précision nécessaire|passage évasif|quoi|combien|selon qui|par qui|c'est-à-dire|"
            "désaccord de neutralité|travail inédit|style|à recycler|à vérifier|admissibilité|"
            "sources|catégorie principale|catégorie détaillée|légende|image|images|interprojet|"
            "fr|en|de|es|it|ru|la|pt|nl|ja|zh|ar|el|mul|,|fin citation bloc|message galerie|"
            "début de colonnes|fin de colonnes|multi bandeau|harvsp|sp harv",
            # Russian
            "нет аи|нет аи-|какие|какой|кто|кем|когда|где|кого|чей|почему|сколько|уточнить|что|"
            "неясно|аи|аи?|страница|стр|ref-en|ref-de|ref-fr|ref-ru|ref-es|ref-it|cite|книга|"
            "публикация|см. также|main|дерево статей|переписать|дополнить|стиль|викифицировать|"
            "избранная статья|хорошая статья|добротная статья|соседние города|климат города|"
            "персона|учёный|государство|нп-карточка|населённый пункт|конец кол|кол|неоднозначность|"
            "внешние медиафайлы|значения|о|эта статья|орисс|спорно|обновить|источник?|от чего|"
            "цитата-источник|цитирование|тм|скрытый|конец скрытый|флаг|флаг россии",
            # Chinese
            "来源请求|來源請求|fact|需要解释|clarify|谁|誰|何时|何時|哪里|哪裡|为什么|哪个|谁说|"
            "可靠来源|请求来源|参考资料|參考資料|另见|主条目|主條目|见|not|onesource|refimprove|"
            "copyedit|cleanup-jargon|expand|translating|notemsg|lang icon|国旗|國旗|flagicon",
            # Arabic, Hindi, Finnish, Turkish, German, Japanese
            "بحاجة لمصدر|مراجع|مفصلة|وضح|متى|من|أين|أيقونة ألمانية|أيقونة إنجليزية|صورة عريضة|"
            "उद्धरण चाहिए|तथ्य|मुख्य|lähde|viitteet|kirjaviite|verkkoviite|lehtiviite|hyvä|suositeltu|"
            "lausunta|milloin|kuka|mitä|ketkä|pääartikkeli|kts|tarkennettava|"
            "kaynak belirt|ana|ana madde|ayrıca bakınız|kim|ne zaman|webarşiv|kardeş şehir|alm|i̇ng|"
            "belege fehlen|hauptartikel|siehe auch|wann|wer|belege|literatur|internetquelle|"
            "いつ|誰|どこ|いつ範囲|要出典範囲|see|seealso|リンク切れ|参照方法|main|"
            "存命人物の出典明記|特殊文字|ilq|音声|kotobank|refnest|efn2|notelist2|座標一覧",
        )
    )
    .casefold()
    .split("|")
)

_SILENT = re.compile(
    "(?:"
    + "|".join(map(re.escape, _BEGINNINGS))
    + ").*|.*(?:"
    + "|".join(map(re.escape, _ENDINGS))
    + ")",
    re.DOTALL,
)


def is_silent(name: str) -> bool:
    """Whether the template of this name, in lower case, is known to print nothing in a sentence."""
    return name in _NAMES or _SILENT.fullmatch(name) is not None
