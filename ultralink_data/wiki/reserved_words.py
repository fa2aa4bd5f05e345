"""Words that MediaWiki reserves, in the languages that are built: namespaces, disambiguation.

A dump names its own namespaces, but some carry those of another language, and pages use the
English names everywhere.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILE_NAMESPACES = _words(
    "file image media archivo imagen fichier файл изображение 文件 档案 檔案 图像 圖像 图片 圖片 "
    "ملف صورة चित्र tiedosto kuva dosya resim"
)

CATEGORY_NAMESPACES = _words(
    "category categoría catégorie категория 分类 分類 تصنيف श्रेणी luokka kategori"
)

OTHER_NAMESPACES = _words(
    "wikipedia help portal template module user talk mediawiki draft book special anexo ayuda "
    "plantilla usuario wikiproyecto aide modèle utilisateur projet википедия шаблон портал "
    "участник справка модуль 维基百科 維基百科 模板 用户 帮助 ويكيبيديا قالب بوابة مستخدم مساعدة "
    "विकिपीडिया साँचा प्रवेशद्वार सदस्य malline käyttäjä ohje teemasivu vikipedi şablon kullanıcı yardım"
)

DISAMBIGUATIONS = frozenset(
    (
        *("disambiguation", "disambig", "dab", "hndis", "geodis", "surname", "given name"),
        *("disambiguation page", "airport disambiguation", "human name disambiguation"),
        *("place name disambiguation", "school disambiguation", "hospital disambiguation"),
        *("desambiguación", "desambiguacion", "homonymie", "patronyme", "paronymie"),
        *("однофамильцы", "disambig-cat", "täsmennys", "неоднозначность", "многозначность"),
        *("消歧义", "消歧義", "消歧义页", "消歧義頁", "توضيح", "बहुविकल्पी", "बहुविकल्पी शब्द"),
        *("täsmennyssivu", "anlam ayrımı", "anlam ayrım"),
    )
)
"""Names of templates that mark a page as a list of meanings, in lower case."""
