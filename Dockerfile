# One image for the three services and the katsaus command; compose.yaml says what runs in it.

FROM python:3.12-slim AS build
WORKDIR /source
COPY requirements.lock ./
# The tools that install and build come from the same lock, and stay behind in this stage.
RUN python -m venv /opt/tools \
    && /opt/tools/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml ./
RUN python -m venv --without-pip /opt/katsaus \
    && /opt/tools/bin/uv pip install --no-cache --compile-bytecode --python /opt/katsaus/bin/python \
        --require-hashes --constraint requirements.lock --requirement pyproject.toml
COPY README.md LICENSE ./
COPY migrations migrations
COPY services services
RUN /opt/tools/bin/python -m hatchling build --target wheel --directory /opt/wheels \
    && /opt/tools/bin/uv pip install --no-cache --compile-bytecode --python /opt/katsaus/bin/python \
        --offline --no-deps /opt/wheels/*.whl

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin katsaus
# A new volume takes the owner of the folder it is mounted on.
RUN mkdir -p /var/lib/katsaus/incoming && chown -R 10001 /var/lib/katsaus
COPY --from=build /opt/katsaus /opt/katsaus
ENV PATH=/opt/katsaus/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
CMD ["katsaus", "--help"]
