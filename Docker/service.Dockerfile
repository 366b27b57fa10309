# One image for each of the five services; the context is the repository's root:
#   docker build -f Docker/service.Dockerfile --build-arg SERVICE=ticket_service -t tts/ticket_service .
ARG PYTHON_IMAGE=python:3.11-slim

# What is to be installed. The stage runs at every change of a library, but its result seldom differs, and then the
# layers made from it are kept.
FROM ${PYTHON_IMAGE} AS requirements
ARG SERVICE
WORKDIR /src
COPY Docker/requirements.py ./
COPY libs libs
COPY ${SERVICE}/requirements.txt ${SERVICE}/requirements.txt
RUN python requirements.py "${SERVICE}" /requirements

FROM ${PYTHON_IMAGE} AS third-party
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /venv && python -m venv --system-site-packages /build
COPY constraints.txt /requirements/
COPY --from=requirements /requirements/build.txt /requirements/
RUN /build/bin/pip install --quiet -c /requirements/constraints.txt -r /requirements/build.txt
COPY --from=requirements /requirements/third-party.txt /requirements/
RUN pip --python /venv/bin/python install --quiet --only-binary :all: \
        -c /requirements/constraints.txt -r /requirements/third-party.txt \
    && find /venv -type d -name tests -path '*/site-packages/*' -prune -exec rm -rf {} +

FROM third-party AS libraries
WORKDIR /src
COPY libs libs
COPY --from=requirements /requirements/libs.txt /requirements/
RUN xargs -a /requirements/libs.txt /build/bin/pip wheel --quiet --no-deps --no-build-isolation -w /wheels \
    && pip --python /venv/bin/python install --quiet --no-deps --no-index --target /libraries /wheels/*.whl

FROM ${PYTHON_IMAGE} AS service
ARG SERVICE
COPY ${SERVICE} /app/${SERVICE}
RUN python -m compileall -q "/app/${SERVICE}"

FROM ${PYTHON_IMAGE}
ARG SERVICE
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/libraries \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    PORT=8000 \
    ATTACHMENTS_DIR=/attachments \
    TTS_ENTRYPOINT=/app/Docker/entrypoint.sh
# A named volume takes its owner from here.
RUN install -d -o 10001 -g 10001 -m 700 /attachments
COPY --from=third-party /venv /venv
COPY --from=libraries /libraries /libraries
COPY Docker/entrypoint.sh /app/Docker/entrypoint.sh
COPY --from=service /app/${SERVICE} /app/${SERVICE}
WORKDIR /app/${SERVICE}
USER 10001:10001
EXPOSE 8000
# For the web process; compose gives workers a probe of their heartbeat.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["bash", "entrypoint.sh", "ready"]
ENTRYPOINT ["bash", "entrypoint.sh"]
CMD ["web"]
ARG VERSION=
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tts ${SERVICE}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
