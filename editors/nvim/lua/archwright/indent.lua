--- Indentation by brackets: a line stands one step deeper for every bracket that is still open above it.
local M = {}

--- The line without its strings and comment, whose brackets do not count.
local function code(line)
  local bare = line:gsub('\\.', ''):gsub('"[^"]*"?', '')
  return (bare:gsub('//.*$', ''))
end

local function count(text, pattern)
  return select(2, text:gsub(pattern, ''))
end

--- The indentation of line `lnum` (from 1) in columns.
function M.of(lnum)
  local above = vim.fn.prevnonblank(lnum - 1)
  if above == 0 then
    return 0
  end
  local step = vim.fn.shiftwidth()
  local text = code(vim.fn.getline(above))
  -- Brackets that close at the start of the line above have already moved that line.
  local rest = text:gsub('^[%s%]%)}]+', '')
  local deeper = count(rest, '[%[%({]') - count(rest, '[%]%)}]')
  local indent = vim.fn.indent(above) + (deeper > 0 and step or deeper < 0 and -step or 0)
  if vim.fn.getline(lnum):match('^%s*[%]%)}]') then
    indent = indent - step
  end
  return math.max(indent, 0)
end

return M
