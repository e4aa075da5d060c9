"""Mail over SMTP: `smtp://user:password@host:port`, with STARTTLS where offered, or `smtps://`."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from core.mail import mail_address
from data.channels.base import Letter, Permanent, Refused

_TIMEOUT = 10  # seconds for each answer of the server; all together stay within the delivery's lease
_CLOSING = 421  # the server takes nothing more
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends plain text; the Message-ID is the delivery's key, so that a second copy is known as one."""

    url: str
    sender: str
    name: str = "mail"

    def send(self, letter: Letter) -> None:
        """Send one letter.

        Raises:
            Permanent: the person has no address or none that mail can reach, or the server refused it or the
                letter for good (5xx).
            Refused: the server does not take this one for now (4xx).
                A refusal of ourselves (password, sender) is the operator's to mend, and no letter's fault.
        """
        if not letter.address:
            raise Permanent("no mail address")
        if not mail_address(letter.address):
            raise Permanent("not a mail address")
        message = self._message(letter, letter.address)
        try:
            with self._connected() as server:
                self._hand_over(server, message)
        except smtplib.SMTPRecipientsRefused as error:
            code, why = next(iter(error.recipients.values()))
            raise _refusal(code, why) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error

    def _message(self, letter: Letter, address: str) -> EmailMessage:
        domain = parseaddr(self.sender)[1].partition("@")[2] or "firebreak"
        message = EmailMessage()
        message["From"], message["Subject"] = self.sender, " ".join(letter.title.split())
        try:
            message["To"] = address
        except (ValueError, IndexError) as error:
            raise Permanent("not a mail address") from error
        message["Message-ID"] = f"<{letter.key}@{domain}>"
        message.set_content("\n\n".join(part for part in (letter.body, letter.url) if part))
        return message

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        try:
            server.send_message(message)
        except (ValueError, IndexError, smtplib.SMTPNotSupportedError) as error:
            if not self.sender.isascii():
                raise  # it may be our own address that the server cannot write
            raise Permanent(f"not a mail address for this server: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        there = urlsplit(self.url)
        host, tls = there.hostname or "localhost", ssl.create_default_context()
        if there.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, there.port or 465, timeout=_TIMEOUT, context=tls)
            protected = True
        else:
            server = smtplib.SMTP(host, there.port or 25, timeout=_TIMEOUT)
            server.ehlo()
            if protected := server.has_extn("starttls"):
                server.starttls(context=tls)
        if there.username:
            if not protected and host not in _LOOPBACK:
                server.close()
                raise ConnectionError("the server offers no TLS; the password was not sent")
            server.login(unquote(there.username), unquote(there.password or ""))
        return server


def _refusal(code: int, why: bytes | str) -> Exception:
    said = why.decode(errors="replace") if isinstance(why, bytes) else why
    told = f"{code} {said}"
    if 500 <= code < 600:
        return Permanent(told)
    return ConnectionError(told) if code == _CLOSING else Refused(told)
