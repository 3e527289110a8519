"""Makes test/golden/audits.json: small samples and what reference libraries say of them.

Pinned: numpy==2.4.6 scipy==1.17.1. Run: python test/golden/make.py
"""

import json
import pathlib

import numpy as np
from scipy import stats

random = np.random.default_rng(20240229)


def column(values):
    return [None if np.isnan(value) else float(value) for value in values]


def total_variation(a, b):
    labels = sorted(set(a) | set(b))
    return 0.5 * sum(abs(a.count(label) / len(a) - b.count(label) / len(b)) for label in labels)


cases = []
for name, real, synthetic in [
    ("normal", random.normal(0, 1, 300), random.normal(0.2, 1.1, 250)),
    ("ties", random.poisson(2, 400).astype(float), random.poisson(3, 150).astype(float)),
    ("heavy tail", random.lognormal(3, 2, 200), random.lognormal(3.3, 1.5, 310)),
    ("large offset", 1.7e15 + random.integers(0, 10**9, 120), 1.7e15 + random.integers(0, 2 * 10**9, 130)),
]:
    real, synthetic = np.asarray(real, float), np.asarray(synthetic, float)
    cases.append(
        {
            "name": name,
            "real": column(real),
            "synthetic": column(synthetic),
            "ks": stats.ks_2samp(real, synthetic).statistic,
            "w1": stats.wasserstein_distance(real, synthetic) / real.std(),
        }
    )

pairs = []
for name, make in [
    ("linear", lambda n: (lambda x: (x, 0.6 * x + random.normal(0, 1, n)))(random.normal(0, 1, n))),
    ("monotone with ties", lambda n: (lambda x: (x, np.floor(np.exp(x / 2)) + random.integers(0, 2, n)))(random.integers(0, 9, n).astype(float))),
]:
    real, synthetic = make(300), make(200)
    pearson = abs(stats.pearsonr(*real).statistic - stats.pearsonr(*synthetic).statistic)
    spearman = abs(stats.spearmanr(*real).statistic - stats.spearmanr(*synthetic).statistic)
    pairs.append(
        {
            "name": name,
            "real": [column(side) for side in real],
            "synthetic": [column(side) for side in synthetic],
            "pearson": pearson,
            "spearman": spearman,
        }
    )

labels = np.array(["a", "b", "c", "d"])
real = labels[random.choice(4, 500, p=[0.5, 0.3, 0.15, 0.05])].tolist()
synthetic = labels[random.choice(4, 400, p=[0.45, 0.3, 0.15, 0.1])].tolist()

fisher = [
    {"table": table, "p": stats.fisher_exact([[table[0], table[1] - table[0]], [table[2], table[3] - table[2]]], "greater").pvalue}
    for table in [[3, 100, 1, 50], [0, 1000, 5, 500], [40, 1000, 5, 250], [400, 8000, 9, 2000], [120, 500000, 20, 100000], [7, 7, 0, 9]]
]
wilson = [
    {"hits": hits, "n": n, "low": interval.low, "high": interval.high}
    for hits, n in [(0, 300), (1, 20), (50, 1000), (10, 10)]
    for interval in [stats.binomtest(hits, n).proportion_ci(method="wilson")]
]

golden = {
    "columns": cases,
    "pairs": pairs,
    "categories": {"real": real, "synthetic": synthetic, "tvd": total_variation(real, synthetic)},
    "fisher": fisher,
    "wilson": wilson,
    "kolmogorov": {"q50": stats.kstwobign.ppf(0.5), "q99": stats.kstwobign.ppf(0.99)},
}
path = pathlib.Path(__file__).with_name("audits.json")
path.write_text(json.dumps(golden) + "\n")
