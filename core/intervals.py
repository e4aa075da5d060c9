"""What a number can say of the truth behind it: ends of intervals."""

Z80 = 1.2816  # standard deviations on either side of the mean that hold 80% of a normal distribution
Z95 = 1.96  # and 95%


def wilson(yes: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's interval of a share: what so few or so many answers say of the share among all.

    Args:
        yes: of `n`, at least one.
        z: standard deviations on either side; `Z80`, `Z95`.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.

    >>> [round(end, 3) for end in wilson(9, 10, Z95)]
    [0.596, 0.982]
    """
    share = yes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)
