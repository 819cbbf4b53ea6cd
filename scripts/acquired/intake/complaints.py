"""What is said of a record that cannot be used: which line, what is wrong, why, and what to do."""

from __future__ import annotations

from acquired.errors import Problem, quote


def example(line_number: int, fields: list[str]) -> str:
    """A record named shortly: `chr7:55181378 C>T (line 17)`; hostile or endless values are cut."""

    def shown(text: str) -> str:
        clean = "".join(c if c.isprintable() else "?" for c in text[:31])
        return clean[:30] + "…" if len(text) > 30 else clean

    return f"{shown(fields[0])}:{shown(fields[1])} {shown(fields[3])}>{shown(fields[4])} (line {line_number})"


def _where(file: str, line_number: int, fields: list[str]) -> str:
    return f"{file} line {line_number}, {example(line_number, fields).rpartition(' (')[0]}"


def malformed(file: str, line_number: int, fields: list[str], columns: int) -> Problem:
    """A line with too few or too many columns, or a POS that is no number."""
    where = f"{file} line {line_number}"
    if len(fields) == columns or len(fields) > columns == 8:
        what = f"POS is {quote(fields[1])}, not a whole number."
        return Problem(where, what, "a damaged or hand-edited line", "mend it.")
    return Problem(
        where,
        f"the line has {len(fields)} columns, the header {columns}: {quote(' '.join(fields))}.",
        "blanks instead of tabs, or a line cut off in the middle",
        "make the file again.",
    )


def odd_reference(file: str, line_number: int, fields: list[str]) -> Problem:
    """REF is no sequence."""
    return Problem(
        _where(file, line_number, fields),
        f"REF is {quote(fields[3])}, which is no sequence of bases.",
        "a table converted to VCF without the base before an indel",
        "write REF as VCF asks.",
    )


def bad_alternative(file: str, line_number: int, fields: list[str], alt: str) -> Problem:
    """ALT is nothing that VCF knows."""
    return Problem(
        _where(file, line_number, fields),
        f"ALT holds {quote(alt)}, which is no allele of the VCF format.",
        "a table converted to VCF, or a damaged line",
        "write ALT as VCF asks.",
    )


def beyond(file: str, line_number: int, fields: list[str], chrom: str, length: int, build: str) -> Problem:
    """POS lies before the first or behind the last base of the chromosome."""
    return Problem(
        _where(file, line_number, fields),
        f"position {quote(fields[1], 20)} does not lie on {chrom} of {build} (1 to {length:,}).",
        "calls on another assembly, or a damaged line",
        "name the right build, or mend the line.",
    )


def contradicts(file: str, line_number: int, fields: list[str], known: str, build: str) -> Problem:
    """REF is not what the genome has."""
    return Problem(
        _where(file, line_number, fields),
        f"REF is {quote(fields[3], 30)}, but {build} has {quote(known, 30)} there.",
        "an edited or damaged record, a position shifted by one, or calls on another assembly",
        "mend or remove the record.",
    )


def too_many_filters(where: str, line: int, most: int) -> Problem:
    """FILTER holds something else than the caller's filters."""
    return Problem(
        f"{where} line {line}",
        f"there are more than {most:,} different filters up to here.",
        "FILTER holds values that belong into INFO, or the columns slipped",
        "give the caller's own file.",
    )


def second_header(file: str, line_number: int) -> Problem:
    """Files of different samples glued together."""
    return Problem(
        f"{file} line {line_number}",
        "a second header with other sample columns begins here.",
        "files were glued together with cat",
        "join them with bcftools concat or merge, or list them one by one in `variants`.",
    )
