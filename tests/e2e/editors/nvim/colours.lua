-- Colours, folds and indentation with the tree-sitter parser, and with the Vim syntax file where Neovim is too old.
local function equal(actual, wanted, what)
  if not vim.deep_equal(actual, wanted) then
    error(('%s:\n  wanted %s\n  got    %s'):format(what, vim.inspect(wanted), vim.inspect(actual)), 2)
  end
end

--- What stands where: a line, a piece of it, how the tree-sitter query shows it, and the group of the syntax file.
local SHOWN = {
  { 'service Orders in', 'service', 'keyword.type', 'archHead' },
  { 'service Orders in', 'Orders', 'type', 'archName' },
  { 'service Orders in', 'in', 'keyword', 'archConnective' },
  { 'status: OrderStatus = placed', 'status', 'variable.member', 'archField' },
  { 'reference', 'reference', 'keyword', 'archStatement' },
  { 'notes: text? @phi', 'text', 'type.builtin', 'archScalar' },
  { 'notes: text? @phi', 'phi', 'attribute', 'archAttribute' },
  { 'clinic: ref Clinics', 'ref', 'keyword.modifier', 'archModifier' },
  { 'retain 7y then erase', '7y', 'number', 'archNumber' },
  { 'endpoint place POST', 'place', 'function', 'archCallable' },
  { 'endpoint place POST', 'POST', 'constant.builtin', 'archMethod' },
  { 'endpoint place POST', '/v1', 'string.special.path', 'archPath' },
  { 'allow Patient where patient', 'caller', 'variable.builtin', 'archCaller' },
  { 'audited', 'audited', 'keyword', 'archStatement' },
  { 'limit 60 per minute', 'per', 'keyword', 'archConnective' },
  { 'auth none; safe', 'auth', 'keyword', 'archStatement' },
  { 'auth none; safe', 'none', 'constant.builtin', 'archConstant' },
  { 'auth Mesh: mtls', 'auth', 'keyword.type', 'archHead' },
  { 'deny Reporting -> context Billing', 'context', 'keyword', 'archConnective' },
  { 'contact "platform@', '"platform', 'string', 'archString' },
  { '/// Browser sessions.', '///', 'comment.documentation', 'archDoc' },
}

--- The line (from 1) and the column (from 0) of `piece` in the first line that holds `text`.
local function place(text, piece)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local at = line:find(text, 1, true)
    if at then
      return number, line:find(piece, at, true) - 1
    end
  end
  error('the file has no ' .. text)
end

local function seen(what)
  io.stdout:write('nvim: ', what, '\n')
end

local function captures(line, column)
  return vim.tbl_map(function(each)
    return each.capture
  end, vim.treesitter.get_captures_at_pos(0, line - 1, column))
end

local function with_syntax_file()
  equal(vim.bo.syntax, 'archwright', 'the syntax file is used')
  for _, shown in ipairs(SHOWN) do
    local line, column = place(shown[1], shown[2])
    local group = vim.fn.synIDattr(vim.fn.synID(line, column + 1, 1), 'name')
    equal(group, shown[4], ('%s in %q'):format(shown[2], shown[1]))
  end
  seen('colours by the syntax file, as tree-sitter is too old')
end

local function with_tree_sitter()
  equal(vim.b.ts_highlight, true, 'tree-sitter colours the buffer')
  local parser = vim.treesitter.get_parser(0, 'archwright')
  parser:parse(true)
  equal(parser:trees()[1]:root():has_error(), false, 'the sample is read without an error')
  for _, shown in ipairs(SHOWN) do
    local line, column = place(shown[1], shown[2])
    local found = captures(line, column)
    assert(vim.tbl_contains(found, shown[3]), ('%s in %q: %s'):format(shown[2], shown[1], vim.inspect(found)))
    -- What a reader sees is a group of the colour scheme.
    local group = vim.inspect_pos(0, line - 1, column).treesitter[1].hl_group
    assert(group:match('^@'), group)
  end

  seen('colours by tree-sitter')

  -- Markdown in documentation, over lines, without the marks.
  vim.api.nvim_buf_set_lines(0, 0, 0, false, {
    '/// Things that *matter*:',
    '///',
    '/// ```lua',
    '/// return nil',
    '/// ```',
    'team Marked',
  })
  parser:parse(true)
  assert(parser:children().markdown, 'documentation is Markdown')
  local emphasis = captures(1, 18)
  assert(vim.tbl_contains(emphasis, 'markup.italic'), 'emphasis: ' .. vim.inspect(emphasis))
  local code = captures(4, 4)
  assert(vim.tbl_contains(code, 'keyword.return'), 'code in documentation: ' .. vim.inspect(code))

  seen('Markdown in documentation, and code in that')

  -- Folds.
  vim.wo.foldmethod = 'expr'
  vim.wo.foldexpr = 'v:lua.vim.treesitter.foldexpr()'
  vim.cmd('normal! zM')
  local closed = function(line)
    return { vim.fn.foldclosed(line), vim.fn.foldclosedend(line) }
  end
  equal(closed(2), { 1, 5 }, 'documentation folds')
  local first = place('system Clinic', 'system')
  equal(vim.fn.foldclosed(first + 2), first, 'a block folds from its head')
  local last = vim.fn.foldclosedend(first)
  equal(vim.fn.getline(last), '}', 'to its brace')
  vim.cmd('normal! zR')

  seen('folds')

  -- The syntax error of a half-typed line stays on it.
  local line = place('audited', 'audited')
  vim.api.nvim_buf_set_lines(0, line, line, false, { '    allow' })
  parser:parse(true)
  equal(parser:trees()[1]:root():has_error(), true, 'a half-typed line is an error')
  local next_line, column = place('endpoint health', 'endpoint')
  assert(vim.tbl_contains(captures(next_line, column), 'keyword.function'), 'what follows keeps its colours')
  vim.api.nvim_buf_set_lines(0, line, line + 1, false, {})
  seen('a half-typed line, and colours around it')
end

local function indentation()
  local before = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  vim.cmd('silent normal! gg=G')
  equal(vim.api.nvim_buf_get_lines(0, 0, -1, false), before, 'indenting a file that is indented changes nothing')
  seen('indentation of the whole language')
end

local done, problem = xpcall(function()
  vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('ARCHWRIGHT_LANGUAGE')))
  equal(vim.bo.filetype, 'archwright', 'filetype')
  if vim.treesitter.start then
    with_tree_sitter()
  else
    with_syntax_file()
  end
  indentation()
  vim.cmd('checkhealth archwright')
  local health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  assert(health:find(vim.treesitter.start and 'by tree%-sitter' or 'by the Vim syntax file'), health)
end, debug.traceback)
if not done then
  io.stderr:write(problem, '\n')
  vim.cmd('cquit 1')
end
vim.cmd('qall!')
