"""The particle of Chinese that OpenCC leaves as it is written in Taiwan.

Taiwan writes one character, 著, for the particle of a lasting action and for "to write" and
"noted"; the mainland writes 着 for the first. OpenCC's t2s keeps 著 everywhere, and tw2s, which
makes 着 of most, changes Taiwan's words too. Here 著 becomes 着 but in the words that keep it on
the mainland. Simplified text is not changed: it has 着 where it is meant.
"""

import re
from collections.abc import Callable
from functools import cache
from operator import ne
from typing import Final

_CHARACTER: Final = "著"
_PARTICLE: Final = "着"
_HELD: Final = (
    "拿读看捧借抱带翻念唱听拎有据照随沿依凭按跟对向朝哼背演弹指盯摆放写印刻贴堆装夹买卖搬"
)
"""Before 著 and a title these take the particle: "holding (the journal) ..."."""

_NAMES: Final = (
    "[为次叫义利额]|声(?![优乐誉])|气(?![象功])|望(?!族)|片(?![商段中])|字(?![体母幕])|号(?!手)|贵(?!族)"
    "|画(?![家作师像室廊派册])|菜(?![肴系式馆])|牌(?![坊楼])|单(?![曲项打口车])|流(?![行派])"
    "|酒(?![店吧庄厂馆])|校(?![园长友])|著(?![作述者])"
)
"""What makes a noun of "name", before which the particle stands: "bearing (names)"."""

_VERBS: Final = (
    "看想坐站躺住跟沿听读唱望说抱带围守跑朝忍躲拿捧借翻念拎随凭背挂穿戴等盼开靠顶写抓握骑牵扶推拉吃喝笑哭叫"
    "喊盯瞧瞪陪睡蹲跪趴倚追学见找接送管编改抄哼用吵夹装藏养画拍忙催帮逼劝骂夸"
)
_VERB: Final = rf"(?<=[{_VERBS}])(?<![小学传众]说)(?<![思理]想)(?<![中大科文力数自]学)(?<![车网]站)"
"""Before 著 comes a verb that often takes the particle, and is not the end of a common noun."""

_PARTICLE_FIRST: Final = (
    rf"{_VERB}著(?=作(?:者|品|案|文(?!集)|曲|家|坊|呕|弊|陪|伴|怪|恶|证|秀|客))",
    rf"{_VERB}著(?=名(?:师(?!范)|医(?![生院学])|山(?![峰水脉东西谷寨庄区])|曲(?![目艺作家])"
    r"|人(?![物士类])|胜|句|将(?![军领])|厨|模(?!型)|伶|媛|车(?!站)|表(?!演)|茶|花(?![园卉])))",
    r"(?<=[坐站躺蹲跪趴睡])(?<![车网]站)著(?=名(?![的著]))",
    "(?<=住)著(?=名[老男女孩寡病患])",
    "(?<=沿)著(?=名古屋)|(?<=近)著(?=名胜)",
    rf"(?<=[走说跑笑哭忙{_VERBS}])著(?=译)|著(?=译[成为给出])",
    "著(?=书生(?!涯)|书房)",
)
"""Where verb, particle and noun meet as a word that keeps 著 does: the verb decides."""

_WORDS: Final = (
    "(?<!重)新著(?![手陆色装火眼]|重(?!印))|史著(?![手眼])|(?<![照依仍])旧著(?![手陆色装火眼]|重(?!印))",
    "(?<![靠接临附亲逼走贴挨邻将])近著(?![手陆色装火眼重急])|(?<![比计])较著(?![重急迷凉手力眼色墨])",
    "共著(?=[此该《〈一]|[，。、）)])",
    rf"(?<![{_VERBS}有随接过])著文(?![件化字明学艺凭章])|(?<=[的曾并])著文(?![化])",
    rf"著名(?!{_NAMES})",
    "著作(?![业战用响弊息答画])",
    "著述(?![说职])",
    "著者|著称(?![呼赞霸])|著录(?![音像影制取用播])|著书立说|著译|著姓",
    rf"(?<![{_HELD}])著书(?![包本籍店桌架])",
    "(?<![活味接跟随沿等住坐站朝对向])著有(?=[《“「『多大诗小文论长书散作学专]|一(?:书|本|部|套|篇|卷))",
    "著有成效|著于竹帛",
    rf"(?<![{_HELD}])著(?:成|了|过)?(?=[《〈])",
    "著成(?=[此该一]?书)",
    "[原所]著(?![火凉陆手眼重急迷落实装色魔想])",
    "显著|名著|巨著|专著|编著(?![辫发篮筐])|土著|卓著|昭著|遗著|拙著|撰著|微知著|彰著|纂著",
    "(?<!翻)译著",
    "(?<![讨谈议争评辩推])论著",
    "(?<![结配混符融组联综整迎适])合著(?![眼双手掌拍节])",
    rf"由[^，。；！？、\n]{{2,6}}(?<![{_HELD}扛拖拉推牵领陪守坐站管])著(?=[，。；、）)\n]|\Z)",
    "[（(〔][^（()）〔〕\n]{0,6}[代朝汉魏晋隋唐宋辽金元明清][）)〕]?[^（()）〔〕\n]{1,6}著(?=[）)〕])",
    "》[，,、：:（( ]{1,2}[^，。；！？《》\n]{2,12}著(?=[，、；。）)\n]|\\Z)",
    "著(?=[，、；, ][^，。；《》\n]{1,10}(?:译|编译|校注|出版社|书局|书店))",
)
_ENOUGH: Final = 0.02
"""Share of changed characters from which a whole text is traditional; fewer are quotations."""


@cache
def _kept_or_particle() -> re.Pattern[str]:
    first = "|".join(_PARTICLE_FIRST)
    return re.compile(f"(?:{first})|({'|'.join(_WORDS)})|{_CHARACTER}")


def with_particles(source: str, converted: str, is_simplified: Callable[[str], bool]) -> str:
    """`converted`, which OpenCC made of `source`, with the particle of simplified Chinese.

    Unless the text as a whole is traditional, a line that `is_simplified` stays as it is.
    """
    if _CHARACTER not in converted:
        return converted
    before, after = source.split("\n"), converted.split("\n")
    changed = sum(map(ne, source, converted))
    if len(before) != len(after) or changed >= _ENOUGH * len(source):
        return "\n".join(map(_mended, after))
    return "\n".join(
        other if one == other and _CHARACTER in one and is_simplified(one) else _mended(other)
        for one, other in zip(before, after, strict=True)
    )


def _mended(line: str) -> str:
    if _CHARACTER not in line:
        return line
    return _kept_or_particle().sub(lambda found: found[1] or _PARTICLE, line)
