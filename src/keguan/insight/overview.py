"""All answers about one run, gathered once; what a report shows is read from here and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keguan.insight.boundary import Boundary, BoundaryList, boundaries, boundary_lists
from keguan.insight.concentration import Concentration, concentration
from keguan.insight.crossing import Crossing, crossings
from keguan.insight.distribution import Distribution, distribution
from keguan.insight.folder import RunFolder
from keguan.insight.histogram import Histogram, histogram
from keguan.insight.joint import make_joint
from keguan.insight.notions import Overlap, large_customer_overlap
from keguan.insight.quality import DataQuality, data_quality
from keguan.insight.record import MeasureRecord, RunRecord
from keguan.insight.resources import Resources, resources
from keguan.insight.rfm import RfmGrid, rfm_grid
from keguan.insight.satisfaction import Satisfaction, satisfaction


@dataclass(frozen=True)
class Overview:
    """The answers. What could not be asked (no money measure, scheme not run) is None or empty."""

    record: RunRecord
    value: MeasureRecord | None
    distributions: tuple[Distribution, ...]
    leading: Distribution | None
    concentration: Concentration | None
    rfm: RfmGrid | None
    histogram: Histogram | None
    boundaries: tuple[BoundaryList, ...]
    cuts: Mapping[str, tuple[Boundary, ...]]
    crossings: tuple[Crossing, ...]
    overlap: Overlap | None
    resources: Resources | None
    satisfaction: Satisfaction | None
    quality: DataQuality


def overview(folder: RunFolder) -> Overview:
    """Ask everything."""
    make_joint(folder)
    lead = folder.leading
    distributions = tuple(distribution(folder, s) for s in folder.record.schemes)
    return Overview(
        record=folder.record,
        value=folder.value,
        distributions=distributions,
        leading=next((d for d in distributions if d.scheme is lead), None),
        concentration=concentration(folder),
        rfm=rfm_grid(folder),
        histogram=histogram(folder),
        boundaries=boundary_lists(folder, lead) if lead else (),
        cuts={s.column: boundaries(s, folder.cuts(s)) for s in folder.record.schemes},
        crossings=crossings(folder),
        overlap=large_customer_overlap(folder),
        resources=resources(folder),
        satisfaction=satisfaction(folder),
        quality=data_quality(folder),
    )
