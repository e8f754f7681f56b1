--- `:checkhealth archwright`
local M = {}

function M.check()
  -- The functions were renamed in 0.10, and their module moved in 0.8.
  local health = vim.health or require('health')
  local start = health.start or health.report_start
  local ok = health.ok or health.report_ok
  local warn = health.warn or health.report_warn
  local report_error = health.error or health.report_error
  local archwright = require('archwright')

  start('archwright')
  if vim.fn.has('nvim-0.7') == 1 then
    ok('Neovim is 0.7 or newer.')
  else
    report_error('Neovim 0.7 or newer is needed.')
  end

  local highlight = require('archwright.highlight')
  if not (vim.treesitter and vim.treesitter.start) then
    ok('Blueprints are coloured by the Vim syntax file; tree-sitter needs Neovim 0.8.')
  elseif highlight.parser() then
    local loaded, problem = pcall(vim.treesitter.get_string_parser, '', 'archwright')
    if loaded then
      ok(('Blueprints are coloured by tree-sitter: `%s`.'):format(highlight.parser()))
    else
      report_error(('The parser `%s` cannot be used: %s'):format(highlight.parser(), problem), {
        'Run `cargo xtask install` in the Archwright repository again.',
      })
    end
  else
    ok('Blueprints are coloured by the Vim syntax file; `cargo xtask install` with a C compiler adds tree-sitter.')
  end

  local program = archwright.options.cmd[1]
  if vim.fn.executable(program) == 0 then
    report_error(('`%s` is not an executable program.'):format(program), {
      'Run `cargo xtask install` in the Archwright repository.',
      "Or name the program: require('archwright').setup({ cmd = { '/path/to/archwright', 'lsp' } })",
    })
    return
  end
  local version = vim.fn.systemlist({ vim.fn.exepath(program), '--version' })
  if vim.v.shell_error == 0 then
    ok(('`%s` is %s.'):format(vim.fn.exepath(program), version[1] or 'of unknown version'))
  else
    report_error(('`%s --version` failed: %s'):format(vim.fn.exepath(program), table.concat(version, ' ')))
  end

  local running = #archwright.clients()
  if running > 0 then
    ok(('%d server%s running.'):format(running, running == 1 and ' is' or 's are'))
  else
    warn('No server is running. One starts when a `.arch` file is opened.')
  end
end

return M
