# Sourced by the scripts beside this folder: a Python of our own with what the system tests need.
#
#   need_venv     makes or completes .venv from Tests/System/requirements.txt; at once when it is complete

need_venv() {
    local wanted=Tests/System/requirements.txt
    # The copy is made last, so an installation that was cut short is done again.
    cmp -s "$wanted" .venv/complete && return 0
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3 python3-venv
    echo "installing the Python packages of $wanted into .venv" >&2
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" .venv/complete
}
