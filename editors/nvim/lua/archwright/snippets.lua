--- Snippets without a snippet plugin: `:ArchwrightSnippet PREFIX`. Plugins that read the format of VS Code find the
--- same file through `package.json`.
local M = {}

local loaded

--- Snippets by prefix: `{ body = string, description = string }`.
function M.all()
  if not loaded then
    local here = debug.getinfo(1, 'S').source:sub(2)
    local file = vim.fn.fnamemodify(here, ':p:h:h:h') .. '/snippets/arch.json'
    loaded = {}
    for _, snippet in pairs(vim.fn.json_decode(vim.fn.readfile(file))) do
      local body = type(snippet.body) == 'table' and table.concat(snippet.body, '\n') or snippet.body
      loaded[snippet.prefix] = { body = body, description = snippet.description }
    end
  end
  return loaded
end

--- The prefixes that begin with `lead`, sorted.
function M.complete(lead)
  local found = vim.tbl_filter(function(prefix)
    return vim.startswith(prefix, lead)
  end, vim.tbl_keys(M.all()))
  table.sort(found)
  return found
end

--- The text of a snippet with its defaults filled in, for versions without `vim.snippet`.
function M.plain(body)
  return (body:gsub('%${%d+|([^,|]*)[^}]*}', '%1'):gsub('%${%d+:([^}]*)}', '%1'):gsub('%$%d+', ''))
end

--- Inserts the snippet at the cursor, with places to jump through where this Neovim can (0.10 and newer).
function M.insert(prefix)
  local snippet = M.all()[prefix]
  if not snippet then
    vim.notify('archwright: there is no snippet `' .. prefix .. '`.', vim.log.levels.ERROR)
    return
  end
  if vim.snippet then
    vim.snippet.expand(snippet.body)
    return
  end
  local lines = vim.split(M.plain(snippet.body), '\n')
  local indent = vim.api.nvim_get_current_line():match('^%s*')
  for i = 2, #lines do
    lines[i] = indent .. lines[i]
  end
  vim.api.nvim_put(lines, 'c', true, true)
end

return M
