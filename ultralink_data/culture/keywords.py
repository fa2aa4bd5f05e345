r"""Words that reveal culture-specific English without a model, by criterion.

For a pre-filter precision matters more than recall: what it lets pass is judged by the model; what
it removes wrongly is lost. So words with another common meaning are not listed ("Turkey", "Will",
"novel", "Windows"), names are matched with their case, open-ended lists (all cities, all brands)
hold only the frequent ones, and a word that a trade has borrowed ("pancake sort", "to curry a
function", "Manhattan distance") is passed over there. Single words are in `word_lists`.

Upstream's list is `http://`, `https://`, `www.`, `.com`, `x1` and `y1` (OpenBMB/UltraLink
sift_sharegpt.py, commit 6f967d8); this one is ours.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ultralink_data.culture.criteria import Criterion, first_of_each
from ultralink_data.culture.word_lists import (
    DANCES,
    DISHES,
    DRESS,
    ETHNIC,
    GIVEN_NAMES,
    ORGANISATIONS,
    PEOPLES,
    PLACES,
)
from ultralink_data.stage.outcome import Finding

_NO_SURNAMES = (
    "And The Is Was Has Had Will Would Can In On At Of To For Inc Deere Doe Project Airport"
)
"""Words with a capital that follow a given name in headings, or make a company or dummy of it."""

_SURNAMES_FIRST = (
    "Chen Choi Deng Guo Hou Huang Jeong Jiang Jung Liang Liao Lin Liu Luo Mao Nguyen Pham Shen Tran"
    " Wang Wei Xi Xiao Xie Xu Yamada Yamamoto Yao Yeo Zeng Zhang Zhao Zheng Zhou Zhu Zhuge"
)
"""Surnames that stand before the given name; not those that are words (Sun, Song, Long, Fan)."""

_FULL_NAMES = (
    r"Genghis Khan|Kublai Khan|Sun (?:Yat-sen|Tzu)|Ho Chi Minh|Pol Pot|Lee Kuan Yew|Kim (?:Il|Jong)"
    r"[- ](?:sung|un|il|Sung|Un|Il)|Ban Ki-moon|Dalai Lama|Bal Gangadhar Tilak|B\. ?R\. Ambedkar"
    r"|Frida Kahlo|Che Guevara|Eva Per[oó]n|Hugo Ch[aá]vez|Nelson Mandela|Haile Selassie"
    r"|Aung San(?: Suu Kyi)?|A\. ?(?:R\. ?Rahman|P\. ?J\. ?Abdul Kalam)|Shah Rukh Khan|Umm Kulthum"
    r"|Sheikh Hasina|Lee Hsien Loong|Evo Morales|Lula da Silva|Ngũgĩ wa Thiong'o"
    r"|(?:Bong|Cho|Choi|Han|Hong|Hwang|Jang|Jeong|Jung|Kang|Kim|Kwon|Lee|Lim|Moon|Park|Roh|Seo|Shin"
    r"|Son|Song|Yang|Yoo|Yoon) [A-Z][a-z]+-[a-z]+"
    r"|Shaka Zulu|Idi Amin|Ataturk|Omar Khayyam|Ibn (?:Sina|Rushd|Battuta|Khaldun)"
)

_AMAZON = "Amazon (?:[Rr]ainforest|River|[Bb]asin|[Jj]ungle)"
"""The place; a mere "Amazon" is the firm."""

_PLACE_PHRASES = (
    r"United States|United Kingdom|U\.S\.A?\.?|USA|UK|EU|UAE|European Union|North America"
    r"|Latin America|South America|Middle East|Saudi Arabia|South Africa|New Zealand|Sri Lanka"
    r"|Costa Rica|Puerto Rico|(?:North|South) Koreans?|(?:North|South) Korea"
    r"|Republic of [A-Z]\w+|New South Wales|Hong Kong|New (?:York|Jersey|Mexico|Hampshire"
    r"|Orleans|Delhi|England)|(?:North|South) (?:Carolina|Dakota)|West Virginia|Rhode Island"
    r"|Los Angeles|San (?:Francisco|Diego|Jose|Antonio)|Las Vegas|Washington,? D\.?C"
    r"|Silicon Valley|Buenos Aires|Rio de Janeiro|S[aã]o Paulo|Mexico City|Soviet Union"
    r"|Roman Empire|Ottoman Empire|Abu Dhabi|Addis Ababa|Angkor|Burkina Faso|Cape Town|Cape Verde"
    r"|Central (?:Asia|America|African Republic)|(?:South|Southeast|East|West) (?:Asia|Africa)"
    r"|Dar es Salaam|Democratic Republic|Dominican Republic|East Timor|El Salvador"
    r"|Equatorial Guinea|Ho Chi Minh City|Inner Mongolia|Ivory Coast|Khyber|Kuala Lumpur|La Paz"
    r"|Mount (?:Everest|Fuji|Kilimanjaro|Sinai|Ararat)|North Africa|Papua New Guinea|Phnom Penh"
    r"|Port-au-Prince|Porto Alegre|Santo Domingo|Sierra Leone|Solomon Islands|Sub-Saharan"
    r"|Tamil Nadu|Tel Aviv|Trinidad and Tobago|Uttar Pradesh|West Bank|Xi'an"
    rf"|{_AMAZON}|(?<!Tower of )(?<!Towers of )Hanoi"
)

_NOT_THERE = {
    "Manhattan": "distances?|metric|norm|geometry|Project",
    "Hanoi": "[Tt]owers?",
    "Stockholm": "syndrome",
    "Havana": "syndrome",
    "Paris": "syndrome|metric",
    "Norway": "rats?|spruces?|maples?",
    "London": "dispersion|forces?|equations?",
    "San Francisco": "font",
    "Dublin": "Core",
    "Bengal": "cats?|tigers?",
    "Moscow": "mules?",
    "Boston": "ferns?|terriers?",
    "Vienna": "sausages?",
    "Mecca": "(?:of|for) (?:shop|fash|tour|gam)\\w+",
    "Brussels": "sprouts?",
    "Lima": "beans?",
    "Brazil": "nuts?",
    "Manila": "envelopes?|folders?|paper",
    "Jerusalem": "artichokes?",
    "Copenhagen": "interpretation",
    "Cyprus": "trees?",
    "Chicago": "[Ss]tyle|Manual",
    "Panama": "hats?",
}
"""Places whose names make other things of the words after them."""

_DEMONYM = (
    "African|American|Arab|Arabic|Argentine|Asian|Australian|Bengali|Brazilian|British|Caribbean"
    "|Chinese|Cuban|Dutch|Egyptian|Ethiopian|Filipino|Finnish|French|German|Ghanaian|Greek|Indian"
    "|Indonesian|Iranian|Iraqi|Irish|Israeli|Italian|Jamaican|Japanese|Kenyan|Korean|Lebanese"
    "|Malaysian|Mexican|Moroccan|Nepali|Nigerian|Norwegian|Pakistani|Persian|Peruvian|Polish"
    "|Portuguese|Punjabi|Russian|Scottish|Somali|Spanish|Swedish|Syrian|Tamil|Thai|Tibetan"
    "|Turkish|Ukrainian|Vietnamese|Welsh|Afghan|Algerian|Amhara|Armenian|Aymara|Azerbaijani"
    "|Bangladeshi|Basque|Bolivian|Bulgarian|Burmese|Cambodian|Canadian|Catalan|Chilean|Colombian"
    "|Congolese|Croatian|Czech|Danish|Ecuadorian|Emirati|European|Fijian|Guarani|Gujarati|Guatemalan"
    "|Haitian|Hausa|Hawaiian|Hmong|Hungarian|Igbo|Javanese|Jordanian|Kazakh|Khmer|Kikuyu|Kurdish"
    "|Kuwaiti|Laotian|Latin American|Libyan|Lithuanian|Maori|Māori|Marathi|Middle Eastern|Mongolian"
    "|Oromo|Palestinian|Qatari|Quechua|Romanian|Rwandan|Sami|Samoan|Saudi|Senegalese|Serbian"
    "|Singaporean|South African|Sri Lankan|Sudanese|Taiwanese|Tanzanian|Tatar|Tunisian|Ugandan"
    "|Uzbek|Venezuelan|Xhosa|Yemeni|Yoruba|Zulu"
)

_PEOPLE_PHRASES = (
    r"World Wars?(?: (?:I{1,2}|One|Two|1|2))?|Civil War|Cold War|Vietnam War|(?:French|Russian"
    r"|American|Industrial) Revolution|Lunar New Year|Chinese New Year|Fourth of July"
    r"|Black Friday|Middle Ages|Supreme Court|(?:US|U\.S\.|United States) (?:Congress|Senate"
    r"|government|Constitution|President)|First Amendment|Bill of Rights|(?:Republican"
    r"|Democratic|Communist|Conservative|Labour) Party|Prime Minister|Native Americans?"
    r"|African[- ]Americans?|Medicare|Medicaid|Ash Wednesday|Australia Day|Bastille Day"
    r"|Bonfire Night|Boxing Day|Canada Day|Cinco de Mayo|Day of the Dead|D[ií]a de (?:los )?Muertos"
    r"|Dragon Boat Festival|Durga Puja|Fasnacht|Ganesh Chaturthi|Good Friday|Guy Fawkes"
    r"|Hari Raya|Inti Raymi|Jehovah's Witness(?:es)?|Lantern Festival|Laylat al-Qadr|Mardi Gras"
    r"|Mid-?[Aa]utumn Festival|Palm Sunday|Raksha Bandhan|Rosh Hashanah?|Simchat Torah"
    r"|St\.? Patrick's Day|Yom Kippur|Tet (?:holiday|festival)|Three Kings|Chinese zodiac"
    r"|Cultural Revolution|Opium Wars?|Khmer Rouge|Meiji (?:era|Restoration)|Silk Road"
    r"|Rwandan [Gg]enocide|Armenian [Gg]enocide|Torres Strait Islanders?|First Nations"
    r"|Aboriginal (?:people|Australians?|culture|art)|[A-Z][a-z]+ [Dd]ynasty|Guru Nanak"
    r"|(?:Orthodox|Coptic|Lutheran|Anglican|Baptist|Evangelical) [Cc]hurch|Holy (?:See|Land)"
    r"|Karva Chauth|Kumbh Mela|Rath Yatra|Gion Matsuri|Loy Krathong|Double Ninth Festival"
    r"|Ching Ming|NAIDOC [Ww]eek"
    r"|Tisha B'Av|Lag BaOmer|Burns Night|A[Nn][Zz][Aa][Cc] Day|Waitangi Day|Las Posadas"
    r"|Yalda [Nn]ight|Chaharshanbe Suri|Golden Week|Rio Carnival|Carnival in Rio|Guru Granth Sahib"
    r"|Tao Te Ching|Falun Gong|Cao Dai|Seventh-day Adventists?|Latter-day Saints?|LDS Church"
    r"|Pope|Shichi-Go-San|(?:(?:Saint|St\.?) )?Luc(?:ia|y)(?:'s)? Day"
    r"|(?:San|Karen|Roma|Han|Ainu|Tuareg) people"
    r"|Han Chinese|Afro-Brazilians?"
    rf"|(?:{_DEMONYM}) (?:people|person|men|man|wom[ae]n|families|family|citizens?|immigrants?"
    r"|cultures?|customs?|traditions?|traditional|holidays?|festivals?|weddings?|etiquette"
    r"|government|president|politics|politicians?|constitution|laws?|history|empire|emperors?"
    r"|kings?|queens?|army(?! knife)|society|revolution|independence|diaspora|calendar|philosophy"
    r"|music|songs?|singers?|danc(?:es?|ing|ers?)|folklore|cinema|coffee|bread|wines?"
    r"|tea(?! ceremon)|cheeses?"
    r"|villages?|villagers?|tribes?|weavers?|farmers?|horse games?|jeepneys?|pelota|New Year"
    r"|legends?|myths?|proverbs?|names?|grandmothers?|elders?|ceremon(?:y|ies)|rituals?|art(?!icle))"
)

_CUSTOMS = (
    r"(?i:halal|kosher(?! salt)|sharia|fatwas?|jihad|ayatollahs?|bar mitzvahs?|bat mitzvahs?"
    r"|quincea[nñ]eras?|rabbis?|mullahs?|imams?|orishas?|haram|hajjis?|sallah|lobola|seder|iftar"
    r"|suhoor|zakat|puja|bindi|mehndi|feng shui)"
)

_NO_FEAST = {
    "Easter": "[Ee]ggs?(?! [Hh]unt)",
    "Christmas": "(?:tree )?problem|tree (?:pattern|package|plot|diagram|EP|packets?)",
    "Bible": "of [a-z]+",
}
"""Feasts whose names make other things of the words after them."""

_LITERATURE = (
    r"(?i:poems?|poetry(?! (?:install|add|run|lock|shell|build|init|update|publish))|poets?"
    r"|(?<!claude )(?:haikus?|sonnets?)|limericks?|ballads?|rhymes?|rhyming|lyrics"
    r"|fairy ?tales?|folk ?tales?|folklore|nursery rhymes?|mytholog(?:y|ical)|jokes?|riddles?"
    r"|puns?|slang|proverbs?|short stor(?:y|ies)|(?:write|tell|make up|create)(?: me"
    r"| us)?(?: an?| another| some)(?: (?!user )[\w-]+){0,4} (?:story|tale)"
    r"|choose[- ]your[- ]own[- ]adventure|bedtime stor(?:y|ies)|once upon a time|screenplays?"
    r"|fan ?fiction|satirical)|Shakespeare(?:'s|an)?|Hamlet|Romeo and Juliet|Harry Potter"
    r"|Hogwarts|Star (?:Wars|Trek)|Sherlock Holmes|Lord of the Rings|Tolkien|Game of Thrones"
    r"|Spider-?[Mm]an|Batman|Superman|Pok[eé]mon|Zeus|Odysseus|Dungeons (?:and|&) Dragons|Disney"
    r"|Ramayana|Mahabharata|Panchatantra|Gilgamesh|Shahnameh|Popol Vuh|Journey to the West"
    r"|Romance of the Three Kingdoms|Dream of the Red Chamber|Tale of Genji|Arabian Nights"
    r"|Iliad|Beowulf|Kalevala|Don Quixote|Anansi|Baba Yaga|Quetzalcoatl|Amaterasu|Anubis|Osiris"
    r"|Bollywood|Nollywood|K-?[Dd]ramas?|K-?pop|[Mm]anga|[Aa]nime|Studio Ghibli"
)


_TECHNICAL = (
    "models?|algorithms?|datasets?|frameworks?|librar(?:y|ies)|packages?|plugins?|servers?|APIs?"
    "|protocols?|classifiers?|modules?|shares?|clients?|tokens?|icons?|buttons?|CLI"
)
"""Nouns behind which a dish or a dance is a program's name: "a sushi model", "the samba share"."""

_NO_FIRM = {
    "Tesla": "[Cc]oils?|turbines?|[Vv]alves?",
    "Amazon": "parrots?|swords?",
    "Oracle": "bones?",
}
"""Firms whose names make other things of the words after them."""

_NO_PEOPLE = (
    "languages?|speakers?|codes?|locale|translations?|keyboards?|alphabets?|script|fonts?|characters?"
    "|text|corpus|dataset|sentences?|words?|Wikipedia|or|and|dress|food|cuisine|clothing|dish(?:es)?"
)
"""Words behind which a people's name may be that of its language, which is no culture's mark, or
of a thing of daily life, which has patterns of its own."""


def _either(words: str) -> str:
    """One of the words, which are grouped by their first letter: most are then never tried."""
    ends: dict[str, list[str]] = {}
    for word in words.split():
        ends.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in ends.items())


_DAILY_LIFE = (
    r"(?i:pizzas?(?! box(?:es)? (?:server|antenna))|sushi|sashimi|tacos?|burritos?|tortillas?"
    r"|guacamole|kimchi|ramen|paella|hummus|spaghetti(?! (?:code|plots?|models?|diagrams?))"
    r"|falafel|tofu|tempura|croissants?|baguettes?|lasagn[ae]|risotto|tiramisu"
    r"|espresso(?! (?:tests?|testing|framework))|cappuccino|parmesan|mozzarella|prosciutto|chorizo"
    r"|dim sum|dumplings?|samosas?|biryani|masala|naan|tandoori|couscous|baklava|pierogi"
    r"|kebabs?(?![- ](?:case\w*|menu|button|icon))"
    r"|borscht|goulash|schnitzel|sauerkraut"
    r"|(?:ham|cheese)burgers?(?! (?:menu|button|icon|nav\w*))|hot dogs?"
    r"|pancakes?(?![ -](?:sort\w*|flip\w*|number|graph|stack))|bagels?|tequila"
    r"|banh mi|pad thai|tom yum|satay|rendang|nasi (?:goreng|lemak)|laksa|adobo|bibimbap|bulgogi"
    r"|tteokbokki|japchae|gochujang|udon|onigiri|teriyaki|wasabi|okonomiyaki|mapo tofu|jiaozi"
    r"|baozi|xiaolongbao|congee|mooncakes?|peking duck|dosas?|idlis?|paneer|daal|chapatis?|rotis?"
    r"|parathas?|gulab jamun|lassi|vindaloo|tikka|jollof|fufu|injera|ugali|egusi|biltong|tagine"
    r"|harissa|shakshuka|tabbouleh|baba ghanoush|shawarma|labneh|kibbeh|halva|dolmas?|gyros"
    r"|souvlaki|moussaka|tzatziki|spanakopita|lahmacun|plov|pelmeni|blini|kvass|khachapuri"
    r"|ceviche|empanadas?|arepas?|tamales|pozole|enchiladas?|quesadillas?|churros?|feijoada"
    r"|caipirinha|chimichurri|pupusas?|poutine|haggis|fish and chips|yorkshire pudding|lutefisk"
    r"|fondue|raclette|ratatouille|bouillabaisse|coq au vin|foie gras|bratwurst|strudel|gnocchi"
    r"|ravioli(?! code)|jambalaya|gumbo|matzoh?|challah|gefilte fish|pho soup|miso (?:soup|paste)"
    r"|(?:chicken|green|red|thai|indian|japanese|vegetable|lamb|beef|fish|goat|chickpea|coconut"
    r"|massaman|spicy|eat|cook) curr(?:y|ies)(?! (?:a |the )?function)"
    r"|pho (?:noodles?|broth)|hot ?pot (?:broth|restaurants?|soup)|bubble tea|som tam"
    r"|char kway teow|khao soi|gado-gado|doro wat|sukuma wiki"
    r"|chicken rice|pav bhaji|vada pav|dal (?:makhani|bhat)|chole bhature|nyama choma|bunny chow"
    r"|moin moin|bandeja paisa|lomo saltado|dulce de leche|p[aã]o de queijo|mole poblano"
    r"|jerk chicken|crème br[uû]l[eé]e|ful medames|poke bowls?|pastel de nata|roti canai"
    r"|[aá]o d[aà]i|b[aá]nh m[iì]|baju kurung"
    r"|curry (?:powder|paste|sauce|leaf|leaves|dish|recipe|house|puffs?)|curries"
    r"|kimonos?|yukatas?|saris?|sarees?|hijabs?|niqabs?|abayas?|burqas?|chadors?|keffiyehs?"
    r"|yarmulkes?|kippahs?|kilts?|sombreros?|ponchos?|turbans?|hanboks?|hanfu|cheongsams?|qipaos?"
    r"|ao dai|sarongs?|batik|salwar kameez|kurtas?|sherwanis?|lehengas?|dhotis?|dashikis?"
    r"|kente|djellabas?|kaftans?|dirndls?|lederhosen|huipil(?:es)?|serapes?|ushankas?|moccasins?"
    rf"|{_either(DISHES)}|{_either(DRESS)}"
    r"|tatami|pagodas?|mosques?|cathedrals?|synagogues?|gurdwaras?|stupas?|yurts?|tipis?|teepees?"
    r"|dachas?|ryokans?|onsens?|haciendas?|igloos?|soy sauce|chopsticks)"
    rf"|(?:{_DEMONYM}) (?:food|cuisine|dish(?:es)?|restaurants?(?! (?:process|franchise))|cooking"
    r"|recipes?|tea ceremony|dress|clothing|architecture|temples?|gardens?)"
    r"|Eiffel Tower|Great Wall|Taj Mahal|Big Ben|Statue of Liberty|Colosseum|Machu Picchu"
    r"|Stonehenge|Louvre|Acropolis|Parthenon|Angkor Wat|Borobudur|Forbidden City|Hagia Sophia"
    r"|Alhambra|Sagrada Fam[ií]lia|Notre[- ]Dame|Buckingham Palace|Burj Khalifa|Golden Temple"
    r"|Potala Palace|Terracotta Army|Chich[eé]n Itz[aá]|[Pp]yramids? of Giza|Great Pyramid"
)

_ORGANISATION_PHRASES = (
    r"United Nations|World Bank|World Health Organization|Red Cross|Wall Street|Coca-Cola"
    r"|Apple (?:Inc|Watch|TV|Music|Store|Pay)|App Store|GPT-?[234](?:\.5)?|Next\.js|Node\.js"
    r"|Vue\.js|React(?:JS|\.js| Native)|Power BI|Visual Studio|Stack Overflow|Google (?:Docs"
    r"|Sheets|Maps|Ads|Analytics|Cloud)|Windows (?:\d+|XP|Server|Vista)|(?:MS|Microsoft) (?:Word"
    r"|Excel|Teams|Office)|[A-Z]\w+,? (?:Inc|Ltd|LLC|Corp|GmbH)\b|University of [A-Z]\w+"
    r"|[A-Z][a-z]+ (?:University|Airlines|Motors|Foundation)"
)

_CODE = (
    r"```|https?://|\bwww\.|\b[\w-]{1,60}\.(?:com|org|net|edu|gov|io)\b"
    r"|</?[a-z][a-z0-9]*(?: [^<>\n]*)?/?>|\\(?:frac|sum|int|begin|sqrt|left|cdot|times|alpha"
    r"|beta|theta|infty|mathbb|text)\b|\$\$|\\[\[(]|`[^`\n]+`|\b[A-Za-z_]\w*\(\)"
    r"|\b[A-Za-z]\w{0,40}_\w{1,40}\(|\bdef \w+\(|\bimport \w+(?:\.\w+)*(?: as \w+)?;?$"
    r"|#include\b|\bSELECT\b.{1,200}\bFROM\b|\b(?:const|let|var) \w+ =|[\w)]\^[\w({-]|\b(?:sin"
    r"|cos|tan|arccos|log|ln|exp|sqrt)\s?\(|\b[xyz]\d?\s?=\s?-?\w"
    r"|\b\d*[xyz]\s?[+*/-]\s?\d*[a-z]\b(?!-)|\b[xy][12]\b|\bf\(x\)"
)


_UPPER = "[A-ZÀ-ÖØ-ÞĀČĐŁŃŚŞŠŻŽ]"
_LOWER = "[a-zß-öø-ÿĀ-ſ\u1ea0-\u1ef9]"
_CAPITAL = f"(?={_UPPER})"
"""Long lists of names are tried at capitals only, which is most of their time."""


def keyword_findings(turns: Sequence[str]) -> tuple[Finding, ...]:
    """The criteria that keywords show in a conversation, each with the words first found."""
    return first_of_each(_all(turns))


def _all(turns: Sequence[str]) -> Iterator[Finding]:
    for criterion, pattern in _patterns():
        for turn in turns:
            found = pattern.search(turn)
            if found is not None:
                yield Finding(name=criterion, evidence=" ".join(found.group().split())[:100])
                break


@cache
def _patterns() -> tuple[tuple[Criterion, re.Pattern[str]], ...]:
    surname = rf"(?!(?:{_either(_NO_SURNAMES)})\b)(?:O'|Mc|Mac|Di|De)?{_UPPER}{_LOWER}+"
    given = _either(GIVEN_NAMES)
    first = rf"(?:{given}) (?:[A-Z]\. |(?:bin|ibn|al|el) )?(?:(?:Al|El)-)?{surname}"
    last = rf"(?:{_either(_SURNAMES_FIRST)}) (?!(?:Dynasty|Province|City|River)\b){surname}"
    names = f"{_FULL_NAMES}|{first}|{last}"
    before_firm = f"(?!{_AMAZON}){_none_of(_NO_FIRM)}"
    before_place = f"{_CAPITAL}(?<![Pp]laster of ){_none_of(_NOT_THERE)}"
    words: tuple[tuple[Criterion, str], ...] = (
        ("human_names", _whole(names, before=_CAPITAL)),
        ("code_formulas", _CODE),
        ("places", _whole(f"{_either(PLACES)}|{_PLACE_PHRASES}", before=before_place)),
        (
            "conventions",
            _whole(
                f"{_CAPITAL}(?!Hindu-Arabic){_none_of(_NO_FEAST)}(?:{_either(PEOPLES)}"
                rf"|{_PEOPLE_PHRASES}|(?<!in )(?<!into )(?<!from )(?:{_either(ETHNIC)})(?= [a-z])"
                rf"(?! (?:{_NO_PEOPLE})\b))"
                rf"|(?i:{_either(DANCES)})(?! (?:{_TECHNICAL})\b)|{_CUSTOMS}"
            ),
        ),
        ("literature", _whole(_LITERATURE)),
        ("daily_life", rf"{_whole(_DAILY_LIFE)}(?! (?:{_TECHNICAL})\b)"),
        (
            "organisations",
            _whole(f"{_either(ORGANISATIONS)}|{_ORGANISATION_PHRASES}", before=before_firm),
        ),
    )
    return tuple((criterion, re.compile(pattern, re.MULTILINE)) for criterion, pattern in words)


def _none_of(words: Mapping[str, str]) -> str:
    """No word of a table before what the table lists for it."""
    return "".join(rf"(?!{word} (?:{after})\b)" for word, after in words.items())


def _whole(pattern: str, before: str = "") -> str:
    return rf"(?<!\w){before}(?:{pattern})(?!\w)"
