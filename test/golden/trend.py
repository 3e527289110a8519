"""Makes test/golden/trend.json: short series of a fixed formula and what scipy says of their trend.

Pinned: scipy==1.17.1. Run: python test/golden/trend.py
"""

import json
import math
import pathlib

from scipy import stats

cases = []
for name, values in [
    ("rises", [0.01 * i for i in range(5)]),
    ("falls", [-0.3 * i**2 for i in range(6)]),
    *(
        (f"{n} values, slope {slope}", [math.sin(12.9898 * i * i + n) + slope * i for i in range(n)])
        for n in [5, 6, 9, 14, 23, 40, 80]
        for slope in [-0.05, 0, 0.02, 0.2]
    ),
]:
    tau = stats.kendalltau(range(len(values)), values, method="exact", alternative="greater")
    slope = stats.theilslopes(values, range(len(values))).slope
    cases.append({"name": name, "values": values, "p": float(tau.pvalue), "slope": float(slope)})

path = pathlib.Path(__file__).with_name("trend.json")
path.write_text(json.dumps(cases) + "\n")
