--- Colours by the tree-sitter parser where one is installed (`parser/archwright.so`), else by the Vim syntax file.
local M = {}

--- The parser's file, if there is one on the runtime path.
function M.parser()
  return vim.api.nvim_get_runtime_file('parser/archwright.*', false)[1]
end

--- Starts the colours of a buffer; false and the reason where the syntax file has to do.
function M.start(bufnr)
  if not (vim.treesitter and vim.treesitter.start) then
    return false, 'Neovim 0.8 or newer is needed'
  end
  if not M.parser() then
    return false, 'no parser is installed'
  end
  -- A parser that was built from another version may not fit the queries: then nothing is lost but colours.
  local started, problem = pcall(vim.treesitter.start, bufnr, 'archwright')
  if not started then
    pcall(vim.treesitter.stop, bufnr)
    return false, problem
  end
  return true
end

return M
