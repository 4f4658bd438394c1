# syntax=docker/dockerfile:1
# One image for every process: server, ticker, worker, migrate. It holds what runs, no compiler, no test, no secret.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
COPY requirements.txt requirements-build.txt ./
# The packages come before our code, so that a change of ours does not fetch them anew.
RUN python -m venv /opt/quietbell \
    && /opt/quietbell/bin/pip install --require-hashes -r requirements.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes -r requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY scheduler scheduler
COPY jobs jobs
COPY rules rules
COPY templates_sms templates_sms
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/quietbell/bin/pip install --no-deps --no-index /wheels/*.whl \
    && /opt/quietbell/bin/pip uninstall --yes pip

FROM python:3.12-slim
LABEL org.opencontainers.image.title="quietbell" org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 quietbell \
    && useradd --system --uid 10001 --gid quietbell --home-dir /var/lib/quietbell --create-home \
        --shell /usr/sbin/nologin quietbell
COPY --from=build /opt/quietbell /opt/quietbell
ENV PATH=/opt/quietbell/bin:$PATH PYTHONUNBUFFERED=1 QUIETBELL_HOST=0.0.0.0 QUIETBELL_PORT=8080
WORKDIR /var/lib/quietbell
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["quietbell"]
CMD ["server"]
