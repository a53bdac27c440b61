"""The words with which one asks for no more announcements, in all five ways of writing."""

from __future__ import annotations

from knowledge.language import Language
from knowledge.script import fold

#: A message that is one of these, and nothing else, ends them. Within a sentence they mean other things: "does the
#: truck stop in Taftan", "بارڈر بند ہے".
WORDS: tuple[tuple[Language, str], ...] = (
    (Language.EN, """
        stop|stop it|stop all|stop please|please stop|unsubscribe|unsubscribe me|opt out|optout|no more messages
        |no more announcements|no announcements|stop messages|stop announcements|stop sending|stop sending messages
        |stop sending me messages|don't send|don't send me messages|don't message me|remove me|end messages|mute
        |quit|unsub
    """),
    (Language.UR, """
        بند|بند کرو|بند کریں|بند کر دو|بند کر دیں|بند کردو|بند کردیں|اسے بند کرو|پیغام بند کرو|پیغامات بند کریں
        |میسج بند کرو|میسج بند کریں|میسج نہیں چاہیے|میسج نہیں چاہئیں|پیغام نہیں چاہیے|پیغامات نہیں چاہییں
        |نہیں چاہیے میسج|میسج مت بھیجو|میسج نہ بھیجو|میسج نہ بھیجیں|پیغام مت بھیجو|پیغام نہ بھیجیں|مت بھیجو|نہ بھیجیں
        |اعلان بند کرو|اعلانات بند کریں|اعلانات نہیں چاہییں|روک دو|روک دیں|سٹاپ|اسٹاپ|ان سبسکرائب
        |مجھے نکال دو|پیغام بند کریں|میسج بند کر دیں|نوٹیفکیشن بند کریں
    """),
    (Language.UR, """
        band karo|band kro|band kar do|band kardo|band krdo|band karein|band karen|band kar dein|bnd karo|bnd kro
        |msg band karo|msgs band karo|message band karo|messages band karo|messages band karein
        |nahi chahiye msg|nahi chahiye msgs|nahi chahiye messages|nahi chahiye message|nai chahiye msgs
        |msg nahi chahiye|msgs nahi chahiye|message nahi chahiye|messages nahi chahiye|msgs nai chahiye
        |mat bhejo|msg mat bhejo|msgs mat bhejo|message mat bhejo|messages mat bhejo|na bhejo|msg na bhejo
        |message na bhejein|elaan band karo|elanat band karo|unsubscribe karo|stop karo|stop kardo|mujhe nikal do
        |rok do|rokdo|rok dein
    """),
    (Language.FA, """
        توقف|لغو|لغو عضویت|لغو اشتراک|لغو کن|لغو کنید|متوقف کن|متوقف کنید|قطع|قطع کن|قطع کنید|پیام نده
        |پیام ندهید|پیام ندید|پیام نفرست|پیام نفرستید|دیگه پیام نده|دیگه پیام نفرست|دیگر پیام نفرستید|نفرست|نفرستید
        |دیگه نفرست|دیگر نفرست|پیام نمی‌خوام|پیام نمی‌خواهم|اطلاعیه نمی‌خواهم|اطلاعیه نمی‌خوام
        |اطلاعیه نفرستید|لغو اطلاعیه‌ها|اشتراک لغو|انصراف
    """),
    (Language.FA, """
        tavaghof|tavaqof|tavaqqof|tavaghof kon|tavaqqof|laghv|laghve ozviyat|laghv ozviyat|laghv kon|laghve eshterak
        |ghat|ghat kon|ghat konid
        |payam nade|payam nadid|payam nafrest|payam nafrestid|dige payam nade|dige payam nafrest|nafrest|nafrestid
        |dige nafrest|payam nemikham|payam nemikhaham|etelaiye nemikham|etelaieh nemikham|estop
    """),
)  # fmt: skip

_LANGUAGE_OF = {fold(words): language for language, table in WORDS for words in table.split("|")}


def opted_out_in(text: str) -> Language | None:
    """The language of a message that asks for no more announcements and for nothing else; None for any other.

    With a question mark it asks something: “بند؟” is about a border.
    """
    if "?" in text or "؟" in text:
        return None
    return _LANGUAGE_OF.get(fold(text))
