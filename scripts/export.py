"""A patient's result for other programs: annotated VCF and FHIR bundle."""

from acquired.export.write import write_patient_exports
from acquired.stage import RESOURCES, task

with task("export") as (given, counts):
    vcf, fhir, built = given.path("vcf"), given.path("fhir"), given.path("reference").parent
    write_patient_exports(given.path("result"), vcf, fhir, built, RESOURCES)
