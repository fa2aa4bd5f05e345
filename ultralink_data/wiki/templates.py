"""What templates print: a pattern, and the names of the templates that print it.

A pattern is text with places: `{1}` is an argument by position or name, `{2|1}` the first of them
that is given, `{2=e}` one with a default, `{-1}` the last positional one, `{*}` all together and
`{*, }` with something between, `{#1}` an argument as a number of the language, `{lc!}` prints
nothing and asks that the argument is there, `{2:a!}` that it is `a`, `{2:digits!}` that it is a
whole number; `{@2}` is the name of a month that may be a number, `{~3}` a year, or a date that ends
with one, that may have a minus, `{°1}` an English ordinal. What stands in `[ ]` is printed where
all its places have something. Patterns are tried in order, ` // ` between them; where none fits it
is unknown what the template prints, and so where one without places is given an argument.
Sources: the documentation pages of the templates in each Wikipedia.
"""

Patterns = dict[str, str]
"""Pattern -> names of templates, `|` between them."""

_AS_OF = " // ".join(
    f"{words}[{{pre}} ]{date}[{{post}}]{asked}"
    for words, given in (
        ("", "{bare!}"),
        ("since ", "{since!}{lc!}"),
        ("Since ", "{since!}"),
        ("as of ", "{lc!}"),
        ("As of ", ""),
    )
    for date, asked in (("{@2} {3}, {1}", f"{{df:US!}}{given}"), ("[[{3} ]{@2} ]{1}", given))
)
_CHINESE_DATE = "{1}年{@2}月{@3}日 // {1}年{@2}月 // {1}年"
_CRORES = {"c": "crore", "l": "lakh", "lc": "lakh crore", "t": "trillion", "b": "billion"}
_OF_RUPEES = " // ".join(
    (*(f"₹{{1}} {word}{{2:{code}!}}" for code, word in _CRORES.items()), "₹{1}[ million{2:m!}]")
)
EVERYWHERE: Patterns = {
    "{texte|text|текст} // {-1}": "lang|langue",
    "{-1}": (
        "lj|transl|transliteration|translit|wikt-lang|script|resize|font color|"
        "small|nowrap|nobr|nowraplinks|smaller|big|larger|color|colour|couleur|цвет|dil|"
        "rtl-lang|rtl|lang-rtl"
    ),
    "{1}": (
        "abbr|abréviation|tooltip|comment|num|vanchor|visible anchor|sc|smallcaps|smallcaps2|"
        "small caps|math|mvar|var|big math|bigmath|unicode|not a typo|proper name|code|"
        "tt|samp|mono|strong|em|kbd|nastaliq|polytonic|latin|flag|flagcountry|flagu|keypress|"
        "key press|nihongo2|script/arabic|script/hebrew|hebrew|cuneiform|midsize|semantics|"
        "no italic|noitalic|ruby|ruby-ja|formatnum|overline|underline|u|strike|s|iast|iso15919|"
        "tmath|red|green|blue|gray|grey"
    ),
    "<sup>{1}</sup>": "sup|superscript|exp|exposant|superíndice|superindice",
    "<sub>{1}</sub>": "sub|subscript|subíndice|subindice|ind",
    "{*}": "gaps",
    "{*, }": "linktext|hlist inline",
    "\n\n{text|quote|1}\n\n": (
        "quote|blockquote|cquote|quotation|bquote|rquote|centered pull quote"
    ),
    "{lt|1}": "ill|interlanguage link|interlanguage link multi|link-interwiki|iwl",
    "{1}[ ({2}[, {3}][, {4}])] // {2}[ ({3})]": "nihongo|nihongo krt|korean",
    "{3}[ ({2}[, {1}])] // {1}[ ({2})]": "nihongo3",
    "{1}[ ({2}[, {3}])] // {2}": "nihongo4|nihongo foot",
    "{1} {2}/{3} // {1}/{2} // 1/{1}": "frac|sfrac|fraction|дробь",
    "×10<sup>{1}</sup>": "e|e-sp|x10^|x10|×10^|exp10",
    "10<sup>{1}</sup>": "10^|10 puissance",
    "♭{1:flat!} // ♭{1:b!} // ♯{1:sharp!} // ♯{1:#!} // ♮{1:natural!}": "music",
    "⟨{1}⟩": "angbr|angle bracket|grapheme",
    "√{1}": "radic|sqrt|racine",
    "c. {1}[ – c. {2}] // c.": "circa|c.|ca.|ca",
    "{1} {2}": "ship",
    **{
        f"{one.upper()} {{1}}": one
        for one in (
            *("hms", "uss", "ss", "mv", "rms", "sms", "hmas", "hmcs", "hmnzs", "ins", "usns"),
            "uscgc",
        )
    },
    "ISBN {1}": "isbn|isbnt|isbn2",
    "'s": "'s",
    "'": "'|`|’",
    "–": "ndash|en dash|–",
    " – ": "snd|spnd|spaced ndash|spaced en dash|dash|snds",
    "—": "mdash|em dash|mdashb|—",
    " ": "nbsp|thinsp|thin space|spaces|space|hair space|sp|gap",
    "·": "·|dot|middot|bullet|•",
    "|": "!",
    "=": "=",
    "π": "pi",
    "CO₂": "co2",
    "{c|t|s|1}": "zh|zh-all",
    "\n\n{1|content}\n\n": "plainlist|columns-list",
}

BY_LANGUAGE: dict[str, Patterns] = {
    "en": {
        "Chinese: {c|t|s|1}": "zh|zh-all",
        "{3} {@2} {1}{df:y!} // {3} {@2} {1}{df:yes!} // {@2} {3}, {1} // {@2} {1} // {1}": (
            "start date|end date|birth date|death date"
        ),
        "{text|1}": "citation needed span|cn span|clarify span",
        "{1}[{2}]": "sic",
        f"{{alt}} // {_AS_OF}": "as of|asof",
        "r. {1}[–{2}] // r.": "reign|r.",
        "fl. {1}[–{2}] // fl.": "floruit|fl.|fl|flourished",
        "born {1}": "born in",
        "née {1}": "née|nee",
        "né {1}": "né",
        "b. {1} // b.": "b.",
        "d. {1} // d.": "d.",
        "{1} (O.S. {3}) {2}": "oldstyledate",
        "{1} {2} (O.S. {3})": "oldstyledatedy|oldstyledateny",
        "{1} BC //  BC": "bc",
        "{1} BCE //  BCE": "bce",
        "{1} CE //  CE": "ce",
        "AD {1} // AD": "ad",
        "{°1}": "ordinal|nth|ord",
        "{1}-class {2}": "sclass|sclass-|sclass2|sclass2-",
        _OF_RUPEES: "inrconvert|indian rupee convert",
        "{ft} ft {in} in // {ft} ft // {m} m // {cm} cm": "height",
    },
    "es": {
        "{1} //  ": "esd",
        "{1}": "versalita|versalitas|versales|nowrap2|abreviatura|abr",
        "{1} {2}/{3} // {1}/{2} // 1/{1}": "frac|sfrac|fraction|fracción",
        "siglo {1} a. C.{2:a!} // siglo {1} d. C.{2:d!} // siglo {1}[ {2}]": "siglo|s.",
        "{1} de {@2}[ de {~3}] // {1}": "fecha",
        "{1}.ª{1:digits!}{2:a!} // {1}.{2=º}{1:digits!} // {1}": "ord|ordinal",
        "n.º[ {1}]": "n.º|nº",
        "en chino: {c|t|s|1}": "zh|zh-all",
        "«{1}»": "cita2|cita corta",
        "\n\n«{1}»\n\n": "cita|cita textual",
        "[{1} ]a. C.": "ac|a.c.|a. c.|adc",
        "[{1} ]d. C.": "dc|d.c.|d. c.",
    },
    "fr": {
        "1er[ {@2}][ {~3}]{1:1!} // {~1}[ {@2}][ {~3}] // {@2}[ {~3}] // {~3}": (
            "date|date-|date de naissance|date de décès|date sport|date rép"
        ),
        "<sup>{1}</sup> // e": "e",
        "e": "ème|ième|exp e",
        "er": "er",
        "re": "re|ère",
        "nd": "nd",
        "nde": "nde",
        "{1}": (
            "incise simple|petites capitales|pc|terme défini|msapi|ancre|vocabulaire|"
            "citation étrangère|référence nécessaire|refnec|référence souhaitée|rom|romain|"
            "rom-maj|petit|souligner|abréviation discrète|abrd"
        ),
        "– {1} –": "incise",
        "{texte|fr|1|trad}": "lien",
        "« {1} »": 'citation|début citation|cit|guil|"',
        "\n\n« {1} »\n\n": "citation bloc|bloc citation",
        "{1}{3=e} siècle {2}{2:av. J.-C.!} // {1}{2=e} siècle[ {3}]": "s|s-|siècle|siècle-",
        "{1}{2=e}": "s mini|s mini-|mini siècle",
        "{1}{2=e}[ {3} {4}{5=e}] siècle // {1} siècle": "sp|sp-",
        "{1}{2=e} siècle av. J.-C.": "s av jc|-s|-s-|sav|sav-|s-av-jc",
        "{1}{2=e}[ {3} {4}{5=e}] siècle{6=s} av. J.-C.": "-sp|-sp-",
        "{1}{2=e} et {3}{4=e} siècles": "s2|s2-",
        "{1}{2=e} millénaire": "millénaire|millénaire-",
        "{1} h[ {2} min][ {3} s] // {2} min[ {3} s] // {3} s": "durée",
        "{1}[ ({2}[, {3}])] // {2}[ ({3})]": "japonais|nihongo",
        "{1} h[ {2}][ min {3} s]": "heure",
        "{1} min[ {2} s]": "minute",
        "{#1} €": "euro",
        "[{1} ]av. J.-C.": "av jc|avjc|av j.-c.|av. j.-c.|avant jc",
        "[{1} ]apr. J.-C.": "ap jc|apjc|apr jc|apr. j.-c.|après jc",
        "no {1}[ {2}] // no ": "n°|numéro|no",
        "p. {1} // p. ": "p.",
        **{
            f"{one} {{1}} // {one}": one.casefold()
            for one in ("pp.", "vol.", "chap.", "MM.", "Mlle", "Dr", "Me", "Mgr")
        },
        "{1}, {2}": "ville-pays",
        "M.[ {1}]": "m.",
        "Mme[ {1}]": "mme",
        "etc.": "etc.|etc",
    },
    "ru": {
        "{1}\u0301 // \u0301": "ударение|'|знак ударения",
        "{2|1}": (
            "не переведено|не переведено 2|не переведено 3|не переведено 4|не переведено 5|нп|"
            "нп1|нп2|нп3|нп4|нп5|нп6|iw|iw2"
        ),
        "{#1}[ {2}]": "число|ч|fnum|fmtnum|num",
        "{1}": (
            "нобр|nobr|комментарий|comment|прописные|капитель|lang-x|текст|юникод|s|s2|нет аи 2|"
            "аббр|флагификация"
        ),
        "{-1}": "langi|lang2",
        "ок. {1}[ — ок. {2}] // ок.": "circa|c.|ca.|ca|ок.|около",
        "№[ {1}]": "№|номер",
        "«{1}»": "кавычки",
        "{1} век[ {2}]": "век",
        "{1} {@2}[ {~3}] // {1}": "дата",
        "{1} $ // $": "$",
        "\n\n{1|текст}\n\n": "цитата|quote|начало цитаты",
        "{1} км²": "км²",
        "[{1} ]до н. э.": "до н. э.|до н.э.",
        "[{1} ]н. э.": "н. э.|н.э.",
        "—": "mdash|em dash|mdashb|—|тире",
    },
    "zh": {
        "{4|3|2}": "tsl|translink|link-auto",
        "{3|1}": (
            "link-x|le|lnk|link-en|link-de|link-fr|link-ja|link-ru|link-es|link-it|link-ko|link-nl|"
            "link-pt|link-pl|link-la|link-ar|link-he|link-uk|link-tr|link-cs|link-sv|link-fi|"
            "link-da|link-no|link-hu|link-el|link-vi|link-th|link-id|link-ca|link-eo|link-fa|"
            "link-hi|link-ro|link-bg|link-sr|link-mn|ilh|"
            "internal link helper|internal link helper/en"
        ),
        "{1}{2}－{3}{4} // {1}{2}－ // {1}－{3} // {1}": "bd",
        "{1}": (
            "僻字|黑幕|le2|nobr|缺字|ruby|raw|简繁转换|標|专名|書名號|书名号|專名號|专名号|著重號|着重号|"
            "着重號|!!|uline|pinyin|拼音|py|zhuyin|ruby-zh-p|ruby-zh-b|ruby-py|illm"
        ),
        "{1}（{2}[，{3}]）": "nihongo|nihongo2|日語|日文|日语|jpn|日本人名",
        f"截至{_CHINESE_DATE}".replace("// ", "// 截至"): "as of|asof|截至",
        _CHINESE_DATE: (
            "start date|end date|birth date|birthdate|birth-date|death date|出生日期|死亡日期"
        ),
        "约{1}[－{2}] // 约": "circa|c.|ca.|ca",
        "\n\n{1|text}\n\n": "引用|引文",
        "{*、}": "頓號列表",
        "“{1}”": "引|cquote2",
    },
    "ar": {
        "{نص|عر|1}": "وإو|و.إ.و|ill-wd2",
        "{1}": "خط عربي|مصطلح|شدة|رقم|صغير|كبير|لون|نسق",
        "\n\n{1|نص}\n\n": "اقتباس|اقتباس مضمن|مقتبس",
        "ق.م": "ق.م|ق م",
        "{#1}": "قيمة",
    },
    "hi": {
        "{1}": "नस्तालीक़|यूनिकोड|छोटा",
        "ई.पू.": "ई.पू.",
    },
    "fi": {
        "{1}": "pienennä|kapiteeli|nobr",
        "{#1}[ {2}]": "luku|m",
        "\n\n{1}\n\n": "lainaus|sitaatti",
        "eaa.": "eaa",
    },
    "tr": {
        "{1}": "küçük|büyük|metin",
        "{#1}[ {2}]": "sayı",
        "\n\n{1|metin}\n\n": "alıntı|alıntı2",
        "MÖ": "mö",
        "MS": "ms",
    },
    "de": {
        "„{1|text}“": '"',
        "\n\n{1|text}\n\n": "zitat",
    },
    "ja": {
        "{1}": "仮リンク",
        "{1}（{2}）": "読み仮名",
    },
    "bn": {"\n\n{1|text}\n\n": "উক্তি"},
    "th": {"\n\n{1|text}\n\n": "คำพูด"},
    "sw": {},
    "te": {"\n\n{1|text}\n\n": "వ్యాఖ్య"},
}
"""What only this Wikipedia has, or prints in another way than the others."""

QUANTITIES = frozenset(
    (
        *("convert", "cvt", "convert/2", "unidad", "convertir", "конвертировать", "muunna"),
        *("تحويل", "çevir", "परिवर्तन"),
    )
)
"""Templates that print a quantity with its unit, or a range of them, and often another unit too."""

UNITS = {
    **{"sqft": "sq ft", "sqmi": "sq mi", "cuft": "cu ft", "sqkm": "km²", "km2": "km²", "m2": "m²"},
    **{"m3": "m³", "km3": "km³", "cm3": "cm³", "mi2": "sq mi", "C": "°C", "F": "°F", "K": "K"},
    **{"in": "in", "nmi": "nmi", "kph": "km/h", "km/h": "km/h", "mph": "mph", "hp": "hp"},
    **{"metre": "m", "meter": "m", "kilometre": "km", "kilometer": "km", "LT": "long tons"},
    **{"USgal": "US gal", "impgal": "imp gal", "lb": "lb", "sqyd": "sq yd", "yd3": "cu yd"},
}
"""Units that the template prints in another way than they are asked for."""

FORMULAS = frozenset(("chem", "chem2", "chemf", "chemical formula", "fchim"))
"""Chemical formulas in pieces."""

OLD_STYLE = frozenset(("oldstyledate", "старый стиль", "сс"))
"""Russian templates of a date in both calendars."""

VALUES = frozenset(
    (
        *("frac", "sfrac", "fraction", "дробь", "fracción", "num", "gaps", "formatnum", "sup"),
        *("e", "e-sp", "x10^", "x10", "×10^", "exp10", "10^", "radic", "sqrt", "racine"),
        *("circa", "c.", "ca.", "ca", "ок.", "около", "reign", "r.", "floruit", "fl.", "fl"),
        *("flourished", "born in", "b.", "d.", "oldstyledate", "oldstyledatedy", "oldstyledateny"),
        *("bc", "bce", "ce", "ad", "inrconvert", "indian rupee convert", "height", "siglo", "s."),
        *("ac", "a.c.", "a. c.", "adc", "dc", "d.c.", "d. c.", "s", "s-", "siècle", "siècle-"),
        *("s mini", "s mini-", "mini siècle", "sp", "sp-", "s2", "s2-", "durée", "heure", "minute"),
        *("av jc", "avjc", "av. j.-c.", "ap jc", "apjc", "apr. j.-c.", "n.º", "nº", "n°", "numéro"),
        *("№", "номер", "век", "км²", "$", "до н. э.", "до н.э.", "н. э.", "н.э."),
    )
)
"""Templates of a value, beside those whose pattern writes a number or a date: an argument by name
that the pattern does not have may change it, so that it is unknown what they print."""

HARMLESS = frozenset(
    (
        *("abbr", "adj", "comma", "debug", "disp", "frac", "lk", "near", "nbsp", "order", "out"),
        *("prec", "qid", "qual", "round", "sid", "sigfig", "sing", "sortable", "sp", "spell"),
        *("stylein", "styleout", "tracking", "warn", "link", "links", "linked", "nolink", "l"),
        *("lien", "liens", "class", "style", "id", "title", "lang", "langue", "cat", "nocat"),
        *("nocategory", "df", "mf", "cap", "url", "fmt", "sort", "sortkey", "first", "long"),
        *("passthrough", "about", "en", "ref", "name", "nom", "qualificatif", "nowrap", "align"),
        *("size", "color", "colour", "bold", "date", "lc", "mot"),
    )
)
"""Arguments by name that change how a value looks or what is beside it, and not the value."""

WITH_POWERS = frozenset(("unité", "unite", "unité/2", "nombre", "nb", "tmp"))
"""French templates of a quantity in which a number after a unit is its power."""

SCALES = {"3": "thousand", "6": "million", "9": "billion", "12": "trillion", "15": "quadrillion"}
"""What `e6` before a unit says in English, by the power of ten."""

RANGES = {
    **{"-": "–", "–": "–", "to": " to ", "and": " and ", "or": " or ", "x": " × ", "by": " by "},
    **{
        "×": " × ",
        "*": " × ",
        "xx": " × ",
        ",": ", ",
        ", and": ", and ",
        ", or": ", or ",
        "and(-)": " and ",
        "or(-)": " or ",
        "by(x)": " by ",
        "x(1)": " × ",
        "to about": " to about ",
        "+": " + ",
        "+/-": " ± ",
        "±": " ± ",
        "/": "/",
        "&ndash;": "–",
        "bis": " bis ",
        "至": "至",
        "to(-)": "–",
        "a": " a ",
        "y": " y ",
        "à": " à ",
        "et": " et ",
        "ou": " ou ",
        "и": " и ",
        "ile": " ile ",
        "и до": " до ",
    },
}
"""Words between two values of a quantity."""
