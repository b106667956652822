"""One answer where several are right: what squared error, a softmax and a discriminator each make of it.

A pixel is one of a palette's colours, or a surface leans one way or the other, and the picture does not say which.
Squared error answers with the mean of both, which is neither; a softmax keeps a share for each; a discriminator makes
one answer that looks real, and pays for it in squared error.
"""

import numpy as np
from scipy.special import softmax

from animkit.theory import gan
from animkit.theory.checks import positive, vector

# --- a colour of the palette -----------------------------------------------------------------------------------------


def _colours(palette, shares):
    palette, shares = np.asarray(palette, dtype=float), vector(shares, "shares")
    if palette.shape != (len(shares), 3) or not np.all(np.isfinite(palette)):
        raise ValueError(f"a palette is a row (r, g, b) for each of the {len(shares)} shares; got {palette.shape}")
    if np.any(shares < 0.0) or not shares.sum() > 0.0:
        raise ValueError(f"shares must not be negative, and not all 0; got {shares}")
    return palette, shares / shares.sum()


def squared_error(colour, palette, shares):
    """Expect the squared distance of an answer from the colour that turns out to be true.

    Args:
        colour: (..., 3) one answer or several.
        palette: (colours, 3).
        shares: (colours,) how often each is true; normalised here.

    Returns:
        (...,), mean of the three channels.

    Raises:
        ValueError: when palette and shares do not fit, or the shares are none.
    """
    palette, shares = _colours(palette, shares)
    return np.mean((palette - np.asarray(colour, dtype=float)[..., None, :]) ** 2, axis=-1) @ shares


def mean_colour(palette, shares):
    """Find the answer of least squared error: the mean, the derivative 2 (colour - mean) being 0 there alone.

    Args:
        palette: (colours, 3).
        shares: (colours,) how often each is true; normalised here.

    Returns:
        (3,), which need not be in the palette.

    Raises:
        ValueError: as `squared_error`.
    """
    palette, shares = _colours(palette, shares)
    return shares @ palette


def nearest_entry(colour, palette):
    """Look for the palette's entry that is nearest to a colour.

    Args:
        colour: (3,).
        palette: (colours, 3).

    Returns:
        int, its place; the first of equals.

    Raises:
        ValueError: when it is no colour.
    """
    return int(np.argmin(np.sum((np.asarray(palette, dtype=float) - vector(colour, "colour", 3)) ** 2, axis=1)))


def softmax_descent(shares, steps, *, rate=1.0):
    """Learn the logits of a softmax by gradient descent on its cross-entropy.

    Args:
        shares: (colours,) how often each is true; normalised here.
        steps: of descent, from logits of 0.
        rate: learning rate, above 0.

    Returns:
        (steps + 1, colours) what the softmax says before and after each step. The gradient of the cross-entropy with
        respect to the logits is softmax - shares, which is 0 where both are the same.

    Raises:
        ValueError: when the shares are none, the rate is not above 0 or steps is negative.

    Source: Bishop 2006, section 4.3.4.
    """
    shares = vector(shares, "shares")
    _, shares = _colours(np.zeros((len(shares), 3)), shares)
    rate = positive(rate, "the rate", 1)[0]
    if steps < 0:
        raise ValueError(f"steps cannot be negative; got {steps}")
    logits, said = np.zeros(len(shares)), []
    for _ in range(steps + 1):
        said.append(softmax(logits))
        logits = logits - rate * (said[-1] - shares)
    return np.array(said)


# --- a surface that leans one way or the other -----------------------------------------------------------------------

REACH = 90.0  # degrees: a surface that is seen leans less
LEANS = np.linspace(-1.5 * REACH, 1.5 * REACH, 541)  # half a degree apart


def lean_errors(said, tilt, share=0.5):
    """Judge one answer where a surface leans by +tilt or by -tilt, a bump or a dent.

    Args:
        said: the answer, degrees.
        tilt: by which it truly leans, degrees.
        share: how often it is +tilt, from 0 to 1.

    Returns:
        dict: "mean" angle between answer and truth, "rms" of it, degrees; "sharpness", how far the answer leans,
        over how far surfaces lean.

    Raises:
        ValueError: when tilt is not above 0 or share no share.
    """
    said, tilt = vector(said, "the answer", 1)[0], positive(tilt, "tilt", 1)[0]
    weights = np.array([share, 1.0 - share])
    if not np.all((weights >= 0.0) & (weights <= 1.0)):
        raise ValueError(f"a share lies from 0 to 1; got {share}")
    errors = np.abs(said - np.array([tilt, -tilt]))
    return {
        "mean": float(weights @ errors),
        "rms": float(np.sqrt(weights @ errors**2)),
        "sharpness": float(abs(said) / tilt),
    }


def true_leans(tilt, share=0.5, spread=4.0):
    """Write down the log density of what is real, two narrow bells at +tilt and -tilt, on LEANS."""
    return gan.log_mixture(LEANS, [tilt, -tilt], [spread, spread], [share, 1.0 - share])


def discriminator_term(said, tilt, share=0.5, spread=4.0):
    """Charge an answer what the best discriminator makes it pay, V(D*) + log 4 = 2 JS(real, answer).

    Args:
        said: (answers,) degrees; each is seen with the spread that real ones have.
        tilt: by which surfaces truly lean, degrees.
        share: how often it is +tilt, from 0 to 1.
        spread: standard deviation of the bells, degrees.

    Returns:
        (answers,) nats, from 0, what looks real in every respect, to 2 log 2, told apart for certain.

    Raises:
        ValueError: when spread is not above 0 or an answer not finite.

    Source: Goodfellow et al. 2014, theorem 1.
    """
    real = true_leans(tilt, share, spread)
    return np.array(
        [2 * gan.js_divergence(LEANS, real, gan.log_gaussian(LEANS, one, spread)) for one in vector(said, "answers")]
    )


def total_cost(said, tilt, weight, share=0.5, spread=4.0):
    """Add squared error, in squared tilts, and weight times the discriminator's term.

    Args:
        said: (answers,) degrees.
        tilt: by which surfaces truly lean, degrees.
        weight: of the adversarial term, 0 or more.
        share: how often it is +tilt, from 0 to 1.
        spread: standard deviation of the bells, degrees.

    Returns:
        (answers,) total cost, and of the same shape the two parts: squared error, and the term before it is weighted.

    Raises:
        ValueError: as `lean_errors` and `discriminator_term`.
    """
    said = vector(said, "answers")
    squared = np.array([(lean_errors(one, tilt, share)["rms"] / tilt) ** 2 for one in said])
    term = discriminator_term(said, tilt, share, spread)
    return squared + weight * term, squared, term
