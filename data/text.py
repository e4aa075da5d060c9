"""The translator: keys to sentences in English and Simplified Chinese.

Catalogues are TOML files by area, `data/locale/<language>/<area>.toml`; the key `board.title` is
`title` in `board.toml`. A key whose sentence depends on a count has forms `one` and `other`, and may
have `zero` and `two` (twice). The company's own names of stages and tags (`speak`) go before the catalogues'.
"""

import logging
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import get_timezone_location
from babel.numbers import format_compact_currency, format_percent

from core.rounding import half_up

LANGUAGES = {"en": "English", "zh": "简体中文"}
DEFAULT_LANGUAGE = "en"
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}  # how each writes numbers, money and dates
for _form in Locale.parse(LOCALES["en"]).months.values():
    _form["abbreviated"][9] = "Sep"  # it says "Sept", which no column of a table and no axis of a chart can
_STOPS = "。！？"
_FOLDER = Path(__file__).parent / "locale"
_company: dict[str, Mapping[str, str]] = {}  # the company's own names
_log = logging.getLogger(__name__)


@lru_cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of a language by dotted key."""
    flat: dict[str, str] = {}
    for path in sorted((_FOLDER / language).glob("*.toml")):
        with path.open("rb") as file:
            _flatten(path.stem, tomllib.load(file), flat)
    return flat


def _flatten(prefix: str, tree: Mapping[str, Any], into: dict[str, str]) -> None:
    for key, value in tree.items():
        name = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            _flatten(name, value, into)
        else:
            into[name] = value


def speak(names: Mapping[str, Mapping[str, str]]) -> None:
    """Use the company's own names from now on, by key and language: one process serves one company."""
    _company.clear()
    _company.update(names)


def spoken() -> Mapping[str, Mapping[str, str]]:
    """The company's own names that are in use, by key and language."""
    return _company


def has(language: str, key: str) -> bool:
    """Whether the language knows the key."""
    return key in _company or key in catalogue(language)


def translate(language: str, key: str, **params: Any) -> str:
    """The sentence of a key; `n` among the parameters chooses its plural form.

    A missing key shows itself and is logged: visible, and never a crash in front of a person.
    """
    sentences = catalogue(language)
    sentence = _company.get(key, {}).get(language) or sentences.get(key)
    if sentence is None and "n" in params:
        form = Locale.parse(language).plural_form(params["n"])
        form = {0: "zero", 2: "two"}.get(params["n"], form)
        sentence = sentences.get(f"{key}.{form}") or sentences.get(f"{key}.other")
    if sentence is None:
        _log.error("no text for %s in %s", key, language)
        return key
    return sentence.format_map(params) if params else sentence


def details(language: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """An error's parameters with `what`: in words which records it is about, where it counts them (`of`)."""
    if "of" not in params:
        return dict(params)
    counts: dict[str, int] = {}
    for kind, n in params["of"].items():
        key = f"audit.entity.{kind}"
        name = translate(language, key if has(language, key) else "audit.entity.other")
        counts[name] = counts.get(name, 0) + n
    said = (translate(language, "shell.pair", label=name, value=n) for name, n in counts.items())
    return dict(params) | {"what": translate(language, "shell.comma").join(said)}


def minus(number: str) -> str:
    """A formatted number with a minus that is as wide as a plus.

    >>> minus("-¥14.2万")
    '−¥14.2万'
    """
    return number.replace("-", "−")


def percent(language: str, rate: float | Decimal, places: int = 0) -> str:
    """A rate 0–1 as percent, a half rounded up.

    >>> percent("en", 0.625), percent("zh", -0.0145, 1), percent("en", 12)
    ('63%', '−1.5%', '1200%')
    """
    pattern = "0" + ("." + "0" * places if places else "") + "%"
    return minus(format_percent(half_up(rate, places + 2), pattern, locale=LOCALES[language]))


def short_money(language: str, amount: Decimal, currency: str) -> str:
    """An amount in thousands, millions or 万: to three digits, or to the unit where it has more.

    >>> [short_money("en", Decimal(n), "CNY") for n in (1_047_059, 12_345, 999_950, -5_000)]
    ['CN¥1.05M', 'CN¥12.3K', 'CN¥1M', '−CN¥5K']
    >>> [short_money("zh", Decimal(n), "CNY") for n in (1_234, 12_345, 1_047_059, 12_345_678)]
    ['¥1234', '¥1.23万', '¥105万', '¥1235万']
    """
    step = 4 if language == "zh" else 3
    digits = len(str(int(abs(amount))))
    unit = (digits - 1) // step * step  # its zeros
    places = max(0, 3 - (digits - unit)) if unit else 0
    shown = half_up(amount, places - unit)
    return minus(format_compact_currency(shown, currency, locale=LOCALES[language], fraction_digits=2))


def sentences(*said: str) -> str:
    """Sentences one after another; a Chinese stop brings its own room.

    >>> sentences("No quote yet.", "Ask why.", ""), sentences("尚未报价。", "问清原因。")
    ('No quote yet. Ask why.', '尚未报价。问清原因。')
    """
    text = ""
    for part in filter(None, said):
        text += part if not text or text[-1] in _STOPS else f" {part}"
    return text


def ended(language: str, said: str) -> str:
    """What somebody wrote, as a sentence that another may follow; Chinese goes on in brackets.

    >>> ended("en", "See them"), ended("en", "See them!"), ended("zh", "拜访客户")
    ('See them.', 'See them!', '拜访客户')
    """
    return said if language == "zh" or said.endswith((*".!?…", *_STOPS)) else f"{said}."


def zone_words(language: str, zone: str) -> str:
    """A time zone by its city; as it is where nobody knows one.

    >>> zone_words("zh", "Asia/Shanghai"), zone_words("en", "America/New_York"), zone_words("en", "UTC")
    ('上海', 'New York', 'UTC')
    """
    return str(get_timezone_location(zone, locale=LOCALES[language], return_city=True))


def language_of(locale: str | None) -> str:
    """The product's language for a browser's: Chinese of any region is `zh`, all else English.

    >>> language_of("zh-TW"), language_of("de-DE"), language_of(None)
    ('zh', 'en', 'en')
    """
    return "zh" if (locale or "").lower().startswith("zh") else DEFAULT_LANGUAGE
