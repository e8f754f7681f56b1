" Not the filetype `arch`: Vim gives that name to the inventory files of GNU Arch.
autocmd BufRead,BufNewFile *.arch setlocal filetype=archwright
