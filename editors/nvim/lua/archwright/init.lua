--- The client of `archwright lsp` for Neovim 0.7 to 0.12. It starts the server and passes commands on; everything
--- about blueprints is the server's business.
local M = {}

local NAME = 'archwright'
local GENERATE = 'archwright.generate'
local MISSING = '`%s` is not an executable program, so blueprints are not checked. '
  .. 'Run `cargo xtask install` in the Archwright repository, or name the program: '
  .. "require('archwright').setup({ cmd = { '/path/to/archwright', 'lsp' } })"

--- What `setup` may change.
M.options = {
  --- The server's command line.
  cmd = { 'archwright', 'lsp' },
  --- Called as `on_attach(client, bufnr)`; nil to do nothing.
  on_attach = nil,
  --- Client capabilities to use instead of Neovim's own, such as those of a completion plugin.
  capabilities = nil,
}

--- Clients by root, for versions before 0.8, which do not look for a running one themselves.
local by_root = {}
--- Told once per session that the server is missing.
local warned = false

local function notify(message, level)
  vim.notify('archwright: ' .. message, level)
end

--- The blueprint's folder: the nearest one upwards with an `archwright.toml`, else the file's own.
function M.root(file)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local found = vim.fn.findfile('archwright.toml', vim.fn.escape(folder, ' ,;\\') .. ';')
  return found ~= '' and vim.fn.fnamemodify(found, ':p:h') or folder
end

--- Corrects what Neovim says of itself before the server reads it.
local function before_init(params)
  local capabilities = params.capabilities
  -- The server writes the files that it generates: applied as edits they would stay unsaved buffers here, and Neovim
  -- adds an empty line to a new buffer. Offering no file operations is how a client says so. An empty list and not
  -- nil, because a table without entries would be sent as a list instead of an object.
  if capabilities.workspace and capabilities.workspace.workspaceEdit then
    capabilities.workspace.workspaceEdit.resourceOperations = {}
  end
  -- Neovim 0.10 and 0.11 ask for findings when a buffer is edited, and cannot be told to ask again: what an edit changes in
  -- other buffers would not be seen there. Where nothing asks, the server sends them.
  local refreshes = vim.tbl_get(capabilities, 'workspace', 'diagnostics', 'refreshSupport')
  if capabilities.textDocument and not refreshes then
    capabilities.textDocument.diagnostic = nil
  end
  -- Neovim keeps the link of a finding (`user_data.lsp.codeDescription`) without saying so.
  for _, kind in ipairs({ 'publishDiagnostics', 'diagnostic' }) do
    local diagnostics = capabilities.textDocument and capabilities.textDocument[kind]
    if diagnostics then
      diagnostics.codeDescriptionSupport = true
    end
  end
end

--- Called when a buffer is attached: the user's own function comes after ours.
local function attached(client, bufnr)
  if vim.bo[bufnr].filetype ~= 'archwright' then
    return
  end
  vim.bo[bufnr].omnifunc = 'v:lua.vim.lsp.omnifunc'
  if M.options.on_attach then
    M.options.on_attach(client, bufnr)
  end
end

--- The client's configuration for one root, in the form that every supported version takes.
function M.config(root)
  return {
    name = NAME,
    cmd = M.options.cmd,
    root_dir = root,
    capabilities = M.options.capabilities or vim.lsp.protocol.make_client_capabilities(),
    before_init = before_init,
    on_attach = attached,
    get_language_id = function(bufnr)
      return vim.bo[bufnr].filetype == 'archwright' and 'arch' or 'toml'
    end,
  }
end

--- Starts the server for a buffer with a blueprint, or joins the one that already serves its folder.
function M.attach(bufnr)
  local file = vim.api.nvim_buf_get_name(bufnr)
  -- Buffers without a file and those of other plugins (`fugitive://…`) are none of the server's.
  if file == '' or file:match('^%a[%w+.-]+://') then
    return
  end
  if vim.fn.executable(M.options.cmd[1]) == 0 then
    if not warned then
      warned = true
      notify(MISSING:format(M.options.cmd[1]), vim.log.levels.ERROR)
    end
    return
  end
  local root = M.root(file)
  if vim.lsp.start then
    vim.lsp.start(M.config(root), { bufnr = bufnr })
    return
  end
  local id = by_root[root]
  if not (id and vim.lsp.get_client_by_id(id)) then
    id = vim.lsp.start_client(M.config(root))
    by_root[root] = id
  end
  if id then
    vim.lsp.buf_attach_client(bufnr, id)
  end
end

--- Changes options; see |archwright-setup|.
function M.setup(options)
  M.options = vim.tbl_extend('force', M.options, options or {})
  warned = false
end

--- All running clients of ours.
function M.clients()
  local all = vim.lsp.get_clients and vim.lsp.get_clients({ name = NAME }) or vim.lsp.get_active_clients()
  return vim.tbl_filter(function(client)
    return client.name == NAME
  end, all)
end

--- The client of the current buffer, else any.
local function client_here()
  local bufnr = vim.api.nvim_get_current_buf()
  local clients = M.clients()
  for _, client in ipairs(clients) do
    if vim.lsp.buf_is_attached(bufnr, client.id) then
      return client
    end
  end
  return clients[1]
end

local function request(client, method, params, done)
  -- Functions of a client became methods in 0.11.
  if vim.fn.has('nvim-0.11') == 1 then
    client:request(method, params, done)
  else
    client.request(method, params, done)
  end
end

--- The server merges what is on disk, so edits below its root are written first. False if one could not be.
local function write_buffers(root)
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    local below = vim.startswith(vim.api.nvim_buf_get_name(bufnr), root .. '/')
    if below and vim.bo[bufnr].modified and vim.bo[bufnr].buftype == '' then
      local written, problem = pcall(vim.api.nvim_buf_call, bufnr, function()
        vim.cmd('silent write')
      end)
      if not written then
        notify('nothing was generated, because a buffer could not be written. ' .. problem, vim.log.levels.ERROR)
        return false
      end
    end
  end
  return true
end

--- Runs the server's command that generates; `done(err)` is called at the end.
local function run_generation(client, arguments, done)
  if not write_buffers(client.config.root_dir) then
    return
  end
  local params = { command = GENERATE, arguments = arguments }
  request(client, 'workspace/executeCommand', params, function(err)
    if err then
      notify(err.message or tostring(err), vim.log.levels.ERROR)
    end
    -- Generated files that are open in a buffer are read again.
    vim.cmd('silent! checktime')
    if done then
      done(err)
    end
  end)
end

-- Code actions that generate come here instead of going straight to the server.
vim.lsp.commands[GENERATE] = function(command, context)
  run_generation(vim.lsp.get_client_by_id(context.client_id), command.arguments)
end

--- Lets the server generate one service, or every service when `service` is nil. `done(err)` is called at the end.
function M.generate(service, done)
  local client = client_here()
  if not client then
    notify('no server is running, so nothing can be generated. Open a blueprint first.', vim.log.levels.ERROR)
    return
  end
  run_generation(client, service and { { service = service } } or nil, done)
end

local function stop(client)
  if vim.fn.has('nvim-0.11') == 1 then
    client:stop()
  else
    client.stop()
  end
end

--- Stops the servers and starts them again for the same buffers.
function M.restart()
  local buffers = {}
  local stopping = M.clients()
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    local file = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':t')
    local served = vim.bo[bufnr].filetype == NAME or file == 'archwright.toml'
    if vim.api.nvim_buf_is_loaded(bufnr) and served then
      table.insert(buffers, bufnr)
    end
  end
  for _, client in ipairs(stopping) do
    stop(client)
  end
  by_root = {}
  warned = false
  -- Until it is gone, Neovim would join the buffers to the old client again. A server that does not end by itself
  -- within two seconds is not waited for any longer.
  vim.wait(2000, function()
    return #vim.tbl_filter(function(client)
      return vim.lsp.get_client_by_id(client.id) ~= nil
    end, stopping) == 0
  end, 20)
  for _, bufnr in ipairs(buffers) do
    -- Neovim 0.8 attaches the current buffer only.
    vim.api.nvim_buf_call(bufnr, function()
      M.attach(bufnr)
    end)
  end
end

return M
