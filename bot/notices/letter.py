"""A letter to a member of the staff: the bot's Markdown as an e-mail, plain and as HTML."""

from __future__ import annotations

import html as html_escapes
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from bot import markup
from knowledge.language import Language


def compose(sender: Address, to: Address, subject: str, text: str, language: Language, at: datetime) -> EmailMessage:
    """Write a letter; headers are built by the standard library's policy, which lets no line break into one."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = at
    mail["Message-ID"] = make_msgid(domain=sender.domain)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply to it
    spans = markup.layout(text, language)
    mail.set_content(markup.plain(spans) + "\n")
    mail.add_alternative(_page(subject, spans, language), subtype="html")
    mail["Content-Language"] = language.value  # last: setting the content empties what is said of it
    return mail


def _page(title: str, spans: markup.Spans, language: Language) -> str:
    direction = "rtl" if language.right_to_left else "ltr"
    body = markup.html(spans).replace("\n", "<br>\n")
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}">\n'
        f'<head><meta charset="utf-8"><title>{html_escapes.escape(title)}</title></head>\n'
        # mail readers drop the direction of the document, and many of them its style sheet: both stand where they act
        f'<body dir="{direction}"><div dir="{direction}" style="font-family: sans-serif; line-height: 1.6">\n'
        f"{body}\n</div></body>\n</html>\n"
    )
