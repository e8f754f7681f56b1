-- What the sessions in Neovim share. They wait for what they want to see, and never for a time.
local M = {}

function M.wait(what, probe)
  if not vim.wait(15000, probe, 20) then
    error('timed out: ' .. (type(what) == 'function' and what() or what) .. '\n' .. vim.fn.execute('messages'), 0)
  end
end

function M.equal(actual, wanted, what)
  if not vim.deep_equal(actual, wanted) then
    error(('%s:\n  wanted %s\n  got    %s'):format(what, vim.inspect(wanted), vim.inspect(actual)), 2)
  end
end

function M.codes()
  local found = vim.tbl_map(function(each)
    return each.code
  end, vim.diagnostic.get(0))
  table.sort(found)
  return found
end

function M.finding(code)
  for _, each in ipairs(vim.diagnostic.get(0)) do
    if each.code == code then
      return each
    end
  end
end

--- Puts the cursor on the first line that contains `text`, at the start of `word` in it.
function M.go_to(text, word)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local at = line:find(text, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { number, line:find(word or text, at, true) - 1 })
      return number
    end
  end
  error('the blueprint has no ' .. text)
end

--- Chooses the entry whose title matches `pattern` in the next menu of code actions.
function M.choose(pattern)
  local titles = {}
  vim.ui.select = function(items, options, done)
    for number, item in ipairs(items) do
      local title = options.format_item(item)
      table.insert(titles, title)
      if title:find(pattern) then
        return done(item, number)
      end
    end
    done(nil)
  end
  return function()
    return pattern .. ' is offered and applied; offered: ' .. vim.inspect(titles)
  end
end

function M.fix(code, pattern)
  local here = assert(M.finding(code), 'no finding ' .. code)
  vim.api.nvim_win_set_cursor(0, { here.lnum + 1, here.col })
  local what = M.choose(pattern)
  vim.lsp.buf.code_action()
  M.wait(what, function()
    return not M.finding(code)
  end)
end

function M.float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return window
    end
  end
end

local steps = {}

function M.step(name, run)
  table.insert(steps, { name = name, run = run })
end

--- Goes through all steps, and ends Neovim; its exit code says whether all were seen.
function M.run()
  for _, each in ipairs(steps) do
    local ok, err = xpcall(each.run, debug.traceback)
    if not ok then
      io.stdout:write(('nvim: error: %s: %s\n'):format(each.name, err))
      vim.cmd('cquit 1')
    end
    io.stdout:write(('nvim: %s\n'):format(each.name))
  end
  vim.cmd('qall!')
end

return M
