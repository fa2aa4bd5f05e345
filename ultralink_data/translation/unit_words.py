"""Units of measure and currency in the words of nine languages, for checks of translations.

Each unit belongs to a dimension; within one, a translation may not pass from one unit to another.
"""

import re
from functools import cache

PERCENT = "percent"

_LONE_S = r"(?<=\s)(?-i:s)(?!['’])"
"""An s behind a space: `the 1990s` has no seconds. It counts only right at a number."""

_UNITS: dict[str, dict[str, str]] = {
    "percent": {
        PERCENT: r"[%٪％]|per ?cent|por ?ciento|pour ?cents?|процент\w*|prosent\w*|yüzde\w*"
        r"|百分之|个百分点|प्रतिशत|फ़ीसदी|फीसदी|بالمئة|بالمائة|في المئة|في المائة"
    },
    "currency": {
        "dollar": r"\$|＄|USD|dollars?|bucks?|dólar(?:es)?|dollari\w*|доллар\w*|долл\.?|美元|元|美金|डॉलर"
        r"|块钱|دولار\w*|دولاراً?|dolar\w*",
        "cent": r"¢|cents?|centavos?|céntimos?|centimes?|цент\w*|美分|分|सेंट|سنت\w*|sent\w*|senti\w*",
        "euro": r"€|EUR|euros?|eur[oa]\w*|евро|欧元|歐元|यूरो|يورو|avro\w*",
        "pound": r"£|GBP|libras? esterlinas?|livres? sterling|фунт\w* стерлингов|英镑|पाउंड स्टर्लिंग"
        r"|جنيه\w*|sterlin\w*|puntaa?\w*",
        "yen": r"¥|￥|JPY|CNY|yen\w*|yuan\w*|йен\w*|юан\w*|иен\w*|日元|人民币|块钱|येन|युआन|ين|يوان",
        "rupee": r"₹|INR|rupees?|rupias?|roupies?|рупи\w*|卢比|रुपय\w*|रुपए|روبية|rupia\w*|rupi\w*",
    },
    "length": {
        "kilometre": r"km|kilomet[er]{2}s?|kilómetros?|kilomètres?|км|километр\w*|公里|千米|किमी|किलोमीटर"
        r"|كم|كيلومتر\w*|كيلومترات|kilometr\w*|kilometre\w*",
        "metre": r"m|met[er]{2}s?|metros?|mètres?|м|метр\w*|米|公尺|मीटर|متر\w*|أمتار|metri\w*|metre\w*",
        "centimetre": r"cm|centimet[er]{2}s?|centímetros?|centimètres?|см|сантиметр\w*|厘米|公分|सेमी"
        r"|सेंटीमीटर|سم|سنتيمتر\w*|senttimetri\w*|santimetre\w*|santim\w*",
        "millimetre": r"mm|millimet[er]{2}s?|milímetros?|millimètres?|мм|миллиметр\w*|毫米|मिमी|मिलीमीटर"
        r"|مم|ملم|مليمتر\w*|millimetri\w*|milimetre\w*",
        "mile": r"mi|mil|mili|milde|milden|milin|millik|miles?|millas?|milles?|миль\w*|мил[яиюей]\w*|英里|哩|मील|ميل\w*|أميال|mailia?\w*",
        "foot": r"ft|foot|feet|pies?|pieds?|фут\w*|英尺|尺|फुट|फ़ुट|फ़ीट|फीट|قدم\w*|أقدام|jalka\w*|jalan|jalkaa"
        r"|fit|ayak",
        "inch": r"inch(?:es)?|pulgadas?|pouces?|дюйм\w*|英寸|寸|इंच|بوصة|بوصات|إنش|tuuma\w*|inç\w*",
        "yard": r"yds?|yards?|yardas?|verges?|ярд\w*|码|碼|गज|यार्ड|ياردة|ياردات|jaardi\w*|yarda\w*",
    },
    "weight": {
        "kilogram": r"kgs?|kilos?|kilograms?|kilogramos?|kilogrammes?|кг|килограмм\w*|公斤|千克|किग्रा|किलो\w*"
        r"|كغ|كجم|كيلو|كيلوغرام\w*|كيلوجرام\w*|kilogramm\w*|kilogram\w*|kilon?|kiloa",
        "gram": r"g|grams?|gramos?|grammes?|г|гр|грамм\w*|克|ग्राम|غ|غرام\w*|جرام\w*|gramma\w*|gram\w*",
        "pound (weight)": r"lbs?|pounds?|libras?|livres?|фунт\w*|磅|पाउंड|पौंड|رطل\w*|أرطال|باوند|pauna\w*"
        r"|naulaa?\w*|libre\w*",
        "ounce": r"oz|ounces?|onzas?|onces?|унци\w*|盎司|औंस|أونصة|أونصات|أوقية|unssi\w*|ons\w*",
        "ton": r"tons?|tonnes?|toneladas?|тонн\w*|吨|噸|टन|طن\w*|أطنان|tonni\w*|ton\w*",
    },
    "volume": {
        "litre": r"l|lit[er]{2}s?|litros?|л|литр\w*|升|公升|लीटर|لتر\w*|ليتر\w*|litra\w*|litre\w*",
        "millilitre": r"ml|millilit[er]{2}s?|mililitros?|мл|миллилитр\w*|毫升|मिली\w*|مل|ملليلتر\w*"
        r"|millilitra\w*|mililitre\w*",
        "gallon": r"gal|gallons?|galones?|галлон\w*|加仑|गैलन|غالون\w*|جالون\w*|gallona\w*|galon\w*",
    },
    "temperature": {
        "Celsius": r"°C|celsius\w*|цельси\w*|摄氏\w*|सेल्सियस|مئوية|سلزيوس|سيلسيوس|santigrat",
        "Fahrenheit": r"°F|fahrenheit\w*|фаренгейт\w*|华氏\w*|फ़ारेनहाइट|फारेनहाइट|فهرنهايت",
    },
    "time": {
        "hour": r"h|hrs?|hours?|horas?|heures?|ч|час\w*|小时|小時|钟头|点|घंट\w*|घण्ट\w*|ساعة|ساعات|ساعتين|ساعتان"
        r"|tunnin|tunnissa|tunniksi|tunti\w*|saat\w*",
        "minute": r"min|mins|minutes?|minutos?|мин|минут\w*|分钟|分鐘|分|मिनट\w*|दقيقة|دقيقة|دقائق|دقيقتين"
        r"|minuut\w*|dakika\w*|dk",
        "second": rf"{_LONE_S}|secs?|seconds?|segundos?|secondes?|с|сек|секунд\w*|秒钟?|सेकंड|सेकेंड|ثانية|ثوان\w*"
        r"|sekun\w*|saniye\w*",
    },
}

DIMENSIONS = {unit: name for name, units in _UNITS.items() for unit in units}
"""The dimension of each unit."""

_SHORT = 3
"""Letters up to which a word of Latin or Cyrillic script counts only right at a number."""

_CJK = re.compile("[一-鿿]")


@cache
def at_number(unit: str) -> re.Pattern[str]:
    """What finds a unit right after a number (at the start of the text behind it)."""
    return re.compile(rf"[\s\u00a0-]?(?:{_bounded(_words(unit))})", re.IGNORECASE)


@cache
def before_number(unit: str) -> re.Pattern[str]:
    """What finds a currency or percent right before a number (at the end of the text)."""
    return re.compile(rf"(?:{'|'.join(_words(unit))})[\s\u00a0]?[-−]?\Z", re.IGNORECASE)


@cache
def anywhere(unit: str) -> re.Pattern[str]:
    """What finds the signs and the longer words of a unit anywhere in a text."""
    long = [word for word in _words(unit) if len(word) > _SHORT or not word.isalpha()]
    long += [word for word in _words(unit) if word not in long and ord(word[0]) > 0x4FF]
    return re.compile(_bounded([word for word in long if word != _LONE_S]), re.IGNORECASE)


def _words(unit: str) -> list[str]:
    return _UNITS[DIMENSIONS[unit]][unit].split("|")


def _bounded(words: list[str]) -> str:
    """Words that end where letters end; Chinese has no such border."""
    parts = []
    for word in words:
        free = _CJK.search(word) or not re.search(r"\w", word)
        if len(word) == 1 and word.isascii() and word != "l":
            word = f"(?-i:{word})"  # 5M is no metre, 5G no gram
        parts.append(word if free else rf"(?<![^\W\d_]){word}(?![^\W\d_])")
    return "|".join(parts)
