-- Every step of a user's session, in whichever Neovim runs this; the exit code says whether all were seen.
local server = os.getenv('ARCHWRIGHT_SERVER')
local folder = os.getenv('ARCHWRIGHT_WORKSPACE')
local archwright = require('archwright')
local support = dofile(os.getenv('ARCHWRIGHT_SUITES') .. '/support.lua')
local wait, equal, codes, finding, go_to = support.wait, support.equal, support.codes, support.finding, support.go_to
local choose, fix, float, step = support.choose, support.fix, support.float, support.step

--- What is not generated.
local BLUEPRINT = { ['archwright.toml'] = true, ['clinic.arch'] = true }

--- Files below `root` but the blueprint's own: content by path; that a file can be started is part of it.
local function tree(root)
  local files = {}
  for _, path in ipairs(vim.fn.systemlist('cd ' .. vim.fn.shellescape(root) .. ' && find . -type f')) do
    local name = path:sub(3)
    if not BLUEPRINT[name] then
      -- A file that the server is just writing may have its name for a moment only.
      local file = io.open(root .. '/' .. name, 'rb')
      if file then
        files[name] = vim.fn.getfperm(root .. '/' .. name):sub(3, 3) .. file:read('*a')
        file:close()
      end
    end
  end
  return files
end

--- What the command line generates from the same blueprint.
local function generated_by_command_line()
  local copy = vim.fn.tempname()
  vim.fn.mkdir(copy, 'p')
  local script = 'cp %s/archwright.toml %s/clinic.arch %s && cd %s && %s generate --service Orders'
  local from, to = vim.fn.shellescape(folder), vim.fn.shellescape(copy)
  local output = vim.fn.system(script:format(from, from, to, to, vim.fn.shellescape(server)))
  assert(vim.v.shell_error == 0, output)
  local files = tree(copy)
  assert(next(files), 'the command line generated nothing')
  return files
end

local function remove_generated()
  for _, name in ipairs(vim.fn.readdir(folder)) do
    if not BLUEPRINT[name] then
      vim.fn.delete(folder .. '/' .. name, 'rf')
    end
  end
end

local function check_generated(wanted)
  local function difference()
    local there, names = tree(folder), {}
    for name, content in pairs(wanted) do
      if there[name] ~= content then
        table.insert(names, name .. (there[name] and ' (differs)' or ' (missing)'))
      end
    end
    for name in pairs(there) do
      if not wanted[name] then
        table.insert(names, name .. ' (extra)')
      end
    end
    table.sort(names)
    return names
  end
  wait(function()
    return 'the generated files are those of the command line, but: ' .. table.concat(difference(), ', ')
  end, function()
    return #difference() == 0
  end)
end

local function group_at(text, word)
  local line = go_to(text, word)
  return vim.fn.synIDattr(vim.fn.synID(line, vim.api.nvim_win_get_cursor(0)[2] + 1, 1), 'name')
end

step('file type, highlighting, indentation', function()
  equal(vim.bo.filetype, 'archwright', 'file type')
  equal(vim.bo.commentstring, '// %s', 'comment string')
  equal(group_at('system Clinic', 'system'), 'archHead', 'head')
  equal(group_at('system Clinic', 'Clinic'), 'archName', 'name')
  equal(group_at('auth Session: cookie', 'cookie'), 'archKind', 'kind of scheme')
  equal(group_at('stack python', 'stack'), 'archStatement', 'statement')
  equal(group_at('stack python', 'python'), 'archChoice', 'choice')
  equal(group_at('id: uuid @id', 'id'), 'archField', 'field')
  equal(group_at('id: uuid @id', 'uuid'), 'archScalar', 'scalar type')
  equal(group_at('id: uuid @id', '@id'), 'archAttribute', 'attribute')
  equal(group_at('endpoint rush', 'rush'), 'archCallable', 'name of an endpoint')
  equal(group_at('endpoint rush', 'POST'), 'archMethod', 'method')
  equal(group_at('endpoint rush', '/v1'), 'archPath', 'path')
  equal(group_at('endpoint rush', '{id}'), 'archParameter', 'path parameter')
  equal(group_at('retain 7y', '7y'), 'archNumber', 'duration')
  equal(group_at('retain 7y', 'then'), 'archConnective', 'connective')
  equal(group_at('/// Browser', 'Browser'), 'archDoc', 'documentation')
  equal(group_at('"care@', 'clinic'), 'archString', 'string')
  local before = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  vim.cmd('silent normal! gg=G')
  equal(vim.api.nvim_buf_get_lines(0, 0, -1, false), before, 'indenting the whole file changes nothing')
end)

step('findings with codes and links', function()
  local wanted = { 'auth.missing_authorization', 'scale.call_without_timeout' }
  wait(function()
    return 'the findings, got ' .. vim.inspect(codes())
  end, function()
    return vim.deep_equal(codes(), wanted)
  end)
  for _, each in ipairs(vim.diagnostic.get(0)) do
    equal(each.source, 'archwright', 'source')
    local link = each.user_data.lsp.codeDescription.href
    assert(link:find(each.code:gsub('%.', '[./]')), link)
  end
end)

step('hover', function()
  go_to('endpoint rush', 'rush')
  vim.lsp.buf.hover()
  wait('a floating window', float)
  local text = table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(float()), 0, -1, false), '\n')
  assert(text:find('rush'), text)
  vim.api.nvim_win_close(float(), true)
end)

step('a syntax error and its undoing', function()
  local line = go_to('resource Order')
  vim.api.nvim_buf_set_lines(0, line - 1, line - 1, false, { '  endpoint broken GET' })
  wait(function()
    return 'a syntax error beside the other findings, got ' .. vim.inspect(codes())
  end, function()
    local all = table.concat(codes(), ' ')
    return all:find('syntax%.') and finding('auth.missing_authorization') and finding('scale.call_without_timeout')
  end)
  vim.api.nvim_buf_set_lines(0, line - 1, line, false, {})
  wait('the findings as before', function()
    return #codes() == 2
  end)
end)

--- What the command line makes of lines.
local function formatted_by_command_line(lines)
  local script = ('cd %s && %s fmt -'):format(vim.fn.shellescape(folder), vim.fn.shellescape(server))
  local wanted = vim.fn.systemlist(script, lines)
  assert(vim.v.shell_error == 0, vim.inspect(wanted))
  return wanted
end

step('formatting', function()
  local before = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  -- Blanks in disorder, an emoji before them.
  local ugly = {}
  for _, line in ipairs(before) do
    line = line:gsub('^  stack none', '      stack   none   // 👩‍⚕️')
    table.insert(ugly, (line:gsub('^team CareTeam { ', 'team   CareTeam{'):gsub('^    id: uuid @id', '        id:uuid    @id')))
  end
  local wanted = formatted_by_command_line(ugly)
  assert(not vim.deep_equal(wanted, ugly))
  vim.api.nvim_buf_set_lines(0, 0, -1, false, ugly)
  if vim.lsp.buf.format then
    local line = go_to('id:uuid')
    local wider = vim.deepcopy(ugly)
    wider[line] = '    id: uuid @id'
    vim.lsp.buf.format({ timeout_ms = 10000, range = { start = { line, 0 }, ['end'] = { line, #ugly[line] } } })
    equal(vim.api.nvim_buf_get_lines(0, 0, -1, false), wider, 'the range')
    vim.lsp.buf.format({ timeout_ms = 10000 })
  else
    vim.lsp.buf.formatting_sync(nil, 10000)
  end
  equal(vim.api.nvim_buf_get_lines(0, 0, -1, false), wanted, 'the whole')
  vim.api.nvim_buf_set_lines(0, 0, -1, false, before)
  wait('the findings as before', function()
    return #codes() == 2
  end)
end)

step('fixes', function()
  fix('auth.missing_authorization', '[Aa]llow')
  fix('scale.call_without_timeout', '[Tt]imeout')
  equal(codes(), {}, 'findings after the fixes')
  vim.cmd('silent write')
end)

step('generation by command and by code action', function()
  local wanted = generated_by_command_line()
  local done, failed = false, nil
  archwright.generate('Orders', function(err)
    done, failed = true, err
  end)
  wait('the generation ends', function()
    return done
  end)
  equal(failed, nil, 'error of the generation')
  check_generated(wanted)

  remove_generated()
  vim.cmd('ArchwrightGenerate Orders')
  check_generated(wanted)

  remove_generated()
  go_to('service Orders')
  local what = choose('^Generate service Orders$')
  vim.lsp.buf.code_action({ context = { only = { 'source.archwright.generate' }, diagnostics = {} } })
  wait(what, function()
    return next(tree(folder)) ~= nil
  end)
  check_generated(wanted)
end)

step('generating again keeps an edit that was not written yet', function()
  local name = folder .. '/services/orders/README.md'
  vim.cmd('edit ' .. vim.fn.fnameescape(name))
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'Written by hand.', '' })
  vim.cmd('edit ' .. vim.fn.fnameescape(folder .. '/clinic.arch'))
  local done = false
  archwright.generate('Orders', function()
    done = true
  end)
  wait('the generation ends', function()
    return done
  end)
  equal(vim.fn.readfile(name, '', 1), { 'Written by hand.' }, 'first line on disk')
  vim.cmd('bwipeout ' .. vim.fn.bufnr(name))
end)

step('an example, with the findings of the command line', function()
  local example = os.getenv('ARCHWRIGHT_EXAMPLE')
  local script = 'cd %s && %s check --format json'
  local report = vim.fn.json_decode(vim.fn.system(script:format(vim.fn.shellescape(example), vim.fn.shellescape(server))))
  local wanted = {}
  for _, each in ipairs(report.findings) do
    wanted[each.file] = wanted[each.file] or {}
    table.insert(wanted[each.file], each.code)
  end
  assert(vim.tbl_count(wanted) > 2, vim.inspect(report))
  for file, expected in pairs(wanted) do
    table.sort(expected)
    vim.cmd('edit ' .. vim.fn.fnameescape(example .. '/' .. file))
    wait(function()
      return ('the findings of %s, %s; got %s'):format(file, vim.inspect(expected), vim.inspect(codes()))
    end, function()
      return vim.deep_equal(codes(), expected)
    end)
    vim.cmd('bwipeout')
  end
  vim.cmd('edit ' .. vim.fn.fnameescape(folder .. '/clinic.arch'))
  for _, client in ipairs(archwright.clients()) do
    if client.config.root_dir ~= archwright.root(folder .. '/clinic.arch') then
      vim.lsp.stop_client(client.id)
    end
  end
  wait('the server of the example ends', function()
    return #archwright.clients() == 1
  end)
end)

step('restart', function()
  local old = archwright.clients()[1].id
  vim.cmd('ArchwrightRestart')
  wait('another client', function()
    local clients = archwright.clients()
    return #clients == 1 and clients[1].id ~= old
  end)
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'endpoint broken GET' })
  wait('findings of the new server', function()
    return #codes() > 0
  end)
  vim.api.nvim_buf_set_lines(0, 0, 1, false, {})
end)

step('a missing server is said once, with what to do', function()
  local cmd, said, notify = archwright.options.cmd, {}, vim.notify
  vim.notify = function(message)
    table.insert(said, message)
  end
  archwright.setup({ cmd = { '/nowhere/archwright', 'lsp' } })
  for _, name in ipairs({ 'one', 'two' }) do
    vim.cmd('edit ' .. vim.fn.fnameescape(folder .. '/' .. name .. '.arch'))
    vim.cmd('bwipeout!')
  end
  vim.notify = notify
  archwright.setup({ cmd = cmd })
  equal(#said, 1, 'messages')
  assert(said[1]:find('/nowhere/archwright', 1, true) and said[1]:find('cargo xtask install', 1, true), said[1])
end)

step('snippets', function()
  vim.cmd('enew')
  vim.bo.filetype = 'archwright'
  vim.cmd('ArchwrightSnippet entity')
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  assert(text:find('entity Order {\n  id: uuid @id', 1, true), text)
  assert(not text:find('%${'), text)
  vim.cmd('bwipeout!')
end)

step('health', function()
  vim.cmd('checkhealth archwright')
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  assert(report:find('archwright') and not report:find('ERROR') and not report:find('WARNING'), report)
end)

vim.cmd('edit ' .. vim.fn.fnameescape(folder .. '/clinic.arch'))
support.run()
