"""Makes test/golden/fidelity.json: small tables and what reference libraries say of them.

Pinned: numpy==2.4.6 pandas==2.3.3 scipy==1.17.1 scikit-learn==1.9.1 sdmetrics==0.32.0 mostlyai-qa==1.10.11.
Run: python test/golden/fidelity.py
"""

import json
import pathlib
import warnings

import numpy as np
import pandas as pd
from mostlyai.qa._accuracy import calculate_accuracy, calculate_expected_l1_multinomial
from sdmetrics.column_pairs import CorrelationSimilarity
from sdmetrics.reports.single_table import QualityReport
from sdmetrics.single_column import KSComplement, MissingValueSimilarity, TVComplement
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

warnings.filterwarnings("ignore")
random = np.random.default_rng(20260301)


def holes(values, share):
    values = pd.Series(values, dtype=object)
    values[random.random(len(values)) < share] = None
    return values


def people(n, shift=0.0, missing=0.0, extra=False):
    """Numbers that are related, categories that follow from them, dates; the mirror's may have a category of its own."""
    age = random.integers(18, 80, n).astype(float)
    income = np.round(np.exp(7 + age / 40 + random.normal(shift, 0.3, n)), 2)
    tax = np.round(income * 0.3 + random.normal(0, 40, n), 2)
    band = np.where(age < 35, "young", np.where(age < 60, "middle", "old"))
    flip = random.random(n) < 0.2
    band = np.where(flip, random.choice(["young", "middle", "old"], n), band)
    plan = np.where(band == "old", "gold", random.choice(["basic", "plus"], n))
    city = random.choice(["Roma", "Köln", "Łódź"] + (["Atlantis"] if extra else []), n)
    since = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.floor(age * 20 + random.integers(0, 200, n)), unit="D")
    table = pd.DataFrame({"age": age, "income": income, "tax": tax, "band": band, "plan": plan, "city": city, "since": since})
    if missing > 0:
        table["tax"] = pd.to_numeric(holes(table["tax"], missing))
        table["city"] = holes(table["city"], missing)
        table["plan"] = holes(table["plan"], missing)
        table["since"] = pd.to_datetime(holes(table["since"], missing))
    return table


def sdtype(column):
    if pd.api.types.is_datetime64_any_dtype(column):
        return "datetime"
    return "numerical" if pd.api.types.is_numeric_dtype(column) else "categorical"


def quality(real, synthetic):
    report = QualityReport()
    report.generate(real, synthetic, {"columns": {name: {"sdtype": sdtype(real[name])} for name in real}}, verbose=False)
    scores = report.get_properties().set_index("Property")["Score"]
    details = report.get_details("Column Pair Trends")
    return {
        "overall": plain(report.get_score()),
        "shapes": plain(scores["Column Shapes"]),
        "trends": plain(scores["Column Pair Trends"]),
        "counted": int((details["Meets Threshold?"].fillna(False) & details["Score"].notna()).sum()),
    }


def plain(value):
    return None if value is None or np.isnan(value) else float(value)


def column(values):
    if pd.api.types.is_datetime64_any_dtype(values):
        return {"type": "TIMESTAMP", "values": [None if pd.isna(v) else v.isoformat(sep=" ") for v in values]}
    if pd.api.types.is_numeric_dtype(values):
        return {"type": "DOUBLE", "values": [plain(v) for v in values]}
    return {"type": "VARCHAR", "values": [None if v is None or pd.isna(v) else v for v in values]}


def table(frame):
    return {name: column(frame[name]) for name in frame}


def times_ten(frame):
    return frame.assign(income=frame["income"] * 10)


def constant(frame):
    return frame.assign(tax=1.0, plan="only")


base = people(300)
mixed = people(300, missing=0.1)
reports = []
for name, real, synthetic in [
    ("no missing values", base, people(250, shift=0.1)),
    ("missing values in numbers, categories and dates", mixed, people(260, shift=0.1, missing=0.15)),
    ("a category of the mirror's own", base, people(250, extra=True)),
    ("constant columns", constant(base), constant(people(200))),
    ("a constant that the mirror made", base, constant(people(200))),
    ("income times ten", base[["income", "band"]], times_ten(base)[["income", "band"]]),
    ("nothing related", base[["age", "city"]], people(250)[["age", "city"]]),
]:
    reports.append({"name": name, "real": table(real), "synthetic": table(synthetic), **quality(real, synthetic)})

real, synthetic = mixed, people(260, shift=0.1, missing=0.15)
complete = [real[["city"]].dropna(), synthetic[["city"]].dropna()]
columns = {
    "real": table(real),
    "synthetic": table(synthetic),
    "ks": {name: KSComplement.compute(real[name], synthetic[name]) for name in ["age", "income", "tax", "since"]},
    "tv": {name: TVComplement.compute(real[name], synthetic[name]) for name in ["band", "plan", "city"]},
    "missing": {name: MissingValueSimilarity.compute(real[name], synthetic[name]) for name in real},
    "correlation": [
        {
            "columns": pair,
            **{
                kind.lower(): CorrelationSimilarity.compute(real[pair], synthetic[pair], coefficient=kind)
                for kind in ["Pearson", "Spearman"]
            },
        }
        for pair in [["age", "income"], ["age", "tax"], ["income", "tax"]]
    ],
    # With missing values as a category of their own, binned by value: what fid.tvd and fid.pair count.
    "univariate": {
        name: float(calculate_accuracy(real[[name]].fillna("(n/a)"), synthetic[[name]].fillna("(n/a)"))[0])
        for name in ["band", "plan", "city"]
    },
    "bivariate": [
        {"columns": pair, "accuracy": float(calculate_accuracy(real[pair].fillna("(n/a)"), synthetic[pair].fillna("(n/a)"))[0])}
        for pair in [["band", "plan"], ["band", "city"], ["plan", "city"]]
    ],
    "expected": [
        {"p": p, "n": n, "m": m, "l1": float(calculate_expected_l1_multinomial(p, n, m))}
        for p, n, m in [([0.5, 0.3, 0.2], 1000, 800), ([0.97, 0.02, 0.01], 500, 500), ([0.25] * 4, 2000, 300)]
    ],
}


def neighbours(real, fake, k):
    """Precision, recall, density and coverage by their formulas (Naeem et al. 2020), on range-scaled city-block distances."""
    both = np.vstack([real, fake])
    low, spread = both.min(axis=0), np.ptp(both, axis=0)
    real, fake = (real - low) / spread, (fake - low) / spread
    apart = lambda a, b: np.abs(a[:, None, :] - b[None, :, :]).sum(axis=2)
    radius = lambda own: np.sort(own, axis=1)[:, k]
    real_radius, fake_radius = radius(apart(real, real)), radius(apart(fake, fake))
    across = apart(real, fake)
    inside = across < real_radius[:, None]
    return {
        "precision": float(inside.any(axis=0).mean()),
        "recall": float((across < fake_radius[None, :]).any(axis=1).mean()),
        "density": float(inside.sum(axis=0).mean() / k),
        "coverage": float((across.min(axis=1) < real_radius).mean()),
    }


manifolds = []
for name, shift, scale in [("alike", 0.0, 1.0), ("apart", 0.8, 1.0), ("narrower", 0.0, 0.4)]:
    real = random.normal(0, 1, (200, 3))
    fake = random.normal(shift, scale, (200, 3))
    manifolds.append({"name": name, "k": 5, "real": real.T.tolist(), "synthetic": fake.T.tolist(), **neighbours(real, fake, 5)})


def told_apart(real, fake):
    x = np.vstack([real, fake])
    y = np.r_[np.zeros(len(real)), np.ones(len(fake))]
    aucs = []
    for seed in range(4):
        for learn, ask in StratifiedKFold(5, shuffle=True, random_state=seed).split(x, y):
            model = HistGradientBoostingClassifier(early_stopping=False).fit(x[learn], y[learn])
            aucs.append(roc_auc_score(y[ask], model.predict_proba(x[ask])[:, 1]))
    return float(np.mean(aucs))


def grid(values):
    return np.round(values, 2)


classifiers = []
for name, shift, correlation in [("shifted", 0.5, 0.6), ("correlation lost", 0.0, 0.0), ("copied", None, None)]:
    real = grid(random.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 500))
    fake = real[random.permutation(500)] if shift is None else grid(random.multivariate_normal([shift, 0], [[1, correlation], [correlation, 1]], 500))
    classifiers.append({"name": name, "real": real.T.tolist(), "synthetic": fake.T.tolist(), "auc": told_apart(real, fake)})

golden = {"reports": reports, "columns": columns, "manifolds": manifolds, "classifiers": classifiers}
pathlib.Path(__file__).with_name("fidelity.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
