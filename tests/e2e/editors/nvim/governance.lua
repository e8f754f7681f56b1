-- What an architect sees of levels, repairs and accepted findings, on the blueprint of `governed`.
local server = os.getenv('ARCHWRIGHT_SERVER')
local folder = os.getenv('ARCHWRIGHT_WORKSPACE')
local support = dofile(os.getenv('ARCHWRIGHT_SUITES') .. '/support.lua')
local wait, equal, codes, finding, go_to = support.wait, support.equal, support.codes, support.finding, support.go_to
local choose, fix, float, step = support.choose, support.fix, support.float, support.step

local function open(name)
  vim.cmd('edit ' .. vim.fn.fnameescape(folder .. '/' .. name))
end

--- The findings of the buffer with their levels, sorted: `auth.weak_scheme HINT`.
local function levels()
  local found = vim.tbl_map(function(each)
    return each.code .. ' ' .. vim.diagnostic.severity[each.severity]
  end, vim.diagnostic.get(0))
  table.sort(found)
  return found
end

--- Waits until the findings are these, each with its level, and no others.
local function shown(wanted)
  wait(function()
    return ('the findings %s; got %s'):format(vim.inspect(wanted), vim.inspect(levels()))
  end, function()
    return vim.deep_equal(levels(), wanted)
  end)
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

local function hover(line, word, wanted)
  go_to(line, word)
  vim.lsp.buf.hover()
  wait('a floating window', float)
  local said = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float()), 0, -1, false), ' ')
  vim.api.nvim_win_close(float(), true)
  assert(said:find(wanted, 1, true), said)
end

step('levels: those of rules, of archwright.toml, and hints of what is accepted', function()
  shown({
    'api.unpaginated_list WARN',
    'auth.auth_undeclared WARN',
    'auth.weak_scheme HINT',
    'data.retention_missing ERROR',
    'evolution.waiver_stale HINT',
  })
  local accepted = finding('auth.weak_scheme').message
  assert(accepted:find('Accepted in archwright.lock.', 1, true), accepted)
end)

step('hover says where a level comes from', function()
  hover('endpoint wards', 'wards', 'warning, as the rule says. It runs from profile core on.')
  hover('entity Nurse', 'Nurse', 'error, by line 6 of archwright.toml; otherwise warning.')
end)

step('a fix says what it introduces', function()
  local before = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  fix('auth.auth_undeclared', '^Add auth Session to system Hospital %(introduces auth%.missing_authorization%)$')
  wait('the finding that the title promised', function()
    return finding('auth.missing_authorization')
  end)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, before)
  wait('the finding that was repaired', function()
    return finding('auth.auth_undeclared') and not finding('auth.missing_authorization')
  end)
end)

step('all safe fixes at once', function()
  assert(text():find('waive ', 1, true))
  local what = choose('^Apply all safe fixes')
  vim.lsp.buf.code_action({ context = { only = { 'source.fixAll.archwright' }, diagnostics = {} }, apply = true })
  wait(what, function()
    return not text():find('waive ', 1, true) and not finding('evolution.waiver_stale')
  end)
  vim.cmd('silent write')
end)

step('archwright.toml is marked and mended, and what is typed holds at once', function()
  open('archwright.toml')
  wait('its finding', function()
    return finding('config.invalid')
  end)
  equal(finding('config.invalid').lnum, 4, 'line, from 0')
  fix('config.invalid', '^Change to `api%.unpaginated_list`$')
  assert(vim.bo.modified)
  equal(codes(), {}, 'findings of archwright.toml')
  open('wards.arch')
  wait('the level that was typed', function()
    return finding('api.unpaginated_list').severity == vim.diagnostic.severity.ERROR
  end)
  open('archwright.toml')
  vim.cmd('silent write')
end)

step('archwright.toml is served after a restart', function()
  vim.cmd('ArchwrightRestart')
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'profil = "core"' })
  wait('its finding', function()
    return finding('config.invalid')
  end)
  vim.api.nvim_buf_set_lines(0, 0, 1, false, {})
  wait('it has none', function()
    return #codes() == 0
  end)
  vim.cmd('silent write')
end)

step('what is accepted on the command line becomes hints', function()
  open('wards.arch')
  local output = vim.fn.system(('cd %s && %s baseline write'):format(vim.fn.shellescape(folder), vim.fn.shellescape(server)))
  assert(vim.v.shell_error == 0, output)
  -- Neovim watches no files, so the server looks when one is saved.
  vim.cmd('silent write')
  shown({
    'api.unpaginated_list HINT',
    'auth.auth_undeclared HINT',
    'auth.weak_scheme HINT',
    'data.retention_missing HINT',
  })
end)

open('wards.arch')
support.run()
