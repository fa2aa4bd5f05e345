"""Spanish."""

from ultralink_data.languages.sections import Builder, HumanEval, Language, Mgsm, Translate

LANGUAGE = Language(
    code="es",
    builder=Builder(
        answer_sentence="La respuesta es {answer}.",
        code_request=("Completa esta función de Python.\n\n{prompt}"),
        code_reply="Esta es la función:",
    ),
    translate=Translate(english_name="Spanish", own_name="español"),
    mgsm=Mgsm(
        question="Pregunta: ",
        answer="Respuesta:",
        answer_step_by_step="Respuesta paso a paso:",
        direct_instruction=("{question}\n\nDa solo la respuesta final como número."),
        native_cot_instruction=(
            "{question}\n\n"
            "Resuelve el problema paso a paso. Termina con la frase «La respuesta es ...» y el número."
        ),
        answer_phrases=(
            r"\brespuesta (?:final |correcta )?(?:es|sería|será|debe ser)\b:?",
            r"\brespuesta(?: final| correcta)?\s*[:=]",
            r"(?m:^[^\w\n]*respuesta(?: final)?[^\w\n]*$)",  # a heading
        ),
        decimal_mark=",",
        group_marks=". \u00a0\u202f",
    ),
    humaneval=HumanEval(
        instruction=(
            "Completa la siguiente función de Python. Responde con la función entera en un solo bloque de código.\n\n"
            "```python\n"
            "{prompt}```"
        ),
    ),
)
