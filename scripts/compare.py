"""A patient's specimens side by side: an observation for each allele and specimen, a trajectory for each allele."""

from acquired.compare import compare_patient
from acquired.model import Therapy
from acquired.stage import RESOURCES, task

with task("compare") as (given, counts):
    specimens, therapies = given.specimens, [Therapy(**values) for values in given.job["therapies"]]
    calls, account, settings = given.path("calls"), given.path("account"), given.settings
    told = compare_patient(
        given.patient, specimens, therapies, given.normalized, calls, account, settings["assays"], settings, RESOURCES
    )
    counts.update(status=told["status"], specimens=len(specimens))
