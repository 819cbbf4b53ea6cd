"""result.json for other programs: tables, VCF, MAF and cBioPortal, FHIR, MultiQC, VRS ids. From result.json alone."""
