# Entente in a container: built in a stage that has node, run in one that has neither node nor root.
#   docker build --tag entente .
#   docs/howto/deploy.md says how to run it; every setting is an environment variable, none of them is in the image.
FROM python:3.11-slim-bookworm AS builder
WORKDIR /src
RUN python3 -m venv /opt/entente
COPY pyproject.toml constraints.txt README.md build_client.py ./
COPY client client
COPY server server
COPY collab collab
COPY auth auth
RUN PIP_CONSTRAINT=/src/constraints.txt /opt/entente/bin/pip install --quiet --disable-pip-version-check --no-cache-dir .

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 entente \
 && useradd --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin --no-create-home entente \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=builder /opt/entente /opt/entente
ENV PYTHONUNBUFFERED=1 \
    ENTENTE_DATABASE_URL=sqlite:////data/entente.sqlite \
    ENTENTE_HOST=0.0.0.0 \
    ENTENTE_PORT=8000 \
    ENTENTE_TRUSTED_PROXIES=127.0.0.0/8,::1,172.16.0.0/12
WORKDIR /data
VOLUME /data
EXPOSE 8000
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/opt/entente/bin/python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"ENTENTE_PORT\"]}/healthz', timeout=3)"]
ENTRYPOINT ["/opt/entente/bin/entente"]
CMD ["serve"]
