# The gateway of Docker/gateway/ with the names that the services have on Railway's private network.
FROM nginx:stable
COPY Docker/gateway/*.conf /etc/nginx/
COPY Docker/gateway/templates /etc/nginx/templates
# hadolint ignore=SC2016
RUN sed -i -e 's/\(set \$tts_upstream [^:]*\):/\1.railway.internal:/' -e 's/ ipv6=off//' /etc/nginx/templates/*.template \
    && chown 101:101 /etc/nginx/conf.d
USER 101:101
EXPOSE 8080
