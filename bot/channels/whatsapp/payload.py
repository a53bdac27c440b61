"""What of a webhook call is read, each part by itself: one that is not as Meta describes it hides no other.

developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

#: A phone number without its plus sign ("wa_id"), and a business-scoped user id: a country, a stop, letters and digits
#: (…/whatsapp/business-scoped-user-ids). What is neither is no identifier: it comes into addresses and log lines.
NUMBER = r"^[0-9]{5,20}$"
USER_ID = r"^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$"


def _without_plus(value: Any) -> Any:
    return value.removeprefix("+") if isinstance(value, str) else value


Number = Annotated[str, BeforeValidator(_without_plus), StringConstraints(pattern=NUMBER)]
UserId = Annotated[str, StringConstraints(pattern=USER_ID)]
MessageId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,512}$")]


class Metadata(BaseModel):
    """Which of our numbers a change concerns."""

    phone_number_id: str


class Contact(BaseModel):
    """Who wrote; without a number where he goes by a username."""

    wa_id: Number | None = None
    user_id: UserId | None = None


class Message(BaseModel):
    """What is common to all messages."""

    id: MessageId
    type: str
    from_: Number | None = Field(None, alias="from")
    from_user_id: UserId | None = None
    group_id: str | None = None


class Text(BaseModel):
    """A text message, `text`."""

    body: str


class Media(BaseModel):
    """A picture, film, file …, by the name of its type."""

    caption: str = ""


class Location(BaseModel):
    """A shared place, `location`."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)


class Reply(BaseModel):
    """The button or row that was tapped."""

    id: str


class Interactive(BaseModel):
    """A tap on a reply button or a list's row, `interactive`."""

    button_reply: Reply | None = None
    list_reply: Reply | None = None


class TemplateButton(BaseModel):
    """A tap on a template's quick reply, `button`."""

    payload: str


class Reaction(BaseModel):
    """An emoji on one of our messages, `reaction`; without one it was taken away."""

    emoji: str = ""


class Edit(BaseModel):
    """A message changed after it was sent, `edit`."""

    message: dict[str, Any]


class System(BaseModel):
    """The platform's notice about a trader, `system`."""

    type: str
    body: str = ""
    wa_id: Number | None = None  # new
    new_wa_id: Number | None = None  # so called up to v11
    user_id: UserId | None = None  # new
    customer: Number | None = None  # old
    previous_user_id: UserId | None = None  # old


class Preference(BaseModel):
    """What a trader set in WhatsApp itself for our marketing messages, in the field `user_preferences`."""

    wa_id: Number | None = None
    user_id: UserId | None = None
    category: str
    value: str
    timestamp: int | str = ""


class StatusError(BaseModel):
    """Why a message failed."""

    code: int
    title: str = ""


class Status(BaseModel):
    """How far one of our messages came."""

    id: MessageId
    status: str
    recipient_id: Number | None = None
    recipient_user_id: UserId | None = None
    errors: list[StatusError] = []
