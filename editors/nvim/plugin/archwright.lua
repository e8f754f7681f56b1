if vim.g.loaded_archwright then
  return
end
vim.g.loaded_archwright = true

local group = vim.api.nvim_create_augroup('archwright', {})
vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = 'archwright',
  desc = 'Colour a blueprint and start the Archwright server',
  callback = function(event)
    require('archwright.highlight').start(event.buf)
    require('archwright').attach(event.buf)
  end,
})

-- Not a blueprint, but the server says what is wrong in it and how to mend it.
vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
  group = group,
  pattern = 'archwright.toml',
  desc = 'Let the Archwright server look at its configuration',
  callback = function(event)
    require('archwright').attach(event.buf)
  end,
})

vim.api.nvim_create_user_command('ArchwrightGenerate', function(command)
  require('archwright').generate(command.args ~= '' and command.args or nil)
end, { nargs = '?', desc = 'Generate one service, or every service' })

vim.api.nvim_create_user_command('ArchwrightRestart', function()
  require('archwright').restart()
end, { desc = 'Stop the Archwright server and start it again' })

vim.api.nvim_create_user_command('ArchwrightSnippet', function(command)
  require('archwright.snippets').insert(command.args)
end, {
  nargs = 1,
  desc = 'Insert a snippet of the Archwright language',
  complete = function(lead)
    return require('archwright.snippets').complete(lead)
  end,
})
