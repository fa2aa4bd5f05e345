"""Templates of sums of money: the sign that each prints, and on which side of the sum.

Sources: the documentation pages of the templates (`{{US$|5}}`, `{{currency|5|EUR}}`).
"""

_SIGNS = {
    **{"US$": "us$|usd|usdollar|us dollar|dólar|доллар|dollar", "€": "€|eur|euro|euros|евро"},
    **{"£": "£|gbp|pound sterling|livre sterling|libra esterlina|фунт стерлингов"},
    **{"¥": "¥|jpy|cny|rmb|yen|yuan|юань|иена|人民币|人民幣|日圓|日元", "₹": "₹|inr|indian rupee"},
    **{"A$": "a$|aud|australian dollar", "C$": "c$|cad|ca$|canadian dollar"},
    **{"HK$": "hk$|hkd", "NT$": "nt$|twd|ntd", "S$": "s$|sgd", "NZ$": "nz$|nzd", "MOP$": "mop"},
    **{"R$": "r$|brl", "MX$": "mxn|mex$", "AR$": "ars", "CLP$": "clp", "COL$": "cop"},
    **{"₩": "₩|krw|skw", "₱": "₱|php|philippine peso", "₽": "₽|rub|руб|рубль|руб."},
    **{"₪": "₪|ils|nis", "₦": "₦|ngn|naira", "₺": "₺|try|türk lirası|tl", "₴": "₴|uah|гривна"},
    **{"₸": "₸|kzt|тенге", "₫": "₫|vnd", "฿": "฿|thb", "₨": "pkr|npr|lkr|rs", "৳": "৳|bdt"},
    **{"R": "zar", "CHF": "chf", "zł": "pln", "Kč": "czk", "Ft": "huf", "RM": "rm|myr"},
}
"""Sign -> names of templates, `|` between them."""

_CODES = (
    "USD EUR GBP JPY CNY INR AUD CAD HKD TWD SGD NZD MOP BRL MXN ARS CLP COP KRW PHP RUB ILS NGN "
    "TRY UAH KZT VND THB PKR BDT ZAR CHF PLN CZK HUF MYR"
)

SUMS = frozenset(
    (
        "currency",
        "moneda",
        "валюта",
        *(one for names in _SIGNS.values() for one in names.split("|")),
    )
)
"""The names of all these templates."""

_BEHIND = frozenset(("de", "es", "fi", "fr", "ru"))
"""Languages that write the sign behind the sum."""

_WORDS = frozenset(("R", "CHF", "zł", "Kč", "Ft", "RM"))
"""Signs of letters, which a space keeps from the sum (not the rand's)."""


def currency_patterns(language: str) -> dict[str, str]:
    """Patterns, as in `templates`, and the names of the templates that print them."""
    table = {f"{_pattern(sign, language)} // {sign}": names for sign, names in _SIGNS.items()}
    signs = {name: sign for sign, names in _SIGNS.items() for name in names.split("|")}
    chosen = (
        f"{_pattern(signs[code.casefold()], language)}{{2|código|код:{code}!}}"
        for code in _CODES.split()
    )
    table[" // ".join(chosen)] = "currency|moneda|валюта"
    return table


def _pattern(sign: str, language: str) -> str:
    if language in _BEHIND:
        return f"{{1}} {sign.removeprefix('US') if sign == 'US$' else sign}"
    return f"{sign}{{1}}" if sign == "R" or sign not in _WORDS else f"{sign} {{1}}"
