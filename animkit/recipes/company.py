"""A company: an animator, two designers and a judge, trained on one set of characters."""

from animkit.recipes.animator import train_animator
from animkit.recipes.designers import design_data, train_design_gan, train_design_vae
from animkit.recipes.judge import train_judge
from animkit.studio.characters import assemble
from animkit.training import by_profile


def train_company(sprites, *, profile="demo", seed=0, checkpoint=None, progress=True):
    """Train all four networks of a company on a set of characters.

    Args:
        sprites: Sprites.
        profile: "ci" (seconds), "demo" (minutes) or "full" (an hour on two cores).
        seed: of everything.
        checkpoint: folder for the animator's state, or None.
        progress: show it.

    Returns:
        Company.
    """
    animator = train_animator(
        sprites,
        epochs=by_profile(profile, ci=1, demo=8, full=30),
        seed=seed,
        checkpoint=checkpoint,
        progress=progress,
    )
    looks, told = design_data(animator, sprites, seed=seed)
    epochs = by_profile(profile, ci=1, demo=10, full=30)
    vae, gan = (
        make(looks, told, epochs=epochs, seed=seed, progress=progress) for make in (train_design_vae, train_design_gan)
    )
    judge = train_judge(sprites, epochs=by_profile(profile, ci=1, demo=3, full=8), seed=seed, progress=progress)
    return assemble(animator, vae, gan, judge, sprites)
