"""Makes test/golden/learners.json: rows of a fixed formula, what scikit-learn learns from them, and how it scores predictions.

Pinned: scikit-learn==1.9.1, numpy as it needs. Run: python test/golden/learners.py
"""

import json
import math
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, r2_score, roc_auc_score
from sklearn.metrics import root_mean_squared_error

n = 160


def wave(i, a, b):
    return math.sin(a * i * i + b * i)


x = [None if i % 17 == 5 else round(3 + 2 * wave(i, 12.9898, 1), 6) for i in range(n)]
z = [round(math.exp(wave(i, 4.1414, 2)), 6) for i in range(n)]
color = [-1 if i % 23 == 7 else int(2 + 2 * wave(i, 7.233, 3)) for i in range(n)]
score = [(3 if a is None else a) - 2 * b + (c == 1) - 0.5 * c + 1.5 * wave(i, 3.71, 5) for i, (a, b, c) in enumerate(zip(x, z, color))]
binary = [int(s > 0.3) for s in score]
classes = [int(s > -0.5) + int(s > 1.2) for s in score]
numbers = [round(10 + 4 * s, 6) for s in score]

# The design of models/linear: numbers on one scale, NULL at the mean with a mark, a mark per level in order, NULL last.
filled = np.array([math.nan if v is None else v for v in x])
scaled = lambda v: (v - np.nanmean(v)) / np.nanstd(v)
marks = [(np.array(color) == level).astype(float) for level in [*sorted(set(color) - {-1}), -1]]
design = np.column_stack([np.nan_to_num(scaled(filled)), np.isnan(filled).astype(float), scaled(np.array(z)), *marks])


def logistic(y, ridge):
    model = LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-13, max_iter=10000).fit(design, y)
    # Only differences of the classes' intercepts are defined.
    centred = model.intercept_ - (model.intercept_.mean() if len(model.intercept_) > 1 else 0)
    return {"intercepts": centred.tolist(), "weights": model.coef_.tolist(), "predicted": model.predict_proba(design)[:8].tolist()}


def ridge_regression(y, ridge):
    y = np.array(y)
    model = Ridge(alpha=ridge, solver="cholesky").fit(design, (y - y.mean()) / y.std())
    predicted = y.mean() + y.std() * model.predict(design)
    return {"intercepts": [float(model.intercept_)], "weights": [model.coef_.tolist()], "predicted": predicted[:8].tolist()}


fits = [
    *({"task": "binary", "ridge": ridge, **logistic(binary, ridge)} for ridge in (0.1, 1, 30)),
    *({"task": "multiclass", "ridge": ridge, **logistic(classes, ridge)} for ridge in (0.1, 1, 30)),
    *({"task": "regression", "ridge": ridge, **ridge_regression(numbers, ridge)} for ridge in (0.1, 1, 30)),
]

tied = [round(0.5 + 0.4 * wave(i, 2.3, 1), 1) for i in range(n)]
shares = np.exp([[wave(i, 1.7, k) + (classes[i] == k) for k in range(3)] for i in range(n)])
shares = shares / shares.sum(axis=1, keepdims=True)
near = [v + wave(i, 9.1, 4) for i, v in enumerate(numbers)]
scores = [
    {"metric": "auc", "target": "binary", "predicted": tied, "score": roc_auc_score(binary, tied)},
    {"metric": "accuracy", "target": "binary", "predicted": tied, "score": accuracy_score(binary, np.array(tied) > 0.5)},
    {"metric": "logloss", "target": "binary", "predicted": tied, "score": log_loss(binary, tied)},
    {
        "metric": "macro_auc",
        "target": "classes",
        "predicted": shares.ravel().tolist(),
        "score": roc_auc_score(classes, shares, multi_class="ovr", average="macro"),
    },
    {"metric": "accuracy", "target": "classes", "predicted": shares.ravel().tolist(), "score": accuracy_score(classes, shares.argmax(axis=1))},
    {"metric": "logloss", "target": "classes", "predicted": shares.ravel().tolist(), "score": log_loss(classes, shares)},
    {"metric": "r2", "target": "numbers", "predicted": near, "score": r2_score(numbers, near)},
    {"metric": "rmse", "target": "numbers", "predicted": near, "score": root_mean_squared_error(numbers, near)},
    {"metric": "mae", "target": "numbers", "predicted": near, "score": mean_absolute_error(numbers, near)},
]

rows = {"x": x, "z": z, "color": color, "binary": binary, "classes": classes, "numbers": numbers}
pathlib.Path(__file__).with_name("learners.json").write_text(json.dumps({"rows": rows, "fits": fits, "scores": scores}) + "\n")
