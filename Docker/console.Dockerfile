# The web console, as the static files that it is; the context is the repository's root:
#   docker build -f Docker/console.Dockerfile -t tts/console .
ARG NODE_IMAGE=node:24-slim
ARG NGINX_IMAGE=nginx:stable

FROM ${NODE_IMAGE} AS build
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
# What the types of its clients are made from.
COPY topology.toml /src/
COPY auth/openapi.yaml /src/auth/
COPY ticket_service/openapi.yaml /src/ticket_service/
COPY workflow_api/openapi.yaml /src/workflow_api/
COPY messaging/openapi.yaml /src/messaging/
COPY notification_service/openapi.yaml /src/notification_service/
COPY frontend ./
# Compressed once and as well as it goes, instead of at every request.
RUN npm run build && find dist -type f -size +1k ! -name '*.png' -exec gzip --keep --best {} +

FROM ${NGINX_IMAGE}
COPY Docker/console/nginx.conf frontend/security-headers.conf /etc/nginx/
COPY --from=build /src/frontend/dist /usr/share/nginx/html
USER 101:101
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "--max-time", "3", "http://127.0.0.1:8000/healthz"]
# Without the base's entrypoint, which writes to its configuration.
ENTRYPOINT ["nginx", "-g", "daemon off;"]
ARG VERSION=
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tts console" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
