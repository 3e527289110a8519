"""Makes test/golden/attacks.json: Anonymeter's risks with their intervals, and its attacks on small tables.

Pinned: anonymeter==1.1.0 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1 scikit-learn==1.9.1. Run: python test/golden/attacks.py
"""

import json
import pathlib

import numpy as np
import pandas as pd
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator
from anonymeter.stats.confidence import EvaluationResults
from scipy.stats import fisher_exact, mannwhitneyu
from sklearn.metrics import roc_auc_score

np.random.seed(20240229)
random = np.random.default_rng(20240229)

risks = []
for attacks, controls, hits, control in [(500, 500, 60, 40), (2000, 2000, 310, 300), (2000, 700, 1900, 12), (1000, 1000, 5, 9), (300, 300, 0, 0), (2000, 2000, 1200, 1201)]:
    found = EvaluationResults(n_attacks=(attacks, attacks, controls), n_success=hits, n_baseline=0, n_control=control).risk()
    risks.append({"attacks": attacks, "controls": controls, "hits": hits, "control": control, "value": found.value, "low": found.ci[0], "high": found.ci[1]})


def draw(n):
    """Numbers without ties, so that the nearest row is the same for everybody, and two categories."""
    x = random.normal(0, 1, n)
    y = 0.6 * x + random.normal(0, 1, n)
    z = random.exponential(1, n)
    return pd.DataFrame(
        {
            "x": x,
            "y": y,
            "z": z,
            "w": random.normal(0, 1, n),
            "g": np.array(["a", "b", "c"])[(x + random.normal(0, 0.7, n) > 0).astype(int) + (z > 1.5)],
            "s": np.array(["no", "yes"])[(y + z + random.normal(0, 0.8, n) > 1).astype(int)],
        }
    ).round(4)


def share(evaluator, **options):
    found = evaluator.results()
    return {
        "attack": float(found.n_success) / found.n_attacks_ori,
        "control": float(found.n_control) / found.n_attacks_control,
        "value": found.risk().value,
    }


members, others = draw(600), draw(600)
tables = []
for name, mirror in [
    ("fresh", draw(600)),
    ("copies", pd.concat([members.iloc[:300], draw(300)], ignore_index=True)),
]:
    n = len(members)
    link = LinkabilityEvaluator(members, mirror, (["x", "z", "g"], ["y", "w", "s"]), n_attacks=n, control=others).evaluate(n_jobs=1)
    infer = InferenceEvaluator(members, mirror, aux_cols=["x", "y", "z", "w", "g"], secret="s", n_attacks=n, control=others).evaluate(n_jobs=1)
    number = InferenceEvaluator(members, mirror, aux_cols=["x", "y", "w", "g", "s"], secret="z", regression=True, n_attacks=n, control=others).evaluate(n_jobs=1)
    single = SinglingOutEvaluator(members, mirror, n_attacks=600, n_cols=3, control=others, seed=1).evaluate("multivariate")
    tables.append({"name": name, "mirror": mirror.to_dict("list"), "link": share(link), "infer": share(infer), "number": share(number), "single": share(single)})

scores = random.integers(0, 12, 300).astype(float) + np.repeat([0.0, 1.0], [180, 120])
labels = np.repeat([0, 1], [180, 120])
auc = {
    "scores": scores.tolist(),
    "positives": 120,
    "auc": roc_auc_score(labels, scores),
    "u": mannwhitneyu(scores[labels == 1], scores[labels == 0]).statistic,
}

# Of the first found + allowed rows in a random order at least `found` are positives.
detection = [
    {"found": found, "positives": positives, "negatives": negatives, "allowed": allowed, "p": fisher_exact([[found, positives - found], [allowed, negatives - allowed]], "greater").pvalue}
    for found, positives, negatives, allowed in [(3, 100, 100, 1), (25, 1000, 1000, 10), (180, 8000, 6500, 65), (40, 500, 2000, 20)]
]

golden = {
    "risks": risks,
    "members": members.to_dict("list"),
    "others": others.to_dict("list"),
    "tables": tables,
    "auc": auc,
    "detection": detection,
}
path = pathlib.Path(__file__).with_name("attacks.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
