"""Finnish."""

from ultralink_data.languages.sections import (
    Builder,
    Ground,
    Language,
    Numbers,
    Phrases,
    Translate,
)

LANGUAGE = Language(
    code="fi",
    builder=Builder(
        answer_sentence="Vastaus on {answer}.",
        code_request="Täydennä tämä Python-funktio.\n\n{prompt}",
        code_reply="Tässä on funktio:",
    ),
    translate=Translate(english_name="Finnish", own_name="suomi"),
    numbers=Numbers(
        decimal_mark=",",
        group_marks=". ",
        words="""0 nolla; 1 yksi yhden yhtä yhdessä; 2 kaksi kahden kahta kahdessa kahdella kahdelle; 3 kolme kolmen kolmea kolmessa kolmella; 4 neljä neljän neljää neljässä; 5 viisi viiden viittä viidessä; 6 kuusi kuuden kuutta kuudessa; 7 seitsemän seitsemää seitsemässä; 8 kahdeksan kahdeksaa kahdeksassa; 9 yhdeksän yhdeksää yhdeksässä; 10 kymmenen kymmentä kymmenessä;
11 yksitoista yhdentoista yhtätoista; 12 kaksitoista kahdentoista kahtatoista tusina tusinaa; 13 kolmetoista kolmentoista; 14 neljätoista neljäntoista; 15 viisitoista viidentoista; 16 kuusitoista kuudentoista; 17 seitsemäntoista; 18 kahdeksantoista; 19 yhdeksäntoista;
20 kaksikymmentä kahdenkymmenen; 30 kolmekymmentä kolmenkymmenen; 40 neljäkymmentä neljänkymmenen; 50 viisikymmentä viidenkymmenen; 60 kuusikymmentä kuudenkymmenen; 70 seitsemänkymmentä seitsemänkymmenen; 80 kahdeksankymmentä kahdeksankymmenen; 90 yhdeksänkymmentä yhdeksänkymmenen;
100 sata sadan sataa; 1000 tuhat tuhannen tuhatta; 1000000 miljoona miljoonan miljoonaa; 1000000000 miljardi miljardin miljardia""",
        joiners=("ja",),
        prefix="",
        compounds=True,
        units_first=False,
        multiples=(12,),
    ),
    phrases=Phrases(
        refusals=(
            r"(?:olen )?pahoillani\b",
            r"valitettavasti en\b",
            r"en (?:voi|pysty)\b",
            r"tekoälynä\b",
            r"kielimallina\b",
        ),
        prefaces=(
            r"(?:tässä|tämä) on (?:käännös|kysymys|vastaus)\b",
            r"(?:toki|totta kai|selvä|varmasti)[,!.:]",
            r"käännös\s*:",
        ),
        source_mentions=(
            r"\b(?:tekstin|asiakirjan|artikkelin|dokumentin|katkelman) (?:mukaan|perusteella)\b",
            r"\b(?:tekstissä|asiakirjassa|artikkelissa|dokumentissa|katkelmassa) (?:sanotaan|mainitaan|kerrotaan|ei)\b",
        ),
        question_mark="?",
        script="LATIN",
    ),
    ground=Ground(
        first_question="""Alla on osa tietosanakirja-artikkelista ”{title}”.

{document}

Kuvittele utelias ihminen, joka ei ole koskaan nähnyt tätä artikkelia. Kirjoita yksi kysymys, jonka hän voisi esittää ja johon artikkeli vastaa. Kysymyksen on oltava ymmärrettävä sellaisenaan, nimettävä aiheensa eikä se saa mainita artikkelia. Kirjoita vain kysymys, suomeksi.""",
        answer="""Taustatiedot:

{document}

Kysymys: {question}

Vastaa kysymykseen täydellisesti ja selkeästi suomeksi taustatietojen avulla. Puhu kuin joku, joka vain tuntee aiheen: älä mainitse, että sait tekstin. Kirjoita vain vastaus.""",
        answer_without_document="""{question}

Vastaa täydellisesti ja selkeästi suomeksi. Jos et ole varma jostakin yksityiskohdasta, jätä se pois.""",
        deeper="""Taustatiedot:

{document}

Keskustelu tähän asti:

{dialogue}

Kirjoita kysyjän seuraava kysymys. Se menee syvemmälle: se kysyy jonkin viimeisen vastauksen asian syytä, toimintaa tai yksityiskohtia, ja taustatiedot vastaavat siihen. Sen on oltava yksi kysymys, jatkettava keskustelua eikä se saa mainita mitään tekstiä. Kirjoita vain kysymys, suomeksi.""",
        broader="""Taustatiedot:

{document}

Keskustelu tähän asti:

{dialogue}

Kirjoita kysyjän seuraava kysymys. Se laajentaa: se siirtyy aiheen toiseen puoleen, josta ei ole vielä puhuttu ja johon taustatiedot vastaavat. Sen on oltava yksi kysymys, jatkettava keskustelua eikä se saa mainita mitään tekstiä. Kirjoita vain kysymys, suomeksi.""",
        user="Kysyjä",
        assistant="Asiantuntija",
        excluded_words=(
            "porno",
            "pornografia",
            "pornografinen",
            "hentai",
        ),
        chinese_conversion=None,
    ),
    mgsm=None,
    humaneval=None,
)
