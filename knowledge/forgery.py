"""Words of forging and bribing, and the words beside them with which honest people speak of it.

The name of a paper outweighs all else that a linear model sees: a call for a forged certificate looks like a question
about the certificate.
"""

from __future__ import annotations

from knowledge.script import fold


def is_wanted(text: str) -> bool:
    """Whether something forged or bought is spoken of, and neither as a victim nor out of fear of the penalty."""
    words = frozenset(fold(text).split())
    return not words.isdisjoint(FORGED) and words.isdisjoint(HONEST)


FORGED = frozenset(
    fold(
        """
        fake forged forge counterfeit bogus bribe bribes bribery backdated
        jaali jali jaalee naqli nakli naqlee rishwat rishvat reshwat
        جعلی نقلی رشوت
        قلابی تقلبی جعل رشوه زیرمیزی
        ghollabi gholabi qolabi jaeli taghalobi taqalobi reshve roshve zirmizi
        """
    ).split()
)

HONEST = frozenset(
    fold(
        """
        fine fined penalty punishment law illegal crime caught seized arrested accused blacklisted check verify identify
        genuine original real know tell avoid complain complaint report asks asked asking demand demands demanding given
        gave received sold sent cheated trapped tired happens without refuse brand brands branded logo
        saza qaid bheja mukar bhaag jurmana jurm qanoon pakra pakre pakri pakda pehchan pehchano asli tasdeeq shikayat
        maang mang mangta mangte mangi maangte diya di thama nikla nikli bachna bachein dhoka
        سزا جرمانہ جرم قانون پکڑا پکڑے پکڑی پہچان پہچانیں اصلی تصدیق شکایت مانگ مانگتا مانگتے مانگی دیا دی
        تھما نکلا نکلی
        بچنا دھوکہ دھوکا قید کہا نکل برانڈ
        مجازات جریمه جرم قانون گرفتن تشخیص اصل بفهمم بدونم استعلام شکایت خواست خواسته میخواد میخوان داد داده دادن دراومد
        شد کلاهبرداری گول بگیرنت حمل ارم
        mojazat jarime jorm ghanoon tashkhis asl befahmam mikhad mikhan dad dade dadan daroomad kolahbardari
        gool begiran
        haml hamlo arm arme
        """
    ).split()
)
