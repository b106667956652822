"""A GAN of points in the plane that trains while one watches, and whose every setting may change while it runs."""

import asyncio
import time

import ipywidgets
import numpy as np

from animkit.theory import point_gan
from animkit.theory.critic import GENERATOR_LOSSES
from animkit.theory.gan import LOG_2
from animkit.theory.mlp import ACTIVATIONS
from widgets.labs.live_gan_picture import LiveGANPicture
from widgets.parts.board import row
from widgets.parts.drawing import Drawing
from widgets.parts.lab import Lab, button, choice, slider

ESTIMATED = 2000  # points of each kind in the estimates of KL and JS
RATES = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1)
STRENGTHS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
REPLAYED_AT_MOST = 3000  # updates that a state line may ask for: a few seconds
SLICE = 0.025  # seconds of training between two pictures, so that the kernel can answer
PICTURE_EVERY, WORDS_EVERY, SLOW_EVERY = 0.06, 0.3, 0.7  # seconds
HISTORY = 600
LAYERS = [
    ("none (linear)", ()),
    ("1 layer of 16", (16,)),
    ("2 layers of 16", (16, 16)),
    ("2 layers of 32", (32, 32)),
    ("3 layers of 32", (32, 32, 32)),
    ("2 layers of 64", (64, 64)),
]
RULES = (
    "loss",
    "discriminator_rate",
    "generator_rate",
    "n_critic",
    "batch_size",
    "optimizer",
    "penalty",
    "strength",
)
PLAIN = dict(
    zip(RULES, ("non_saturating", 5e-3, 2e-3, 1, 128, "adam", "none", 1.0), strict=True),
    noise="uniform_2d",
    generator_layers=(32, 32),
    discriminator_layers=(32, 32),
    activation="leaky_relu",
)
DISTRIBUTIONS = [
    ("ring of 8", "ring"),
    ("grid of 25", "grid"),
    ("line", "line"),
    ("two far apart", "disjoint"),
    ("drawn by hand", "drawn"),
]
PACES = [
    ("slow motion: D, then G", 0),
    ("1 update a picture", 1),
    ("4 updates a picture", 4),
    ("16 updates a picture", 16),
]
PENALTIES = [("none", "none"), ("R1", "r1"), ("gradient penalty", "gradient_penalty"), ("weight clipping", "clip")]


FORMULA = (
    r"$$\min_G\max_D\;\mathbb E_{x\sim p}[\log D(x)]+\mathbb E_{z}[\log(1-D(G(z)))]$$"
    "<p>G turns noise into points (red), D colours the plane: blue where it believes in data, orange where it "
    "expects fakes. Each fake moves along its arrow, towards what D finds more real. Drag on the plane to draw "
    "data of your own; every setting may change while it runs.</p>"
)
PRESETS = {
    "ring, plain": {**PLAIN, "distribution": "ring"},
    "ring, G too fast: modes drop": {**PLAIN, "distribution": "ring", "generator_rate": 0.01},
    "grid, with R1": {**PLAIN, "distribution": "grid", "penalty": "r1", "strength": 0.1},
    "line, 1-D noise": {**PLAIN, "distribution": "line", "noise": "uniform_1d"},
    "disjoint, a linear G can't": {**PLAIN, "distribution": "disjoint", "generator_layers": ()},
    "disjoint, Wasserstein": {
        **PLAIN,
        "distribution": "disjoint",
        "loss": "wasserstein",
        "penalty": "gradient_penalty",
        "strength": 1.0,
        "n_critic": 3,
    },
}
GROUPS = {
    "rules": (*("loss", "discriminator_rate", "generator_rate", "n_critic", "penalty", "strength"),),
    "data, nets": (
        *(
            "distribution",
            "drawn",
            "noise",
            "generator_layers",
            "discriminator_layers",
            "activation",
            "optimizer",
            "batch_size",
        ),
    ),
    "picture": ("speed", "seed", "show_samples", "show_belief", "show_manifold", "show_arrows"),
}


class LiveGAN(Lab):
    """The live 2-D GAN, made by `live_gan`.

    Args:
        controls: name -> control, as `live_gan` makes them.
        steps: updates to play at once.
    """

    def __init__(self, controls, steps):
        self.picture, self._task, self.updates = LiveGANPicture(), None, 0
        self.figure = self.picture.figure
        self._last = {}
        self._play = button("play", "Train and draw until paused", self.toggle, "play")
        buttons = [
            self._play,
            *(
                button(label, explanation, action, icon)
                for label, explanation, action, icon in (
                    ("step D", "One step of the discriminator only", lambda: self.step("d"), "step-forward"),
                    ("step G", "One step of the generator only", lambda: self.step("g"), "step-forward"),
                    ("step both", "One update: D's steps, then one of G", lambda: self.step("both"), "fast-forward"),
                    ("start again", "A new game with the same settings and seed", self.restart, "refresh"),
                )
            ),
        ]
        super().__init__(
            "A GAN, live",
            "gan_lab.live_gan",
            controls,
            self._changed,
            figure=self.figure,
            formula=FORMULA,
            presets=PRESETS,
            below=[row(*buttons)],
            groups=GROUPS,
            more_state=lambda: {"steps": self.updates},
            idle=lambda penalty, **_: {"strength": "D has no penalty"} if penalty == "none" else {},
        )
        if steps:
            self._replay(steps)
        pointer = self.figure.on_pointer(self._drawn_at, axes=self.figure.axes["plane"], every_ms=80)
        self.drag = pointer
        # the browser counts its views of the lab: when the last one closes, nobody watches
        self._view_count = 0
        self.observe(self._watched, "_view_count")

    # --- what may change ---------------------------------------------------------------------------------------------

    def _changed(self, **values):
        before, self._last = self._last, values

        def differs(*names):
            return any(before.get(name) != values[name] for name in names)

        unread = None
        if differs("distribution", "drawn"):
            try:
                self._set_data(values)
            except ValueError as error:  # play on with the data of before, and say so
                unread = error
                if not before:
                    self._set_data({"distribution": "ring"})
        if differs("seed"):
            self._new_game(values)
        elif differs("noise", "generator_layers", "discriminator_layers", "activation"):
            self.game = point_gan.rebuild(
                self.game,
                noise=values["noise"],
                generator_hidden=values["generator_layers"],
                discriminator_hidden=values["discriminator_layers"],
                activation=values["activation"],
            )
            self._new_noise()
            self._mixed = self._mixed or self.updates > 0
        elif differs("distribution", "drawn", *RULES):
            self._mixed = self._mixed or self.updates > 0
        self._half = 0
        if not self.playing or not values["speed"]:  # a running game is drawn soon enough
            self.draw()
        if unread:
            raise unread

    def _set_data(self, values):
        name = values["distribution"]
        if name == "drawn":
            if not values["drawn"]:
                raise ValueError(
                    "the drawing is empty: drag over the plane, or type points such as [(0, 0), (0.5, 0.5)]"
                )
            self.data = point_gan.drawn_distribution(values["drawn"])
            centres = point_gan.spread_centres(np.array(values["drawn"]))
            self.centres, self.radius = centres, 0.15
        else:
            self.data = point_gan.distribution(name)
            self.centres, std = point_gan.modes(name)
            self.radius = 3.0 * std
        half = len(self.data) // 2
        _, self.floor = point_gan.histogram_divergences(self.data[:ESTIMATED], self.data[half : half + ESTIMATED])

    def _drawn_at(self, x, y, phase):
        with self.lock:
            if self.controls["distribution"].value != "drawn":
                self.controls["drawn"].value = []
            self.controls["drawn"].add(x, y, phase)
            self.controls["distribution"].value = "drawn"

    def _new_noise(self):
        self.noise = point_gan.fixed_noise(self.game, ESTIMATED)

    def restart(self):
        """Start a new game from the seed, with the present settings."""
        with self.lock:
            self._new_game(self._last)
            self.draw()

    def _new_game(self, values):
        self.game = point_gan.new_game(
            noise=values["noise"],
            generator_hidden=values["generator_layers"],
            discriminator_hidden=values["discriminator_layers"],
            activation=values["activation"],
            seed=values["seed"],
        )
        self.updates, self.history, self.losses, self._mixed, self._half = 0, [], {}, False, 0
        self._new_noise()
        self.picture.clear()

    # --- playing -----------------------------------------------------------------------------------------------------

    def _rules(self):
        values = self._last
        weight = {"r1": 0.0, "gradient_penalty": 0.0, "clip": 0.0}
        if values["penalty"] != "none":
            weight[values["penalty"]] = values["strength"]
        both = {"loss": values["loss"], "batch_size": values["batch_size"], "optimizer": values["optimizer"]}
        return weight, both

    def _step(self, player):
        weight, both = self._rules()
        if player == "d":
            self.game, self.losses["d_loss"] = point_gan.step_discriminator(
                self.game, self.data, learning_rate=self._last["discriminator_rate"], **weight, **both
            )
        else:
            self.game, self.losses["g_loss"] = point_gan.step_generator(
                self.game, self.data, learning_rate=self._last["generator_rate"], **both
            )

    def _round(self):
        for _ in range(self._last["n_critic"]):
            self._step("d")
        self._step("g")
        self.updates += 1

    def _advance(self, count, seconds):
        """Play updates, and stop early when their time is over."""
        end = time.perf_counter() + seconds
        for _ in range(count):
            self._round()
            if time.perf_counter() > end:
                break

    def _replay(self, count):
        """Play updates without pictures, as a state line asks for."""
        try:
            for done in range(1, count + 1):
                self._round()
                if done % 10 == 0:
                    self._record(*self._divergences(point_gan.generate(self.game, self.noise)))
        except FloatingPointError as error:
            self.warn("Stopped", error)
        self.draw()

    def step(self, player):
        """Play one step and show it.

        Args:
            player: "d", "g", or "both" for a whole update.
        """
        with self.lock:
            self._half = 0
            try:
                if player == "both":
                    self._round()
                else:
                    self._step(player)
                    self._mixed = True
            except (ValueError, FloatingPointError) as error:
                self.warn("Stopped", error)
                return
            self.draw()

    def toggle(self):
        """Play, or pause."""
        self.pause() if self.playing else self.play()

    @property
    def playing(self):
        """True while the game plays by itself."""
        return self._task is not None

    def play(self):
        """Train on the event loop of the kernel, in slices between which it answers."""
        try:
            self._task = asyncio.get_running_loop().create_task(self._run())
        except RuntimeError:
            self.warn("Stopped", "there is no event loop here that could play; the step buttons work")
            return
        self._play.description, self._play.icon = "pause", "pause"

    def pause(self):
        """Stop after the present slice."""
        if self.playing:
            self._task = None
            with self.lock:
                self.draw()  # the words may lag behind the picture
        self._play.description, self._play.icon = "play", "play"

    async def _run(self):
        try:
            told = 0.0
            # a second press of play makes another task, and this one ends
            while self._task is asyncio.current_task():
                began = time.perf_counter()
                with self.lock:
                    slow = not self._last["speed"]
                    if slow:
                        self._half_step()
                    else:
                        self._advance(self._last["speed"], SLICE)
                    # nobody reads faster, and the browser has enough to do
                    words = slow or began - told > WORDS_EVERY
                    self.draw(words)
                    told = began if words else told
                spent = time.perf_counter() - began
                await asyncio.sleep(max(0.01, (SLOW_EVERY if slow else PICTURE_EVERY) - spent))
        except Exception as error:  # nobody awaits this task: what it raises would be lost
            self._task = None
            self.pause()
            self.warn("Stopped", error)

    def _half_step(self):
        if self._half < self._last["n_critic"]:
            self._step("d")
            self._half += 1
        else:
            self._step("g")
            self._half = 0
            self.updates += 1

    def _watched(self, change):
        if change.old and not change.new:
            self.pause()

    def close(self):
        """Stop playing and close the lab."""
        self.pause()
        super().close()

    # --- what there is to see ----------------------------------------------------------------------------------------

    def draw(self, words=True):
        """Show the game as it stands.

        Args:
            words: write the numbers and the state line too.
        """
        picture, fakes = self.picture, point_gan.generate(self.game, self.noise)
        kl, js = self._divergences(fakes)
        counts, near = point_gan.coverage(fakes, self.centres, self.radius)
        picture.show_points(self.data, fakes)
        picture.show_layers(self.game, self.data, self.noise, self._last)
        picture.show_modes(100.0 * counts / len(fakes))
        self._record(kl, js)
        picture.show_history(self.history, self.floor)
        picture.draw()
        if words:
            self._tell(kl, js, counts, near)

    def _tell(self, kl, js, counts, near):
        fair = counts >= 0.1 * ESTIMATED / len(counts)
        losses = "".join(f"{name[0].upper()}'s loss {loss:.3f}, " for name, loss in sorted(self.losses.items()))
        mixed = (
            " <i>Settings changed on the way: the line below replays with the present ones.</i>" if self._mixed else ""
        )
        self.tell(
            f"Update <b>{self.updates}</b>: {losses}KL(data ‖ fakes) ≈ {kl:.3f}, JS ≈ <b>{js:.3f}</b> of at most "
            f"log 2 = {LOG_2:.3f} nats (counted in cells; the data with itself gives {self.floor:.3f}).<br>"
            f"Modes with at least a tenth of their fair share: <b>{int(fair.sum())} of {len(counts)}</b>; "
            f"{100 * near:.0f}% of the fakes lie on a mode.{mixed}"
        )
        if hasattr(self, "state"):  # not yet while the lab is being made
            self.show_state()

    def _record(self, kl, js):
        if len(self.losses) == 2 and (not self.history or self.history[-1][0] != self.updates):
            self.history.append((self.updates, self.losses["d_loss"], self.losses["g_loss"], kl, js))
            if len(self.history) > HISTORY:
                self.history = self.history[::2]

    def _divergences(self, fakes):
        return point_gan.histogram_divergences(self.data[:ESTIMATED], fakes)


def _scale(label, explanation, places, value):
    """A slider over round numbers, and the one that was asked for."""
    options = [(f"{place:g}", place) for place in sorted({*places, float(value)})]
    return ipywidgets.SelectionSlider(options=options, value=float(value), description=label, tooltip=explanation)


def _data_controls(distribution, drawn, noise):
    return {
        "distribution": choice("data", "What G has to imitate; dragging draws your own", DISTRIBUTIONS, distribution),
        "drawn": Drawing("drawn points", "Points of your own; drag on the plane, or type them", drawn),
        "noise": choice("noise z", "What G is fed; a new size starts G anew", list(point_gan.NOISES), noise),
    }


def _rule_controls(loss, discriminator_rate, generator_rate, n_critic, batch_size, optimizer, penalty, strength):
    return {
        "loss": choice("loss", "What both players minimise", list(GENERATOR_LOSSES), loss),
        "discriminator_rate": _scale("D's learning rate", "Step size of D", RATES, discriminator_rate),
        "generator_rate": _scale("G's learning rate", "Step size of G", RATES, generator_rate),
        "n_critic": slider("D steps per G step", "n_critic", n_critic, 1, 5, 1, integer=True),
        "batch_size": slider("batch, points", "Data and fakes in each step", batch_size, 8, 256, 8, integer=True),
        "optimizer": choice("optimizer", "How gradients become steps", ["adam", "sgd"], optimizer),
        "penalty": choice("penalty on D", "What keeps D from growing too steep", PENALTIES, penalty),
        "strength": _scale("its strength", "The penalty's weight, or clipping's bound", STRENGTHS, strength),
    }


def _player_controls(generator_layers, discriminator_layers, activation):
    known = dict(LAYERS).values()
    custom = [widths for widths in {generator_layers, discriminator_layers} if widths not in known]
    options = LAYERS + [(" + ".join(map(str, widths)), widths) for widths in custom]
    return {
        "generator_layers": choice("G's layers", "Hidden; a new shape starts G anew", options, generator_layers),
        "discriminator_layers": choice(
            "D's layers", "Hidden; a new shape starts D anew", options, discriminator_layers
        ),
        "activation": choice("activation", "A new one starts both players anew", list(ACTIVATIONS), activation),
    }


def _layer_controls(show_samples, show_belief, show_manifold, show_arrows):
    layers = {
        "show_samples": ("points", "Data (circles) and fakes (triangles)", show_samples),
        "show_belief": ("D's belief", "The plane coloured by D, and a dashed line where it is undecided", show_belief),
        "show_manifold": ("G's net", "Where G puts a regular grid of noise", show_manifold),
        "show_arrows": ("arrows", "Where each fake would lower its loss; the longest is drawn as 0.25", show_arrows),
    }
    return {
        name: ipywidgets.Checkbox(value=value, description=label, tooltip=explanation, indent=False)
        for name, (label, explanation, value) in layers.items()
    }


def live_gan(
    *,
    distribution="ring",
    drawn=(),
    noise="uniform_2d",
    loss="non_saturating",
    discriminator_rate=5e-3,
    generator_rate=2e-3,
    n_critic=1,
    batch_size=128,
    optimizer="adam",
    penalty="none",
    strength=1.0,
    generator_layers=(32, 32),
    discriminator_layers=(32, 32),
    activation="leaky_relu",
    speed=16,
    show_samples=True,
    show_belief=True,
    show_manifold=False,
    show_arrows=True,
    seed=0,
    steps=0,
):
    """Make the lab in which a GAN of points plays live.

    Args:
        distribution: "ring", "grid", "line", "disjoint" or "drawn".
        drawn: points drawn by hand [(x, y), ...], within -1.2 to 1.2.
        noise: "uniform_1d", "uniform_2d", "gaussian_1d" or "gaussian_2d".
        loss: a name in `animkit.theory.critic.GENERATOR_LOSSES`.
        discriminator_rate, generator_rate: learning rates.
        n_critic: steps of D for each of G.
        batch_size: points of each kind in a step.
        optimizer: "adam" or "sgd".
        penalty: "none", "r1", "gradient_penalty" or "clip", on D.
        strength: the penalty's weight, or the bound of the clipping.
        generator_layers, discriminator_layers: widths of the hidden layers.
        activation: of the hidden layers.
        speed: updates for each picture; 0 for slow motion, one move at a time.
        show_samples, show_belief, show_manifold, show_arrows: layers of the picture.
        seed: everything random follows from it.
        steps: updates to play at once.

    Returns:
        LiveGAN, whose `game` is a dict of arrays that `numpy.savez` saves.

    Raises:
        ValueError: when too many steps are asked for.

    Source: Kahng et al. 2019 (GAN Lab).
    """
    if not 0 <= steps <= REPLAYED_AT_MOST:
        raise ValueError(
            f"steps must lie between 0 and {REPLAYED_AT_MOST}; got {steps}. Save lab.game for longer games"
        )
    controls = {
        **_data_controls(distribution, drawn, noise),
        **_rule_controls(loss, discriminator_rate, generator_rate, n_critic, batch_size, optimizer, penalty, strength),
        **_player_controls(tuple(generator_layers), tuple(discriminator_layers), activation),
        "speed": choice("pace", "How much is learnt between two pictures", PACES, speed),
        "seed": slider("seed", "All that is random; a new one starts a new game", seed, 0, 99, 1, integer=True),
        **_layer_controls(show_samples, show_belief, show_manifold, show_arrows),
    }
    return LiveGAN(controls, steps)
