"""First names for the math problems, per language and gender.

They are chosen so that the sentences of ``texts/`` need no adaptation: French ones begin with a
consonant (no elision), Spanish ones not with the sound i (``y`` stays ``y``), English ones do not
end in s. The lists of one gender are equally long, so that one index names a child everywhere.
"""

GIRLS: dict[str, tuple[str, ...]] = {
    "en": (
        *("Emma", "Olivia", "Lily", "Grace", "Hannah", "Lucy", "Ruby"),
        *("Chloe", "Molly", "Sarah", "Julia", "Nora", "Daisy", "Kate"),
    ),
    "zh": (
        *("小红", "小丽", "小芳", "小雪", "小敏", "小燕", "小玲"),
        *("小兰", "小云", "小梅", "小静", "小娟", "小倩", "小月"),
    ),
    "es": (
        *("Lucía", "María", "Carmen", "Sofía", "Elena", "Marta", "Paula"),
        *("Laura", "Rosa", "Clara", "Julia", "Alba", "Nuria", "Teresa"),
    ),
    "fr": (
        *("Marie", "Camille", "Julie", "Claire", "Sophie", "Léa", "Chloé"),
        *("Manon", "Louise", "Nina", "Margot", "Pauline", "Jeanne", "Zoé"),
    ),
    "ru": (
        *("Маша", "Катя", "Оля", "Аня", "Лена", "Таня", "Даша"),
        *("Наташа", "Юля", "Ира", "Света", "Вера", "Соня", "Настя"),
    ),
}

BOYS: dict[str, tuple[str, ...]] = {
    "en": (
        *("Tom", "Jack", "Ben", "Oliver", "Sam", "Daniel", "Henry"),
        *("Leo", "Peter", "Max", "David", "George", "Adam", "Luke"),
    ),
    "zh": (
        *("小明", "小刚", "小强", "小军", "小亮", "小杰", "小伟"),
        *("小勇", "小东", "小龙", "小峰", "小波", "小磊", "小鹏"),
    ),
    "es": (
        *("Pablo", "Diego", "Carlos", "Javier", "Miguel", "Luis", "Andrés"),
        *("Mateo", "Hugo", "Pedro", "Manuel", "Sergio", "Raúl", "Tomás"),
    ),
    "fr": (
        *("Paul", "Lucas", "Bruno", "Thomas", "Nicolas", "Pierre", "Jules"),
        *("Louis", "Martin", "Simon", "Mathieu", "Victor", "Gabriel", "Rémi"),
    ),
    "ru": (
        *("Боря", "Миша", "Коля", "Петя", "Ваня", "Дима", "Серёжа"),
        *("Андрей", "Максим", "Антон", "Игорь", "Олег", "Павел", "Юра"),
    ),
}
