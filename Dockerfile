# The container image: the binary and nothing else, not even a shell. Each platform's binary is made on the machine's own,
# without emulation:
#
#   docker buildx build --platform linux/amd64,linux/arm64 --tag kube-devops .
#
# A release pins the images by their digests: --build-arg BUILDER=…@sha256:… --build-arg BASE=…@sha256:…
ARG BUILDER=docker.io/denoland/deno:2.9.6
ARG BASE=gcr.io/distroless/cc-debian13:nonroot

FROM --platform=$BUILDPLATFORM ${BUILDER} AS build
WORKDIR /src
COPY deno.json deno.lock main.ts ./
COPY crds crds
COPY kube-tests kube-tests
COPY lib lib
COPY tools tools
ARG TARGETARCH
RUN --mount=type=cache,target=/deno-dir deno task compile --target linux-${TARGETARCH}

FROM ${BASE}
LABEL org.opencontainers.image.title="kube-devops" \
      org.opencontainers.image.description="Keeps a truthful governance score on every Kubernetes namespace that has a DevOpsPolicy" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
ARG TARGETARCH
COPY --from=build /src/dist/kube-devops-linux-${TARGETARCH} /kube-devops
# By number, which is how Kubernetes sees that it is not root.
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["/kube-devops"]
# From outside of the container, nothing reaches its loopback address.
CMD ["reconcile", "--metrics-addr", ":9090"]
