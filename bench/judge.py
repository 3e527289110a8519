"""Judges a synthetic table independently of synthouse: python judge.py REAL_TRAIN REAL_HOLDOUT SYNTHETIC --target column

Needs pandas, scikit-learn and pyarrow. Tables are Parquet or CSV. Shape and Trend are errors in percent against train;
C2ST, DCR and copies are against the holdout; TSTR is the AUC of a model that learnt from the synthetic rows alone.
"""
import argparse
import json

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors


def read(path):
    # "" and "NA" may be categories: only empty CSV fields are NULL.
    table = pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path, keep_default_na=False, na_values=[""])
    # Dates are numbers, microseconds since 1970, which is how our CSV files hold them.
    for name in table:
        if pd.api.types.is_datetime64_any_dtype(table[name]):
            micros = table[name].astype("datetime64[us]").astype("int64")
            table[name] = micros.where(table[name].notna())
    return table


def is_number(series):
    return pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)


def shape(train, synthetic):
    errors = {}
    for name in train:
        a, b = train[name].dropna(), synthetic[name].dropna()
        if is_number(train[name]):
            values = np.unique(np.concatenate([a, b]))
            cdf = lambda x: np.searchsorted(np.sort(x), values, side="right") / len(x)
            errors[name] = np.abs(cdf(a) - cdf(b)).max()
        else:
            p, q = a.astype(str).value_counts(normalize=True), b.astype(str).value_counts(normalize=True)
            errors[name] = p.sub(q, fill_value=0).abs().sum() / 2
    return errors


def bins(train, column):
    """Codes of a column: deciles of train for numbers, levels for categories."""
    if is_number(train):
        edges = np.unique(np.quantile(train.dropna(), np.linspace(0.1, 0.9, 9)))
        codes = np.searchsorted(edges, column.fillna(0), side="right")
        return np.where(column.isna(), -1, codes)
    levels = {level: i for i, level in enumerate(sorted(set(train.dropna().astype(str))))}
    return np.array([-1 if pd.isna(v) else levels.get(str(v), len(levels)) for v in column])


def trend(train, synthetic):
    real = {name: bins(train[name], train[name]) for name in train}
    fake = {name: bins(train[name], synthetic[name]) for name in train}
    names = list(train)
    errors = []
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            joint = lambda codes: pd.Series(codes[a].astype(np.int64) * 100_000 + codes[b]).value_counts(normalize=True)
            errors.append(joint(real).sub(joint(fake), fill_value=0).abs().sum() / 2)
    return float(np.mean(errors))


def features(train, *tables):
    """Numbers as they are; categories as codes of train's levels, marked for native splits."""
    mask = [not is_number(train[name]) for name in train]
    out = []
    for table in tables:
        columns = []
        for name in train:
            if is_number(train[name]):
                columns.append(table[name].to_numpy(dtype=float, na_value=np.nan))
            else:
                top = list(train[name].astype(str).value_counts().index[:250])
                index = {level: i for i, level in enumerate(top)}
                columns.append(np.array([index.get(str(v), len(top)) for v in table[name]], dtype=float))
        out.append(np.column_stack(columns))
    return mask, out


def model(mask, seed=0):
    return HistGradientBoostingClassifier(categorical_features=mask, random_state=seed, early_stopping=True)


def c2st(train, holdout, synthetic):
    """Out-of-fold AUC of telling synthetic rows from held-out ones, equally many of both."""
    n = min(len(holdout), len(synthetic))
    synthetic = synthetic.sample(n, random_state=1)
    holdout = holdout.sample(n, random_state=1)
    mask, (a, b) = features(train, holdout, synthetic)
    x, y = np.vstack([a, b]), np.r_[np.zeros(n), np.ones(n)]
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return roc_auc_score(y, cross_val_predict(model(mask), x, y, cv=folds, method="predict_proba")[:, 1])


def tstr(learn, train, holdout, target, without=None):
    learn, train, holdout = (table.drop(columns=[without] if without else []) for table in (learn, train, holdout))
    positive = sorted(train[target].astype(str).unique())[-1]
    mask, (x, test) = features(train.drop(columns=target), learn.drop(columns=target), holdout.drop(columns=target))
    fitted = model(mask).fit(x, learn[target].astype(str) == positive)
    return roc_auc_score(holdout[target].astype(str) == positive, fitted.predict_proba(test)[:, 1])


def embedding(train, *tables):
    """Numbers scaled to their range in train, categories as indicators of half weight: L1 is then Gower's distance."""
    out = []
    for table in tables:
        columns = []
        for name in train:
            if is_number(train[name]):
                low, high = train[name].min(), train[name].max()
                columns.append(((table[name].fillna(low) - low) / max(1e-12, high - low)).to_numpy(dtype=np.float32))
            else:
                for level in train[name].astype(str).unique():
                    columns.append((table[name].astype(str) == level).to_numpy(dtype=np.float32) / 2)
        out.append(np.column_stack(columns))
    return out


def dcr_share(train, holdout, synthetic, limit=4000):
    """Share of synthetic rows nearer to train than to an equally large holdout sample; ties count half."""
    n = min(len(train), len(holdout))
    synthetic = synthetic.sample(min(limit, len(synthetic)), random_state=2)
    a, b, c = embedding(train, train.sample(n, random_state=3), holdout.sample(n, random_state=3), synthetic)
    near = lambda x: NearestNeighbors(n_neighbors=1, metric="manhattan", algorithm="brute").fit(x).kneighbors(c)[0][:, 0]
    to_train, to_holdout = near(a), near(b)
    return float(np.mean(to_train < to_holdout) + np.mean(to_train == to_holdout) / 2)


def copies(train, other):
    key = lambda table: pd.util.hash_pandas_object(
        pd.DataFrame({n: table[n].astype(float if is_number(train[n]) else str) for n in train}), index=False
    )
    return float(key(other).isin(set(key(train))).mean())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("train")
    parser.add_argument("holdout")
    parser.add_argument("synthetic")
    parser.add_argument("--target", required=True)
    parser.add_argument("--without", help="a column that the target follows from, which TSTR leaves out")
    parser.add_argument("--quick", action="store_true", help="leave out TRTR and DCR")
    parser.add_argument("--columns", action="store_true", help="print the Shape error of each column")
    args = parser.parse_args()
    train, holdout, synthetic = read(args.train), read(args.holdout), read(args.synthetic)
    synthetic = synthetic[train.columns]
    shapes = shape(train, synthetic)
    result = {
        "shape": 100 * float(np.mean(list(shapes.values()))),
        "trend": 100 * trend(train, synthetic),
        "c2st": c2st(train, holdout, synthetic),
        "tstr": tstr(synthetic, train, holdout, args.target, args.without),
        "copies": 100 * copies(train, synthetic),
    }
    if not args.quick:
        result["trtr"] = tstr(train, train, holdout, args.target, args.without)
        result["dcr"] = dcr_share(train, holdout, synthetic)
        result["holdoutCopies"] = 100 * copies(train, holdout)
        result["holdoutShape"] = 100 * float(np.mean(list(shape(train, holdout).values())))
        result["holdoutTrend"] = 100 * trend(train, holdout)
    print(json.dumps({name: round(value, 4) for name, value in result.items()}))
    if args.columns:
        print(json.dumps({name: round(100 * value, 3) for name, value in shapes.items()}))


if __name__ == "__main__":
    main()
