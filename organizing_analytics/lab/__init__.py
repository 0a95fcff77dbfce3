"""The notebooks in JupyterLab, and the planner in a browser tab without it.

copying.py    notebooks into a working folder; nobody's edits are overwritten
serving.py    JupyterLab and Voilà on this machine, behind a token
"""

from __future__ import annotations

from organizing_analytics.lab.copying import copy_notebooks
from organizing_analytics.lab.serving import lab_command, planner_command, serve

__all__ = ["copy_notebooks", "lab_command", "planner_command", "serve"]
