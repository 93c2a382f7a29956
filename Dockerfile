# supervise as PID 1, with examples/hello as its app:
#   docker build -t hello . && docker run --rm -p 5000:5000 hello
#   docker run --rm hello start web=2,worker=4
#   docker run --rm hello run migrate

FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ENV CGO_ENABLED=0
RUN go build -trimpath -ldflags "-s -w" -o /image/supervise . && \
    go build -trimpath -ldflags "-s -w" -o /image/app/bin/hello ./examples/hello && \
    cp examples/hello/Procfile examples/hello/.supervise.env /image/app/

# Nothing else is needed: commands made only of words are executed without a shell.
# Config comes from the engine (docker run -e); .env stays behind.
FROM scratch
COPY --from=build /image/ /
WORKDIR /app
USER 65532:65532
EXPOSE 5000
ENTRYPOINT ["/supervise"]
CMD ["start"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["/supervise", "wait", "--timeout", "0s"]
