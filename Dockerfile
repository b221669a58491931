# Popup Cafe in one image, two roles: the relay with the app, or an always-on cafe.
#
#   docker build -t popup-cafe .
#   docker run -p 8080:8080 -p 9090:9090 -v popup-cafe:/data --read-only popup-cafe
#   docker run … popup-cafe cafe --help
#
# Everything from packages is joined into one script, so the last stage has no node_modules and nothing to build with.
# It writes to /data alone.

FROM node:24.21.0-trixie-slim AS build
WORKDIR /src
# Packages first: they stay cached until the lock file changes. Their install scripts are not needed, and not run.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm run pack && mkdir dist/data

FROM node:24.21.0-trixie-slim
WORKDIR /app
COPY --from=build /src/dist/pack ./
COPY --from=build /src/dist/app ./web
# Empty, and the program's own: a new volume takes that over.
COPY --from=build --chown=1000:1000 /src/dist/data /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 RELAY_PORT=9090 APP=/app/web DATA=/data/relay
USER 1000:1000
VOLUME /data
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["node", "/app/popup-cafe.cjs", "health"]
ENTRYPOINT ["node", "/app/popup-cafe.cjs"]
CMD ["relay"]
