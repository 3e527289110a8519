"""The other side of bench/quality.ts: SDMetrics' QualityReport of two Parquet files; prints its scores and times as JSON.

python quality.py REAL SYNTHETIC REPEATS. Needs pandas, pyarrow and sdmetrics.
"""

import json
import sys
import time
import warnings

import pandas as pd

warnings.filterwarnings("ignore")
from sdmetrics.reports.single_table import QualityReport  # noqa: E402

real, synthetic = (pd.read_parquet(path) for path in sys.argv[1:3])


def sdtype(column):
    if pd.api.types.is_datetime64_any_dtype(column):
        return "datetime"
    return "numerical" if pd.api.types.is_numeric_dtype(column) else "categorical"


metadata = {"columns": {name: {"sdtype": sdtype(real[name])} for name in real}}
runs = []
for _ in range(int(sys.argv[3])):
    cpu, wall = time.process_time(), time.perf_counter()
    report = QualityReport()
    report.generate(real, synthetic, metadata, verbose=False)
    runs.append({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall})
print(json.dumps({"score": report.get_score(), "runs": runs}))
