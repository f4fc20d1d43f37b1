"""Where a ZIP code lies: its state by the first three digits, and the zone between two ZIP codes."""

from __future__ import annotations

import math
import re

ZIP = re.compile(r"(\d{3})\d{2}(-?\d{4})?")
_EARTH_MILES = 3959.0
_ZONE_MILES = (150, 300, 600, 1000, 1400, 1800)

_TABLE = """
AL 350-369 32.8 -86.8|AK 995-999 61.2 -149.9|AZ 850-865 33.4 -112.1|AR 716-729 34.8 -92.3
CA 900-961 36.5 -119.8|CO 800-816 39.7 -105.0|CT 060-069 41.6 -72.7|DE 197-199 39.2 -75.5
DC 200-205,569 38.9 -77.0|FL 320-349 28.1 -81.6|GA 300-319,398-399 33.2 -83.9|HI 967-968 21.3 -157.8
ID 832-838 43.6 -115.0|IL 600-629 41.0 -88.5|IN 460-479 39.8 -86.2|IA 500-528 41.9 -93.4
KS 660-679 38.5 -97.0|KY 400-427 37.8 -85.2|LA 700-714 30.6 -91.2|ME 039-049 44.4 -69.4
MD 206-219 39.2 -76.8|MA 010-027,055 42.3 -71.5|MI 480-499 42.9 -84.4|MN 550-567 45.1 -93.7
MS 386-397 32.6 -89.7|MO 630-658 38.5 -92.3|MT 590-599 46.7 -110.8|NE 680-693 41.2 -97.6
NV 889-898 37.5 -116.0|NH 030-038 43.2 -71.5|NJ 070-089 40.4 -74.5|NM 870-884 34.9 -106.3
NY 005,063,100-149 41.4 -74.4|NC 270-289 35.6 -79.4|ND 580-588 47.3 -98.9|OH 430-459 40.3 -82.8
OK 730-749 35.5 -97.3|OR 970-979 44.8 -122.6|PA 150-196 40.4 -77.0|RI 028-029 41.7 -71.5
SC 290-299 34.0 -80.9|SD 570-577 43.9 -98.5|TN 370-385 35.8 -86.6|TX 733,750-799,885 31.2 -97.4
UT 840-847 40.5 -111.9|VT 050-059 44.2 -72.6|VA 201,220-246 37.6 -78.0|WA 980-994 47.5 -121.8
WV 247-268 38.6 -80.8|WI 530-549 43.4 -88.7|WY 820-831 42.3 -106.3|PR 006-007,009 18.3 -66.1
VI 008 18.3 -64.9|GU 969 13.4 144.8|AS 967 -14.3 -170.7|MP 969 15.2 145.7|FM 969 6.9 158.2
MH 969 7.1 171.2|PW 969 7.5 134.6|AA 340 25.8 -80.2|AE 090-098 40.7 -74.0|AP 962-966 37.8 -122.4
"""


def _read(table: str) -> dict[str, tuple[list[tuple[int, int]], tuple[float, float]]]:
    read = {}
    for row in table.replace("\n", "|").strip("|").split("|"):
        state, ranges, latitude, longitude = row.split()
        spans = [part.split("-") for part in ranges.split(",")]
        read[state] = ([(int(one[0]), int(one[-1])) for one in spans], (float(latitude), float(longitude)))
    return read


_STATES = _read(_TABLE)
STATES = frozenset(_STATES)


def zip_in_state(postal_code: str, state: str) -> bool:
    """Tell whether a ZIP code's first three digits belong to a state or territory."""
    prefix = int(postal_code[:3])
    return any(low <= prefix <= high for low, high in _STATES[state][0])


def zone(from_zip: str, to_zip: str, from_state: str, to_state: str) -> int:
    """Return the zone, 1 to 8, that a parcel crosses: by distance, 1 within one prefix."""
    if from_zip[:3] == to_zip[:3]:
        return 1
    miles = _miles(_STATES[from_state][1], _STATES[to_state][1])
    return 2 + sum(miles > limit for limit in _ZONE_MILES)


def _miles(start: tuple[float, float], end: tuple[float, float]) -> float:
    here, there = (math.radians(place[0]) for place in (start, end))
    turn = math.radians(end[1] - start[1])
    inner = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(turn / 2) ** 2
    return 2 * _EARTH_MILES * math.asin(math.sqrt(inner))
