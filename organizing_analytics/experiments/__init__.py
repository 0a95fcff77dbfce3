"""Experiments: who gets what is decided by a draw, so that a difference is an effect.

drawing.py   start one: a draw, seeded, alike in every team, written into the store
effects.py   differences between arms, with their intervals
judging.py   what came of it, as assigned, and not before its day
"""

from organizing_analytics.experiments.drawing import Started, list_experiments, start_experiment
from organizing_analytics.experiments.judging import Judged, experiment_result

__all__ = ["Judged", "Started", "experiment_result", "list_experiments", "start_experiment"]
