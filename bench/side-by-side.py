"""Learns a table with CTGAN or TVAE of SDV and draws as many rows: python side-by-side.py CTGAN TRAIN.parquet OUT.csv --epochs 30

Needs `pip install sdv pyarrow` (sdv 2). Prints the seconds of the fit as JSON.
"""
import argparse
import json
import os
import sys
import time
import warnings

# Otherwise it starts more processes than there are cores to look at one column each.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")

try:
    import pandas as pd
    import pyarrow  # noqa: F401 (pandas reads Parquet with it)
    import torch
    from sdv.metadata import Metadata
    from sdv.single_table import CTGANSynthesizer, TVAESynthesizer
except ImportError as missing:
    sys.exit(f"{sys.executable} lacks {missing.name}: run `{sys.executable} -m pip install sdv pyarrow`")

warnings.filterwarnings("ignore")
parser = argparse.ArgumentParser()
parser.add_argument("model", choices=["CTGAN", "TVAE"])
parser.add_argument("train")
parser.add_argument("out")
parser.add_argument("--epochs", type=int, default=30)
parser.add_argument("--threads", type=int, default=1)
args = parser.parse_args()
torch.set_num_threads(args.threads)
torch.manual_seed(1)
train = pd.read_parquet(args.train)
columns = {}
for name in train:
    number = pd.api.types.is_numeric_dtype(train[name]) and not pd.api.types.is_bool_dtype(train[name])
    date = pd.api.types.is_datetime64_any_dtype(train[name])
    columns[name] = {"sdtype": "numerical" if number else "datetime" if date else "categorical"}
metadata = Metadata.load_from_dict({"tables": {"t": {"columns": columns}}})
kind = CTGANSynthesizer if args.model == "CTGAN" else TVAESynthesizer
wall, cpu = time.perf_counter(), time.process_time()
model = kind(metadata, epochs=args.epochs)
model.fit({"t": train})
cost = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
model.sample(len(train))["t"].to_csv(args.out, index=False)
print(json.dumps(cost))
