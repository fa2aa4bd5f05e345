"""French."""

from ultralink_data.languages.sections import Builder, HumanEval, Language, Mgsm, Translate

LANGUAGE = Language(
    code="fr",
    builder=Builder(
        answer_sentence="La réponse est {answer}.",
        code_request=("Complète cette fonction Python.\n\n{prompt}"),
        code_reply="Voici la fonction\u00a0:",
    ),
    translate=Translate(english_name="French", own_name="français"),
    mgsm=Mgsm(
        question="Question : ",
        answer="Réponse :",
        answer_step_by_step="Réponse étape par étape :",
        direct_instruction=(
            "{question}\n\nDonne seulement la réponse finale sous forme de nombre."
        ),
        native_cot_instruction=(
            "{question}\n\n"
            "Résous le problème étape par étape. Termine par la phrase «\u00a0La réponse est ...\u00a0» et le nombre."
        ),
        answer_phrases=(
            r"\bréponse (?:finale |correcte )?(?:est|serait|sera|doit être)\b(?:\s?:)?",
            r"\bréponse(?: finale| correcte)?\s*[:=]",
            r"(?m:^[^\w\n]*réponse(?: finale)?[^\w\n]*$)",  # a heading
        ),
        decimal_mark=",",
        group_marks=". \u00a0\u202f",
    ),
    humaneval=HumanEval(
        instruction=(
            "Complète la fonction Python suivante. Réponds avec la fonction entière dans un seul bloc de code.\n\n"
            "```python\n"
            "{prompt}```"
        ),
    ),
)
