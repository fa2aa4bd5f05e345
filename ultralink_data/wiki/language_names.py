"""How Wikipedias name languages before foreign words (`{{lang-de|X}}`), and write numbers."""

from typing import NamedTuple


class Labels(NamedTuple):
    """`form` holds `{name}` and `{text}`; `names` are by language code."""

    form: str
    names: dict[str, str]


def _names(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split("; "))


LABELS: dict[str, Labels] = {
    "en": Labels(
        "{name}: {text}",
        _names(
            "de=German; fr=French; es=Spanish; it=Italian; ru=Russian; la=Latin; el=Greek; "
            "grc=Ancient Greek; ar=Arabic; he=Hebrew; ja=Japanese; zh=Chinese; pt=Portuguese; "
            "nl=Dutch; tr=Turkish; fa=Persian; uk=Ukrainian; pl=Polish; ko=Korean; hi=Hindi; "
            "sv=Swedish; fi=Finnish; da=Danish; ca=Catalan; cs=Czech; hu=Hungarian; "
            "sq=Albanian; az=Azerbaijani; sa=Sanskrit; ur=Urdu; pa=Punjabi; ro=Romanian; "
            "sr=Serbian; hr=Croatian; bg=Bulgarian; hy=Armenian; ga=Irish"
        ),
    ),
    "es": Labels(
        "en {name}: {text}",
        _names(
            "en=inglés; de=alemán; fr=francés; it=italiano; ru=ruso; la=latín; el=griego; "
            "grc=griego antiguo; ar=árabe; he=hebreo; ja=japonés; zh=chino; pt=portugués; "
            "nl=neerlandés; tr=turco; fa=persa; uk=ucraniano; pl=polaco; ko=coreano; hi=hindi; "
            "sv=sueco; fi=finés; ca=catalán; eu=euskera; gl=gallego"
        ),
    ),
    "fr": Labels(
        "en {name} : {text}",
        _names(
            "en=anglais; de=allemand; es=espagnol; it=italien; ru=russe; la=latin; el=grec; "
            "grc=grec ancien; ar=arabe; he=hébreu; ja=japonais; zh=chinois; pt=portugais; "
            "nl=néerlandais; tr=turc; fa=persan; uk=ukrainien; pl=polonais; ko=coréen; "
            "hi=hindi; sv=suédois; fi=finnois; ca=catalan; eu=basque; br=breton; oc=occitan"
        ),
    ),
    "ru": Labels(
        "{name} {text}",
        _names(
            "en=англ.; de=нем.; fr=фр.; es=исп.; it=итал.; la=лат.; el=греч.; grc=др.-греч.; "
            "ar=араб.; he=ивр.; ja=яп.; zh=кит.; pt=порт.; nl=нидерл.; tr=тур.; fa=перс.; "
            "uk=укр.; pl=польск.; ko=кор.; hi=хинди; sv=швед.; fi=фин.; be=белор.; kk=каз.; "
            "ka=груз.; hy=арм.; az=азерб.; tt=тат.; cs=чеш.; hu=венг."
        ),
    ),
    "zh": Labels(
        "{name}：{text}",
        _names(
            "en=英语; de=德语; fr=法语; es=西班牙语; it=意大利语; ru=俄语; la=拉丁语; "
            "el=希腊语; grc=古希腊语; ar=阿拉伯语; he=希伯来语; ja=日语; pt=葡萄牙语; "
            "nl=荷兰语; tr=土耳其语; fa=波斯语; uk=乌克兰语; pl=波兰语; ko=韩语; hi=印地语; "
            "sv=瑞典语; fi=芬兰语; sa=梵语; vi=越南语; th=泰语; mn=蒙古语"
        ),
    ),
    "ar": Labels(
        "({name}: {text})",
        _names(
            "en=بالإنجليزية; de=بالألمانية; fr=بالفرنسية; es=بالإسبانية; it=بالإيطالية; "
            "ru=بالروسية; la=باللاتينية; el=باليونانية; he=بالعبرية; ja=باليابانية; "
            "zh=بالصينية; pt=بالبرتغالية; nl=بالهولندية; tr=بالتركية; fa=بالفارسية; "
            "ku=بالكردية; hi=بالهندية; sv=بالسويدية"
        ),
    ),
    "hi": Labels(
        "{name}: {text}",
        _names(
            "en=अंग्रेज़ी; de=जर्मन; fr=फ़्रान्सीसी; es=स्पेनी; it=इतालवी; ru=रूसी; la=लातिनी; "
            "el=यूनानी; ar=अरबी; he=इब्रानी; ja=जापानी; zh=चीनी; fa=फ़ारसी; ur=उर्दू; "
            "sa=संस्कृत; bn=बांग्ला; ta=तमिल; pa=पंजाबी"
        ),
    ),
    "fi": Labels(
        "{name} {text}",
        _names(
            "en=engl.; de=saks.; fr=ransk.; es=esp.; it=ital.; ru=ven.; la=lat.; el=kreik.; "
            "ar=arab.; he=hepr.; ja=jap.; zh=kiin.; pt=port.; nl=holl.; tr=turk.; pl=puol.; "
            "sv=ruots.; et=vir.; da=tansk.; no=norj."
        ),
    ),
    "tr": Labels(
        "{name}: {text}",
        _names(
            "en=İngilizce; de=Almanca; fr=Fransızca; es=İspanyolca; it=İtalyanca; ru=Rusça; "
            "la=Latince; el=Yunanca; grc=Grekçe; ar=Arapça; he=İbranice; ja=Japonca; zh=Çince; "
            "pt=Portekizce; nl=Felemenkçe; fa=Farsça; uk=Ukraynaca; pl=Lehçe; ko=Korece; "
            "ku=Kürtçe; az=Azerice; ota=Osmanlı Türkçesi; bg=Bulgarca; hy=Ermenice"
        ),
    ),
    "de": Labels(
        "{name} {text}",
        _names(
            "en=englisch; fr=französisch; es=spanisch; it=italienisch; ru=russisch; la=lateinisch; "
            "el=griechisch; grc=altgriechisch; ar=arabisch; he=hebräisch; ja=japanisch; "
            "zh=chinesisch; pt=portugiesisch; nl=niederländisch; tr=türkisch; fa=persisch; "
            "uk=ukrainisch; pl=polnisch; ko=koreanisch; hi=Hindi; sv=schwedisch; fi=finnisch; "
            "da=dänisch; cs=tschechisch; hu=ungarisch"
        ),
    ),
    "ja": Labels(
        "{name}: {text}",
        _names(
            "en=英語; de=ドイツ語; fr=フランス語; es=スペイン語; it=イタリア語; ru=ロシア語; "
            "la=ラテン語; el=ギリシア語; grc=古代ギリシア語; ar=アラビア語; he=ヘブライ語; "
            "zh=中国語; pt=ポルトガル語; nl=オランダ語; tr=トルコ語; fa=ペルシア語; "
            "uk=ウクライナ語; pl=ポーランド語; ko=朝鮮語; hi=ヒンディー語; sv=スウェーデン語; "
            "fi=フィンランド語; th=タイ語"
        ),
    ),
    "bn": Labels(
        "{name}: {text}",
        _names(
            "en=ইংরেজি; de=জার্মান; fr=ফরাসি; es=স্পেনীয়; it=ইতালীয়; ru=রুশ; la=লাতিন; el=গ্রিক; "
            "ar=আরবি; he=হিব্রু; ja=জাপানি; zh=চীনা; pt=পর্তুগিজ; fa=ফার্সি; ur=উর্দু; hi=হিন্দি; "
            "sa=সংস্কৃত; ta=তামিল"
        ),
    ),
    "th": Labels(
        "{name}: {text}",
        _names(
            "en=อังกฤษ; de=เยอรมัน; fr=ฝรั่งเศส; es=สเปน; it=อิตาลี; ru=รัสเซีย; la=ละติน; el=กรีก; "
            "ar=อาหรับ; he=ฮีบรู; ja=ญี่ปุ่น; zh=จีน; pt=โปรตุเกส; nl=ดัตช์; ko=เกาหลี; hi=ฮินดี; "
            "sa=สันสกฤต; pi=บาลี; vi=เวียดนาม"
        ),
    ),
    "sw": Labels(
        "kwa {name}: {text}",
        _names(
            "en=Kiingereza; de=Kijerumani; fr=Kifaransa; es=Kihispania; it=Kiitalia; ru=Kirusi; "
            "la=Kilatini; el=Kigiriki; ar=Kiarabu; he=Kiebrania; ja=Kijapani; zh=Kichina; "
            "pt=Kireno; nl=Kiholanzi; tr=Kituruki; fa=Kiajemi; hi=Kihindi"
        ),
    ),
    "te": Labels(
        "{name}: {text}",
        _names(
            "en=ఆంగ్లం; de=జర్మన్; fr=ఫ్రెంచ్; es=స్పానిష్; it=ఇటాలియన్; ru=రష్యన్; la=లాటిన్; el=గ్రీకు; "
            "ar=అరబిక్; ja=జపనీస్; zh=చైనీస్; fa=పర్షియన్; ur=ఉర్దూ; hi=హిందీ; sa=సంస్కృతం; "
            "ta=తమిళం; kn=కన్నడం"
        ),
    ),
}

LABELLING = frozenset(("lang", "k", "kieli"))
"""Names before the hyphen and the code: `{{lang-de|X}}`, in Finnish `{{k-de|X}}`."""

LABELLING_WITH_CODE = frozenset(("en langue", "lang-x", "langx", "lingua"))
"""Templates whose first argument is the code and whose second the text."""

ARABIC_CODES = _names(
    "إنج=en; أل=de; فر=fr; إسب=es; إيط=it; رو=ru; لات=la; يو=el; عب=he; يا=ja; صي=zh; تر=tr; فا=fa"
)
"""`{{إنج|X}}` and `{{لغة-إنج|X}}`."""

ARABIC_NAMES = _names(
    "إنجليزية=en; ألمانية=de; فرنسية=fr; إسبانية=es; إيطالية=it; روسية=ru; لاتينية=la; يونانية=el; "
    "عبرية=he; يابانية=ja; صينية=zh; تركية=tr; فارسية=fa; كردية=ku; هولندية=nl"
)
"""`{{ألمانية|X}}` and `{{بالألمانية|X}}`."""


class DigitStyle(NamedTuple):
    """How `{{formatnum:}}` writes: mark between groups, decimal mark, digits that are grouped."""

    group: str
    decimal: str
    digits: int


NUMBERS: dict[str, DigitStyle] = {
    **{
        "en": DigitStyle(",", ".", 4),
        "zh": DigitStyle(",", ".", 4),
        "es": DigitStyle(" ", ",", 5),
    },
    **{
        "fr": DigitStyle(" ", ",", 4),
        "ru": DigitStyle(" ", ",", 5),
        "fi": DigitStyle(" ", ",", 4),
    },
    **{"tr": DigitStyle(".", ",", 4), "de": DigitStyle(".", ",", 5)},
    **{code: DigitStyle(",", ".", 4) for code in ("ja", "th", "sw", "te")},
}
"""Other languages keep a number as it stands."""

MONTHS = {
    "en": ("January February March April May June July August September October November December"),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
    "ru": ("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
    "zh": "1 2 3 4 5 6 7 8 9 10 11 12",
}
"""Names of months as they stand after a day, for templates that are given numbers."""

BEFORE_CHRIST = {
    **{"en": "{} BC", "es": "{} a. C.", "fr": "{} av. J.-C.", "ru": "{} до н. э.", "zh": "前{}"},
}
"""How a year is written that templates are given with a minus."""
