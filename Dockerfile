# The workflow and everything that a run needs, from requirements.txt and the repository alone. docs/cluster.md.
FROM python:3.11.7-slim-bookworm

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# Changes more seldom than the workflow: a layer of its own.
COPY requirements.txt /opt/acquired/
RUN python -m pip install --require-hashes -r /opt/acquired/requirements.txt

COPY Snakefile LICENSE /opt/acquired/
COPY config /opt/acquired/config
COPY profiles /opt/acquired/profiles
COPY resources /opt/acquired/resources
COPY rules /opt/acquired/rules
COPY scripts /opt/acquired/scripts
COPY workflow /opt/acquired/workflow

# The library is found where it lies; compiled now, since nobody may write there later.
RUN echo /opt/acquired/scripts > "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/acquired.pth"
RUN python -m compileall -q /opt/acquired/scripts
RUN useradd --create-home --uid 10001 acquired

# The project's folder is mounted here: config/ with the sheets, and results/ when it has run.
USER acquired
WORKDIR /data
ENV XDG_CACHE_HOME=/data/.snakemake/cache
ENTRYPOINT ["snakemake", "--snakefile", "/opt/acquired/Snakefile"]
CMD ["--cores", "all"]
