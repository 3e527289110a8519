"""Makes test/golden/drift.json: tails and quantiles of chi-square from scipy.

Pinned: scipy==1.17.1. Run: python test/golden/drift.py
"""

import json
import pathlib

from scipy import stats

tails = [
    {"x": x, "degrees": degrees, "tail": float(stats.chi2.sf(x, degrees))}
    for degrees in [1, 2, 3, 9, 10, 25]
    for x in [0.01, 0.5, 1, 3.84, 9, 21.7, 60]
]
quantiles = [
    {"tail": tail, "degrees": degrees, "x": float(stats.chi2.isf(tail, degrees))}
    for degrees in [1, 2, 9, 10, 30]
    for tail in [0.5, 0.05, 0.01, 1e-6]
]
path = pathlib.Path(__file__).with_name("drift.json")
path.write_text(json.dumps({"tails": tails, "quantiles": quantiles}) + "\n")
