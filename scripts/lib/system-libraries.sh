# Sourced by the scripts beside this folder: makes sure that Debian packages are installed.
#
#   need_packages NAME…     installs those that are missing with apt-get; at once when none is

build_packages=(libcurl4-openssl-dev libexpat1-dev libsqlite3-dev libssl-dev libyaml-dev)

need_packages() {
    local missing=() package
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0

    if ! command -v apt-get >/dev/null; then
        echo "error: these are missing, and there is no apt-get to install them with: ${missing[*]}" >&2
        return 1
    fi
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "error: installing packages takes root; run this as root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "installing ${missing[*]}" >&2
    # What apt-get says matters only when it fails.
    local said
    said=$(mktemp)
    if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$said" 2>&1 </dev/null; then
        cat "$said" >&2
        rm -f "$said"
        echo "error: apt-get could not install ${missing[*]}" >&2
        return 1
    fi
    rm -f "$said"
}

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}
