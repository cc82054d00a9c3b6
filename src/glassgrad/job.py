"""One training run from data to trained model, and what is needed to use the model later."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

from glassgrad import losses, optim
from glassgrad.batches import numbers_of
from glassgrad.data import Dataset, Standardiser, split
from glassgrad.errors import DataError, StateError
from glassgrad.history import History
from glassgrad.modes import no_grad
from glassgrad.nn import MLP
from glassgrad.nn.module import Module
from glassgrad.recipes import Recipe
from glassgrad.saving import load, read_notes
from glassgrad.targets import class_of
from glassgrad.training import fit

__all__ = ["Job", "Trained"]


class Trained:
    """A model with what belongs to it: how inputs are scaled, and what its outputs mean.

    Parameters
    ----------
    model : Module
        The network.
    notes : dict
        The names of the inputs, of the target and of the classes, the loss, and the scaling.
    """

    def __init__(self, model: Module, notes: dict[str, Any]) -> None:
        self.model = model.eval()
        self.notes = notes

    @property
    def classes(self) -> list[str] | None:
        """The names of the classes; None if the target is a number."""
        names: list[str] | None = self.notes["classes"]
        return names

    def inputs(self, X: Sequence[Sequence[float]]) -> list[list[float]]:
        """Scale inputs as the model knows them."""
        if self.notes["scaling"] is None:
            return [list(row) for row in X]
        return Standardiser(**self.notes["scaling"]).apply(X)

    def predict(self, X: Sequence[Sequence[float]]) -> list[Any]:
        """Predict a class number or a number for each row of inputs."""
        with no_grad():
            found = [numbers_of(self.model(row)) for row in self.inputs(X)]
        return [self.meaning(x) for x in found]

    def meaning(self, output: Any) -> Any:
        """Say which class number, or which number, the network's output means."""
        if self.classes is None:
            middle, spread = self.notes["target_scaling"]
            return output * spread + middle
        place = int(class_of(output, self.notes["loss"]))
        return max(place, 0)  # hinge says -1 for the first class

    def packed(self) -> dict[str, str]:
        """Write down what belongs to the model, for its file."""
        return {"notes": json.dumps(self.notes)}

    @classmethod
    def read(cls, path: Any) -> Trained:
        """Read a model with what belongs to it."""
        notes = read_notes(path).get("notes")
        if notes is None:
            raise DataError(f"{path} holds a model, but not one that `glassgrad train` made")
        try:
            trained = cls(load(path), json.loads(notes))
            trained.predict([[0.0] * len(trained.notes["inputs"])])
        except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
            raise StateError(f"{path}: what belongs to the model is damaged: {error}") from None
        return trained


class Job:
    """A training run, prepared: data, split, scaling, network.

    Parameters
    ----------
    recipe : Recipe
        The settings.
    seed : int
        Makes data, split, network and minibatches repeatable.
    """

    def __init__(self, recipe: Recipe, seed: int) -> None:
        self.recipe, self.seed = recipe, seed
        self.data: Dataset = recipe.load(seed)
        X, y = self.data
        if recipe.test > 0:
            # A class with a single example can only be learned, not judged.
            alone = [self.data.classes is not None and y.count(target) == 1 for target in y]
            both = [pair for pair, single in zip(zip(X, y, strict=True), alone, strict=True)
                    if not single]  # fmt: skip
            self.X, self.held_X, self.y, self.held_y = split(
                [x for x, _ in both], [t for _, t in both], test=recipe.test, seed=seed,
                stratify=self.data.classes is not None,
            )  # fmt: skip
            self.X = self.X + [x for x, single in zip(X, alone, strict=True) if single]
            self.y = self.y + [t for t, single in zip(y, alone, strict=True) if single]
        else:
            self.X, self.held_X, self.y, self.held_y = X, [], y, []
        self.loss = recipe.loss or self._usual_loss()
        outputs = self._outputs()
        random.seed(seed)
        model = MLP(len(self.X[0]), [*recipe.layers, outputs], activation=recipe.activation)
        self.trained = Trained(model, self._notes())

    def run(self) -> History:
        """Train; the model is `trained.model`."""
        recipe, model = self.recipe, self.trained.model
        optimizer = getattr(optim, recipe.optimizer)(model.parameters(), lr=recipe.lr)
        drop = recipe.lr - recipe.lr_end

        def penalty(parameters: list[Any]) -> Any:
            return recipe.penalty * losses.l2_penalty(parameters)

        held = (self.trained.inputs(self.held_X), self._wanted(self.held_y))
        return fit(
            model, self.trained.inputs(self.X), self._wanted(self.y), loss=self.loss,
            optimizer=optimizer, epochs=recipe.epochs, batch_size=recipe.batch,
            metrics=["accuracy"] if self.data.classes else [],
            validation=held if self.held_X else None,
            schedule=lambda epoch: recipe.lr - drop * epoch / recipe.epochs,
            penalty=penalty if recipe.penalty else None,
        )  # fmt: skip

    @property
    def judged(self) -> tuple[Sequence[Any], Sequence[Any]]:
        """The inputs and targets that judge the result: those held out, or all if none are."""
        return (self.held_X, self.held_y) if self.held_X else (self.X, self.y)

    def _usual_loss(self) -> str:
        if self.data.classes is None:
            return "mse"
        return "hinge" if len(self.data.classes) == 2 else "cross_entropy"

    def _outputs(self) -> int:
        """See that loss and target fit together, and say how many outputs they need."""
        classes = len(self.data.classes or [])
        two = self.loss in ("hinge", "bce_with_logits")
        if two and classes != 2:
            raise DataError(
                f"the loss {self.loss} is for two classes; {self.data.target_name!r} has "
                f"{classes or 'numbers and no'} classes: use "
                f"{'cross_entropy' if classes else 'mse, l1 or huber'}"
            )
        if not two and (self.loss == "cross_entropy") != bool(classes):
            kind = "classes" if classes else "numbers"
            fitting = "hinge, bce_with_logits or cross_entropy" if classes else "mse, l1 or huber"
            raise DataError(
                f"the loss {self.loss} does not fit: {self.data.target_name!r} holds {kind}: "
                f"use {fitting}"
            )
        return classes if self.loss == "cross_entropy" else 1

    def _notes(self) -> dict[str, Any]:
        scaling = Standardiser.of(self.X) if self.recipe.scale else None
        middle, spread = 0.0, 1.0
        if self.data.classes is None:
            column = Standardiser.of([[float(t)] for t in self.y])
            [middle], [spread] = column.mean, column.scale
        return {
            "inputs": self.data.feature_names, "target": self.data.target_name,
            "classes": self.data.classes, "loss": self.loss, "target_scaling": [middle, spread],
            "scaling": scaling and {"mean": scaling.mean, "scale": scaling.scale},
        }  # fmt: skip

    def _wanted(self, y: Sequence[Any]) -> list[Any]:
        """Bring targets that are numbers to the scale on which the network works."""
        middle, spread = self.trained.notes["target_scaling"]
        return list(y) if self.data.classes else [(t - middle) / spread for t in y]
