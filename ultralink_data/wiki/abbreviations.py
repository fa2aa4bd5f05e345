"""Words with a full stop that ends no sentence, and words that begin one, by language.

All are in lower case and without their full stops; one that has stops within it (`e.g.`, `J.-C.`)
is known by them and not listed, except where nothing but its last part stands behind a space
(`p. ej.`).
"""

from functools import cache
from typing import NamedTuple


class Abbreviations(NamedTuple):
    """`inside`: stand within a sentence whatever follows: titles, examples, comparisons.

    `counting`: before a number or what a template prints; before a word they end a sentence, or are
    another word (`no.`). `unsure`: may end one; whether they do, only a word that begins sentences
    tells. `openers` are such words: articles, pronouns, prepositions.
    """

    inside: frozenset[str]
    counting: frozenset[str]
    unsure: frozenset[str]
    openers: frozenset[str]


_COUNTING = (
    "approx appr vol vols fig figs no nos sec art est jan feb mar apr jun jul aug sep sept oct nov "
    "dec cap min max p pp ch chap ed eds pt ca c n s etc"
)
"""In most languages that are written in Latin letters."""

_TABLES: dict[str, tuple[str, str, str, str]] = {
    "en": (
        "dr mr mrs ms mx prof rev hon gen col maj capt cpt lt lieut sgt cpl pvt gov sen rep pres "
        "ste fr msgr messrs mmes amb supt adm cmdr vs v cf viz eg ie b d r fl",
        f"{_COUNTING} nr lb lbs oz in cir",
        "st mt ft jr sr inc ltd co corp bros al plc llc esq dept univ assn ave blvd rd",
        "the it he she they we you i a an this that these those there his her its their our my in "
        "on at by for from to with as after before during since until while when where if but and "
        "or so yet both some many most each one two no not such however also although because "
        "according what who how why",
    ),
    "es": (
        "sr sra sres srta dr dra d dña prof lic ing arq mtro mtra gral cnel tte sto sta fr "
        "mons excmo pbro ej cf cfr vid v ud uds vd vds av avda c ctra",
        f"{_COUNTING} aprox pág págs núm núms art ene abr ago dic tel hab t tomo ss",
        "uu ee ltda cía hnos jr dpto",
        "el la los las lo un una unos unas él ella ellos ellas este esta estos estas ese esa esto "
        "su sus en de del al a por para con sin desde hasta durante entre según sobre tras cuando "
        "donde si pero y o aunque como también además no se es fue hay así",
    ),
    "fr": (
        "m mm mme mmes mlle mlles me mgr dr drs pr prof st ste sts cf ex éd dir trad coll adj apr "
        "av env litt gal cdt lt",
        f"{_COUNTING} environ janv févr avr juil déc hab t f ff fol r art col",
        "cie ets sté bd",
        "le la les l un une des il elle ils elles on ce cet cette ces c son sa ses leur leurs en "
        "de du d à au aux par pour avec sans dans sur sous depuis pendant après avant entre selon "
        "lors quand où si mais et ou donc bien comme ainsi aussi s n y",
    ),
    "ru": (
        "проф акад доц г-н г-жа св см ср напр т тт гл пос дер гор обл р-н оз пр-т ул пл пер наб "
        "ген полк кап лейт инж канд д д-р кн ред сост изд о мл ст н с п к",
        "прибл ориг букв млн млрд тыс рис стр том ок ч табл англ нем исп итал греч араб кит лат фр "
        "род ум руб кв кн вып № пп",
        "г гг в вв э др пр х р е л",
        "он она оно они мы вы я это этот эта эти тот та те его её их в во на по с со из от до за к "
        "ко у о об при для после перед во между под над через когда где если но и а или так как "
        "также однако хотя не ни что кто все всё был была было были один некоторые многие",
    ),
    "de": (
        "dr prof hr fr frl st ing dipl mag bzw vgl ca sog geb gest z b d h u a o i v s n e evtl "
        "ggf inkl insb bspw abb bd hrsg hl nr verf ehem",
        f"{_COUNTING} jh jhd mio mrd tsd str std okt dez mär",
        "chr usw uvm etc gmbh co jr",
        "der die das den dem des ein eine einen er sie es wir ihr ich dieser diese dieses sein "
        "seine ihre in im an am auf aus bei mit nach von vor zu zum zur für durch seit während als "
        "wenn wo aber und oder so auch",
    ),
    "tr": (
        "dr prof doç yrd av sn hz st mr mrs bkz krş örn vd yy alb gen org ord",
        f"{_COUNTING} yak yy sf bs mad",
        "vb vs ltd şti aş cad sok mah",
        "bu şu o bir onlar biz ben sen siz ve ama fakat ancak ayrıca daha sonra",
    ),
    "fi": (
        "esim ks vrt tri prof dos toht maist mm n ns ts v s os eli lk synt st",
        f"{_COUNTING} noin syn kuol kpl milj mrd klo puh",
        "ekr jkr eaa jaa jne yms oy",
        "hän se he ne minä me te tämä nämä tuo sen sitä mutta ja tai kun jos vuonna myös",
    ),
    "sw": ("dk dkt bw bi prof mh n taz", f"{_COUNTING} uk na", "nk", "alikuwa ni katika hii hiyo"),
    "ar": ("د م أ ص ت ط هـ ه ق ن ج", "ص ط ج", "م هـ", "في هو هي هذا هذه"),
    "hi": ("डॉ प्रो श्री पं स्व कु मि", "सं पृ क्र", "ई", "वह यह"),
    "bn": ("ড ডা মো মোঃ প্রফ অধ্যা", "পৃ নং", "খ্রি", "তিনি এটি"),
    "te": ("డా శ్రీ ప్రొ", "పే నం", "క్రీ శ పూ", "ఇది"),
    "th": ("ดร นพ พญ ศ รศ ผศ นาย", "พ ศ ค หน้า", "ฯ", "เขา"),
    "ja": ("dr mr", "no vol p", "co ltd", "the"),
    "zh": ("dr mr", "no vol p", "co ltd", "the"),
}
_BUILT_LANGUAGES = frozenset(_TABLES)


@cache
def abbreviations(language: str) -> Abbreviations:
    """Those of the language; of all languages where it is not known."""
    tables = [_TABLES[language]] if language in _BUILT_LANGUAGES else list(_TABLES.values())
    columns = (frozenset(" ".join(column).split()) for column in zip(*tables, strict=True))
    return Abbreviations(*columns)


INSIDE_WITH_STOPS = frozenset(
    (
        *("e.g", "i.e", "p.ej", "v.gr", "p.ex", "c.-à-d", "c.à.d", "т.е", "т.н", "т.к"),
        *("z.b", "d.h", "u.a", "s.o", "i.d.r", "o.g"),
    )
)
"""Of several parts, written with or without spaces: what follows belongs to the sentence."""

TITLE_LETTERS = {"fr": "M", "es": "D"}
"""Capital letters before a name that are no initial (`M. Le Gall`)."""

ORDINAL_STOPS = frozenset(("", "de", "fi", "tr"))
"""Languages in which a number before a full stop may be an ordinal (`3. Bundesliga`)."""

_UNITS = (
    "km m cm mm kg g mg t l ml s h w kw mw v hz mhz ghz mi ha "
    "км м см мм кг г мг т л мл с ч вт квт мвт гц мгц га"
)
UNITS = frozenset(_UNITS.split())
"""They end a sentence after a number, whatever else they may shorten."""

NAMED_AFTER = {
    "ru": (
        "им",
        r"[А-ЯЁ]\w*(?:[оеё]ва|[иы]на|ого|его|ской|цкой|ко)\b|[А-ЯЁ]\.|\d",
    )
}
"""A word that shortens "named after" before a name, and is a pronoun before anything else."""
