-- A user's configuration with nothing in it but this plugin; paths come from run.sh.
vim.opt.runtimepath:prepend(os.getenv('ARCHWRIGHT_PLUGIN'))
vim.opt.hidden = true
vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
require('archwright').setup({ cmd = { os.getenv('ARCHWRIGHT_SERVER'), 'lsp' } })
