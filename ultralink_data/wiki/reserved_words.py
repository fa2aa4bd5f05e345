"""Words that MediaWiki reserves, in the languages that are built: namespaces, disambiguation.

A dump names its own namespaces, but some carry those of another language, and pages use the
English names everywhere.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILE_NAMESPACES = _words(
    "file image media archivo imagen fichier файл изображение 文件 档案 檔案 图像 圖像 图片 圖片 "
    "ملف صورة चित्र tiedosto kuva dosya resim "
    "datei bild ファイル 画像 চিত্র ไฟล์ ภาพ faili picha దస్త్రం బొమ్మ"
)

CATEGORY_NAMESPACES = _words(
    "category categoría catégorie категория 分类 分類 تصنيف श्रेणी luokka kategori "
    "kategorie カテゴリ বিষয়শ্রেণী หมวดหมู่ jamii వర్గం"
)

OTHER_NAMESPACES = _words(
    "wikipedia help portal template module user talk mediawiki draft book special anexo ayuda "
    "plantilla usuario wikiproyecto aide modèle utilisateur projet википедия шаблон портал "
    "участник справка модуль 维基百科 維基百科 模板 用户 帮助 ويكيبيديا قالب بوابة مستخدم مساعدة "
    "विकिपीडिया साँचा प्रवेशद्वार सदस्य malline käyttäjä ohje teemasivu vikipedi şablon kullanıcı "
    "yardım vorlage benutzer benutzerin hilfe modul ウィキペディア 利用者 ノート উইকিপিডিয়া "
    "টেমপ্লেট ব্যবহারকারী সাহায্য "
    "প্রবেশদ্বার মডিউল วิกิพีเดีย แม่แบบ ผู้ใช้ วิธีใช้ สถานีย่อย มอดูล kigezo mtumiaji msaada lango "
    "వికీపీడియా మూస వాడుకరి సహాయం వేదిక మాడ్యూల్"
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
        *("begriffsklärung", "曖昧さ回避", "aimai", "人名の曖昧さ回避", "দ্ব্যর্থতা নিরসন"),
        *("แก้กำกวม", "แก้ความกำกวม", "maana", "అయోమయ నివృత్తి"),
    )
)
"""Names of templates that mark a page as a list of meanings, in lower case."""
