"""A patient's alterations as an annotated multi-sample VCF: one record an allele, one column a specimen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import acquired
from acquired.bundled import read_yaml
from acquired.export.results import Json, drugs_of, is_allele
from acquired.export.vrs import Identifier, vrs_id

#: What separates values in a VCF, or ends a line, as the specification's percent codes (VCF 4.3, section 1.2); and
#: the bar that separates parts within a value here.
_ENCODE = {ord(c): f"%{ord(c):02X}" for c in "%:;=,|\t\r\n"} | {ord(" "): "_"}
#: What is told of a claim, in this order.
_CLAIM = ("claim", "drug", "effect", "level", "precision", "relation")


class Writer:
    """Makes VCFs. One for all results, as its tables are read once."""

    def __init__(self, resources: Path, contigs: dict[str, dict[str, int]], identifiers: dict[str, Identifier]):
        """contigs: lengths of the chromosomes in order, by build. identifiers: VRS identifiers by build."""
        self._fields: Json = read_yaml(resources / "export" / "vcf.yaml")
        self._contigs, self._identifiers = contigs, identifiers

    def text(self, result: Json) -> str:
        """The VCF (version 4.2) of one result: sorted, every contig with its length, every field described.

        A refused result has no records and no contigs. Alterations that are no alleles (copy number, fusions …) and
        alleles without a place are counted and named in the header line `##acquired_left_out`.
        """
        fields, contigs = self._fields, self._contigs.get(result["build"], {})
        specimens = [s["id"] for s in result["specimens"]]
        rank = {contig: i for i, contig in enumerate(contigs)}
        alleles = [a for a in result["alterations"] if is_allele(a) and a["chrom"] in rank]
        alleles.sort(key=lambda a: (rank[a["chrom"]], a["pos"], a["ref"], a["alt"]))
        kept = {id(a) for a in alleles}
        lines = _header(result, contigs, fields, [a for a in result["alterations"] if id(a) not in kept])
        columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
        lines.append("\t".join([*columns, "FORMAT", *specimens] if specimens else columns))
        formats = [f["id"] for f in fields["format"]]
        for allele in alleles:
            by = {o["specimen"]: o for o in allele["observations"]}
            info = _info(result, allele, self._identifiers.get(result["build"]))
            told = ";".join(f["id"] if info[f["id"]] is True else f"{f['id']}={info[f['id']]}"
                            for f in fields["info"] if info[f["id"]])  # fmt: skip
            place = [allele["chrom"], str(allele["pos"]), _text(allele["id"]), allele["ref"], allele["alt"]]
            samples = (_sample(by.get(s), formats) for s in specimens)
            lines.append("\t".join([*place, ".", _filter(allele), told or ".", ":".join(formats), *samples]))
        return "\n".join(lines) + "\n"


def _header(result: Json, contigs: dict[str, int], fields: Json, left_out: list[Json]) -> list[str]:
    provenance = result["provenance"]
    lines = ["##fileformat=VCFv4.2", f"##source=acquired {acquired.__version__}"]
    lines.append(f"##reference={result['build'] or '.'}")
    lines += [f"##contig=<ID={contig},length={length}>" for contig, length in contigs.items()]
    lines += [f'##FILTER=<ID={f["id"]},Description="{f["description"]}">' for f in fields["filter"]]
    for kind, entries in (("INFO", fields["info"]), ("FORMAT", fields["format"])):
        lines += [f'##{kind}=<ID={e["id"]},Number={e["number"]},Type={e["type"]},Description="{e["description"]}">'
                  for e in entries]  # fmt: skip
    lines.append(f"##acquired_status={result['status']}")
    catalogue = provenance["catalogue"]
    lines.append(f"##acquired_catalogue={_text(catalogue.get('name', ''))} {_text(catalogue.get('version', ''))}")
    lines += [f"##acquired_verdict=<ID={_text(v['drug'])},Description={_quoted(v['wording'] + ': ' + v['why'])}>"
              for v in result["verdicts"]]  # fmt: skip
    if result.get("demo"):
        lines.append("##acquired_demo=synthetic data: no person")
    if left_out:
        names = _quoted(", ".join(a["name"] for a in left_out))
        lines.append(f"##acquired_left_out=<ID=not_an_allele,Count={len(left_out)},Description={names}>")
    return lines


def _info(result: Json, allele: Json, identifier: Identifier | None) -> dict[str, Any]:
    claims = allele["claims"]
    pmids = {pmid: None for claim in claims for source in claim["sources"] for pmid in source["pmids"]}
    return {
        "ACQ_GENE": _text(allele["gene"]),
        "ACQ_NAME": _text(allele["name"]),
        "ACQ_TRANSCRIPT": _text(allele["transcript"]),
        "ACQ_HGVSC": _text(allele["hgvs_c"]),
        "ACQ_HGVSP": _text(allele["hgvs_p"]),
        "ACQ_CONSEQUENCE": _text(allele["consequence"]),
        "ACQ_TRAJECTORY": _text(allele["trajectory"]),
        "ACQ_BASIS": _text(allele["basis"]),
        "ACQ_COMPARISONS": _parts(
            (t["comparison"], t["trajectory"], t["basis"], t.get("before"), t.get("after"), t.get("p"))
            for t in allele["trajectories"]
        ),
        "ACQ_DRUG": ",".join(_text(drug) for drug in drugs_of(result, allele)),
        "ACQ_MECHANISM": _text(allele["mechanism"]),
        "ACQ_DRIVER": bool(allele.get("driver")),
        "ACQ_CLAIMS": _parts([c[key] for key in _CLAIM] for c in claims),
        "ACQ_PMIDS": ",".join(map(_text, pmids)),
        "ACQ_PHASE": _parts((p.get("with"), p.get("phase")) for p in allele.get("phase", [])),
        "ACQ_FLAGS": ",".join(_text(flag["code"]) for flag in allele["flags"]),
        "ACQ_GIVEN": ",".join(given.translate(_ENCODE) for given in allele.get("given", [])),
        "ACQ_VRS": vrs_id(identifier, allele),
    }


def _filter(allele: Json) -> str:
    statuses = {o["status"] for o in allele["observations"]}
    if "called" in statuses:
        return "PASS"
    if "filtered" in statuses:
        return "acq_filtered"
    return "acq_not_called" if "genotyped" in statuses else "."


def _sample(observation: Json | None, formats: list[str]) -> str:
    if observation is None:
        return "./." + ":." * (len(formats) - 1)
    status = observation["status"]
    carried = status in ("called", "filtered", "genotyped")
    values = {
        "GT": "0/1" if carried else "0/0" if status == "absent" else "./.",
        "ST": _text(status),
        "DP": _number(observation["depth"]),
        "AO": _number(observation["alt_count"]),
        "VAF": _number(observation["vaf"]),
        "HV": _number(observation["hidden_vaf"]),
        "FT": _text(";".join(observation["filters"])),
        "SRC": _text(observation["source"]),
    }
    return ":".join(values[f] or "." for f in formats)


def _parts(rows: Any) -> str:
    return ",".join("|".join(_text("" if v is None else v) for v in row) for row in rows)


def _text(value: object) -> str:
    """A value as one VCF token: separators percent-encoded, blanks as `_`, nothing that is not printable."""
    return "".join(c if c.isprintable() else "?" for c in str(value).translate(_ENCODE))


def _quoted(text: str) -> str:
    """A header description: quotes and backslashes escaped, on one line."""
    shown = "".join(c if c.isprintable() else " " for c in text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}"'


def _number(value: object) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
