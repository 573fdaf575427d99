#!/bin/sh
# Makes a fresh machine a build runner: what builds need, then the runner that its image brings as a service.
set -eu
if command -v dnf >/dev/null; then
    dnf install --assumeyes git gcc make
else
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install --assume-yes git gcc make
fi
systemctl enable --now ci-runner
