"""The other side of bench/learners.ts: fits XGBoost and scikit-learn with their defaults and prints scores and CPU seconds as JSON.

python learners.py FOLDER TASK REPEATS; FOLDER has train.parquet and test.parquet with the target `y`. Words are categories.
Needs pandas, pyarrow, scikit-learn and xgboost.
"""
import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score
from xgboost import XGBClassifier, XGBRegressor

warnings.filterwarnings("ignore")
folder, task, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
train, test = (pd.read_parquet(f"{folder}/{name}.parquet") for name in ("train", "test"))
for name in train:
    if not pd.api.types.is_numeric_dtype(train[name]):
        levels = sorted(set(train[name].dropna()) | set(test[name].dropna()))
        train[name], test[name] = (pd.Categorical(part[name], categories=levels) for part in (train, test))
y_train, y_test = train.pop("y").to_numpy(), test.pop("y").to_numpy()


def score(model):
    if task == "regression":
        return r2_score(y_test, model.predict(test))
    shares = model.predict_proba(test)
    if task == "binary":
        return roc_auc_score(y_test, shares[:, 1])
    return float(np.mean([roc_auc_score(y_test == c, shares[:, int(c)]) for c in np.unique(y_test)]))


is_regression = task == "regression"
learners = {
    "XGBoost": lambda: (XGBRegressor if is_regression else XGBClassifier)(n_jobs=1, tree_method="hist", enable_categorical=True),
    "HistGradientBoosting": lambda: (HistGradientBoostingRegressor if is_regression else HistGradientBoostingClassifier)(
        random_state=0, categorical_features="from_dtype"
    ),
}
runs = []
for name, make in learners.items():
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        model = make().fit(train, y_train)
        seconds.append(time.process_time() - start)
    runs.append({"learner": name, "score": float(score(model)), "seconds": seconds})
print(json.dumps(runs))
