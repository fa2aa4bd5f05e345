r"""Words that reveal culture-specific English without a model, by criterion.

For a pre-filter precision matters more than recall: what it lets pass is judged by the model; what
it removes wrongly is lost. So words with another common meaning are not listed ("Turkey", "Will",
"novel", "Windows"), names are matched with their case, and open-ended lists (all cities, all
brands) hold only the frequent ones. Upstream's list is `http://`, `https://`, `www.`, `.com`, `x1`
and `y1` (OpenBMB/UltraLink sift_sharegpt.py, commit 6f967d8); this one is ours.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ultralink_data.culture.criteria import Criterion, first_of_each
from ultralink_data.stage.outcome import Finding

_GIVEN_NAMES = """
Alistair Annie Clark Erich Heinrich Ishika Jorge Miyamoto Oscar Salvador Sigmund Vladimir Aaron
Abigail Abraham Adam Ahmed Alan Albert Alejandro Alexander Alfred Alice Amanda Amy Ana Andrea
Andrew Andy Angela Anna Anne Anthony Antonio Arthur Barack Barbara Benjamin Bernard Bernie Bob
Brandon Brian Bruce Carl Carlos Carol Caroline Catherine Charles Charlotte Chris Christina
Christopher Claire Claude Daniel David Deborah Dennis Diego Donald Donna Dorothy Douglas Edgar
Edward Eleanor Elizabeth Elon Emily Emma Eric Ernest Ethan Eugene Evelyn Fatima Fernando Fiona
Francis Frederick Friedrich Gary George Gerald Giovanni Greg Gregory Hannah Hans Harold Harry
Heather Helen Henry Howard Ian Isaac Isabella Ivan Jacob Jacqueline James Jane Janet Jason
Javier Jean Jeff Jeffrey Jennifer Jeremy Jerry Jessica Jim Joan Joe Johann John Johnny Jonathan
Jose Joseph Joshua Juan Judith Julia Julian Julie Justin Karen Karl Kate Katherine Kathleen
Keith Kelly Kenneth Kevin Kim Kimberly Kyle Larry Laura Lauren Lawrence Leonardo Leonard Linda
Lisa Louis Louise Lucas Lucy Ludwig Luis Luke Madison Manuel Marcus Margaret Maria Marie Marilyn
Marco Mario Martha Martin Mary Matthew Megan Melissa Michael Michelle Miguel Mike Mohamed
Mohammed Muhammad Nancy Napoleon Natalie Nathan Nelson Nicholas Nicole Nikola Oliver Olivia
Pablo Pamela Patricia Patrick Paul Pedro Peter Philip Phillip Rachel Ralph Raymond Rebecca
Richard Robert Roger Ronald Roy Russell Ryan Samantha Samuel Sandra Sarah Scott Sean Sergio
Sharon Simon Sophia Sophie Stephanie Stephen Steve Steven Susan Taylor Teresa Theodore Theresa
Thomas Tim Timothy Tom Tony Vincent Walter Warren Wayne William Winston Wolfgang Xavier Zachary
"""

_NO_SURNAMES = (
    "And The Is Was Has Had Will Would Can In On At Of To For Inc Deere Doe Project Airport"
)
"""Words with a capital that follow a given name in headings, or make a company or dummy of it."""

_PLACES = """
Cancun Caribbean Siberia Scandinavia Mongolia Jerusalem Kathmandu Lima Quito Yucatan NSW
Tasmania Queensland Manchester Liverpool Glasgow Afghanistan Albania Algeria Argentina Australia
Austria Azerbaijan Bahrain Bangladesh Belarus Belgium Bolivia Botswana Brazil Britain Bulgaria
Cambodia Cameroon Canada Chile China Colombia Croatia Cuba Cyprus Denmark Ecuador Egypt England
Estonia Ethiopia Finland France Germany Ghana Greece Guatemala Haiti Honduras Hungary Iceland
India Indonesia Iran Iraq Ireland Israel Italy Jamaica Japan Kazakhstan Kenya Kuwait Laos Latvia
Lebanon Libya Lithuania Luxembourg Madagascar Malaysia Mexico Moldova Montenegro Morocco
Mozambique Myanmar Namibia Nepal Netherlands Nicaragua Nigeria Norway Pakistan Palestine Panama
Paraguay Peru Philippines Poland Portugal Qatar Romania Russia Rwanda Scotland Senegal Serbia
Singapore Slovakia Slovenia Somalia Spain Sudan Sweden Switzerland Syria Taiwan Tanzania
Thailand Tibet Tunisia Uganda Ukraine Uruguay Uzbekistan Venezuela Vietnam Wales Yemen Zambia
Zimbabwe Africa Asia Europe Alabama Alaska Arizona Arkansas California Colorado Connecticut
Florida Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maryland Massachusetts
Michigan Minnesota Mississippi Missouri Montana Nebraska Nevada Ohio Oklahoma Oregon
Pennsylvania Tennessee Texas Utah Vermont Wisconsin Wyoming Ontario Quebec Amsterdam Athens
Atlanta Baghdad Bangalore Bangkok Barcelona Beijing Berlin Boston Brooklyn Brussels Budapest
Cairo Chicago Copenhagen Dallas Delhi Denver Detroit Dubai Dublin Edinburgh Hollywood Houston
Istanbul Jakarta Kyoto Lagos Lisbon London Madrid Manhattan Manila Melbourne Miami Montreal
Moscow Mumbai Munich Nairobi Paris Prague Rome Seattle Seoul Shanghai Shenzhen Stockholm Sydney
Tokyo Toronto Vancouver Venice Vienna Warsaw Zurich
"""

_PLACE_PHRASES = (
    r"United States|United Kingdom|U\.S\.A?\.?|USA|UK|EU|UAE|European Union|North America"
    r"|Latin America|South America|Middle East|Saudi Arabia|South Africa|New Zealand|Sri Lanka"
    r"|Costa Rica|Puerto Rico|(?:North|South) Koreans?|(?:North|South) Korea"
    r"|Republic of [A-Z]\w+|New South Wales|Hong Kong|New (?:York|Jersey|Mexico|Hampshire"
    r"|Orleans|Delhi|England)|(?:North|South) (?:Carolina|Dakota)|West Virginia|Rhode Island"
    r"|Los Angeles|San (?:Francisco|Diego|Jose|Antonio)|Las Vegas|Washington,? D\.?C"
    r"|Silicon Valley|Buenos Aires|Rio de Janeiro|S[aã]o Paulo|Mexico City|Soviet Union"
    r"|Roman Empire|Ottoman Empire"
)

_PEOPLES = """
Bodhisattva Buddha Mayan Aztec Vatican Christianity Christians Muslim Muslims Islam Islamic
Hindu Hindus Hinduism Buddhism Buddhist Buddhists Judaism Jewish Catholic Catholics Protestant
Protestants Mormon Sikh Sikhs Sikhism Taoism Confucian Confucianism Bible Biblical Quran Koran
Torah Talmud Jesus Allah Ramadan Eid Christmas Easter Thanksgiving Halloween Diwali Hanukkah
Passover Nazi Nazis Nazism Holocaust Brexit Communists Bolshevik Renaissance Zionism Kremlin
Obamacare GDPR HIPAA Confederacy Confederate Apartheid Samurai Dalai
"""

_PEOPLE_PHRASES = (
    r"World Wars?(?: (?:I{1,2}|One|Two|1|2))?|Civil War|Cold War|Vietnam War|(?:French|Russian"
    r"|American|Industrial) Revolution|Lunar New Year|Chinese New Year|Fourth of July"
    r"|Black Friday|Middle Ages|Supreme Court|(?:US|U\.S\.|United States) (?:Congress|Senate"
    r"|government|Constitution|President)|First Amendment|Bill of Rights|(?:Republican"
    r"|Democratic|Communist|Conservative|Labour) Party|Prime Minister|Native Americans?"
    r"|African[- ]Americans?|Medicare|Medicaid"
)

_LITERATURE = (
    r"(?i:poems?|poetry|poets?|haikus?|limericks?|sonnets?|ballads?|rhymes?|rhyming|lyrics"
    r"|fairy ?tales?|folk ?tales?|folklore|nursery rhymes?|mytholog(?:y|ical)|jokes?|riddles?"
    r"|puns?|slang|proverbs?|short stor(?:y|ies)|(?:write|tell|make up|create)(?: me"
    r"| us)?(?: an?| another| some)(?: (?!user )[\w-]+){0,4} (?:story|tale)"
    r"|choose[- ]your[- ]own[- ]adventure|bedtime stor(?:y|ies)|once upon a time|screenplays?"
    r"|fan ?fiction|satirical)|Shakespeare(?:'s|an)?|Hamlet|Romeo and Juliet|Harry Potter"
    r"|Hogwarts|Star (?:Wars|Trek)|Sherlock Holmes|Lord of the Rings|Tolkien|Game of Thrones"
    r"|Spider-?[Mm]an|Batman|Superman|Pok[eé]mon|Zeus|Odysseus|Dungeons (?:and|&) Dragons|Disney"
)

_DAILY_LIFE = (
    r"(?i:pizzas?|sushi|sashimi|tacos?|burritos?|tortillas?|guacamole|curry|kimchi|ramen|paella"
    r"|hummus|falafel|tofu|miso|tempura|croissants?|baguettes?|lasagn[ae]|spaghetti|risotto"
    r"|tiramisu|espresso|cappuccino|parmesan|mozzarella|prosciutto|chorizo|dim sum|dumplings?"
    r"|samosas?|biryani|masala|naan|tandoori|couscous|kebabs?|baklava|pierogi|borscht|goulash"
    r"|schnitzel|sauerkraut|hamburgers?|cheeseburgers?|hot dogs?|pancakes?|bagels?|tequila"
    r"|kimonos?|saris?|hijabs?|burqas?|kilts?|sombreros?|ponchos?|turbans?|tatami|pagodas?"
    r"|mosques?|cathedrals?|synagogues?|soy sauce)|Eiffel Tower|Great Wall|Taj Mahal|Big Ben"
    r"|Statue of Liberty|Colosseum|Machu Picchu|Stonehenge|Louvre"
)

_ORGANISATIONS = """
Lufthansa Moodle OneDrive SharePoint Dropbox Skype Discord Quora Firefox Laravel Magento Drupal
Joomla Mailchimp Trustpilot Expedia Tripadvisor Google Gmail Microsoft Amazon Facebook Instagram
WhatsApp Twitter YouTube Netflix Spotify TikTok Snapchat LinkedIn Reddit Pinterest Wikipedia
Yahoo eBay PayPal Shopify Etsy Alibaba Uber Airbnb Tesla SpaceX OpenAI ChatGPT IBM Nvidia NVIDIA
AMD Cisco Samsung Sony Nintendo PlayStation Xbox Huawei Xiaomi Toyota Honda BMW Mercedes
Volkswagen Boeing Airbus Nike Adidas Starbucks McDonald Walmart Costco IKEA Lego LEGO Disney
Pixar HBO BBC CNN NASA UNESCO UNICEF NATO FBI CIA NFL NBA FIFA UEFA Pfizer Moderna Salesforce
HubSpot Zapier Photoshop PowerPoint WordPress WooCommerce Wix Squarespace Elementor GitHub
GitLab Jira Trello Docker Kubernetes Terraform Ansible Jenkins Azure AWS Firebase MongoDB
PostgreSQL MySQL Redis Elasticsearch Kafka Databricks Tableau TensorFlow PyTorch Pandas NumPy
Django Angular Vue jQuery Tailwind Nodejs NodeJS Linux Ubuntu Debian macOS iOS iPhone iPad
MacBook Android Alexa Siri Arduino Unity3D Minecraft Fortnite Roblox Bitcoin Ethereum Harvard
Stanford Princeton Yale McKinsey Deloitte Midjourney Goldman JPMorgan Unilever Pepsi Pepsico
Nestle Heineken Vercel Heroku Cloudflare Figma Canva Copilot
"""

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
    surname = rf"(?!(?:{_either(_NO_SURNAMES)})\b)(?:O'|Mc|Mac|Di|De)?[A-Z][a-z]+"
    names = rf"(?:{_either(_GIVEN_NAMES)}) (?:[A-Z]\. )?{surname}"
    words: tuple[tuple[Criterion, str], ...] = (
        ("human_names", _whole(names)),
        ("code_formulas", _CODE),
        ("places", _whole(f"{_either(_PLACES)}|{_PLACE_PHRASES}")),
        ("conventions", _whole(f"{_either(_PEOPLES)}|{_PEOPLE_PHRASES}")),
        ("literature", _whole(_LITERATURE)),
        ("daily_life", _whole(_DAILY_LIFE)),
        ("organisations", _whole(f"{_either(_ORGANISATIONS)}|{_ORGANISATION_PHRASES}")),
    )
    return tuple((criterion, re.compile(pattern, re.MULTILINE)) for criterion, pattern in words)


def _either(words: str) -> str:
    return "|".join(words.split())


def _whole(pattern: str) -> str:
    return rf"(?<!\w)(?:{pattern})(?!\w)"
