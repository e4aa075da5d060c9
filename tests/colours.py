"""Colours as the WCAG sees them: `#RRGGBB` in, how far two stand apart out."""

WEIGHTS = (0.2126, 0.7152, 0.0722)


def linear(colour: str) -> tuple[float, ...]:
    """Red, green and blue as shares of light, 0–1."""
    shares = (share / 255 for share in _parts(colour))
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)


def contrast(colour: str, other: str) -> float:
    """By the WCAG's formula, from 1 on."""
    lights = sorted(sum(w * c for w, c in zip(WEIGHTS, linear(one), strict=True)) for one in (colour, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def laid(colour: str, over: str, strength: float) -> str:
    """A colour of so much strength (0–1) over another."""
    pairs = zip(_parts(colour), _parts(over), strict=True)
    return "#" + "".join(f"{round(strength * one + (1 - strength) * other):02X}" for one, other in pairs)


def _parts(colour: str) -> tuple[int, ...]:
    long = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
    return tuple(int(long[n : n + 2], 16) for n in (1, 3, 5))
