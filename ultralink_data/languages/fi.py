"""Finnish."""

from ultralink_data.languages.sections import Builder, Ground, Language, Phrases, Translate

LANGUAGE = Language(
    code="fi",
    builder=Builder(
        answer_sentence="Vastaus on {answer}.",
        code_request="Täydennä tämä Python-funktio.\n\n{prompt}",
        code_reply="Tässä on funktio:",
    ),
    translate=Translate(english_name="Finnish", own_name="suomi"),
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
