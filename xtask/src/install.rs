//! Putting everything in place for a user.

use std::path::PathBuf;

use crate::shell::{Outcome, command, copy, exit_code, has, headline, npm, remove, root, run};

/// Installs the binary with cargo, the extension into VS Code where there is one, the plugin where Neovim finds it.
pub(crate) fn install() -> Outcome<()> {
    headline("installing the archwright program");
    run(&mut command(
        "cargo",
        ["install", "--locked", "--path", "server/archwright"],
    ))?;

    headline("packaging the VS Code extension");
    let extension = root().join("editors/vscode");
    for step in [
        &["ci", "--no-audit", "--no-fund"][..],
        &["run", "build"],
        &["run", "package"],
    ] {
        run(command(npm(), step).current_dir(&extension))?;
    }
    let vsix = extension.join("archwright.vsix");
    let editors: Vec<&str> = ["code", "codium", "code-server"]
        .into_iter()
        .filter(|editor| has(editor))
        .collect();
    for editor in &editors {
        let mut install = command(editor, ["--install-extension"]);
        install.arg(&vsix);
        if exit_code(&mut install)? != 0 {
            println!(
                "{editor} did not take the extension; install it by hand: {}",
                vsix.display()
            );
        }
    }
    if editors.is_empty() {
        println!(
            "no VS Code on PATH; in VS Code choose \"Install from VSIX\" and take {}",
            vsix.display()
        );
    }

    headline("installing the Neovim plugin");
    let plugin = neovim_data()?.join("site/pack/archwright/start/archwright");
    remove(&plugin)?;
    copy(&root().join("editors/nvim"), &plugin)?;
    crate::grammars::parser::compile_for_neovim(&plugin)?;
    println!("{}", plugin.display());
    println!("\nOpen a folder with .arch files in either editor; `archwright init` makes a first one.");
    Ok(())
}

/// Neovim's folder for data, as Neovim finds it.
fn neovim_data() -> Outcome<PathBuf> {
    if let Some(data) = std::env::var_os("XDG_DATA_HOME") {
        return Ok(PathBuf::from(data).join("nvim"));
    }
    if cfg!(windows) {
        let data = std::env::var_os("LOCALAPPDATA").ok_or("LOCALAPPDATA is not set")?;
        return Ok(PathBuf::from(data).join("nvim-data"));
    }
    let home = std::env::var_os("HOME").ok_or("HOME is not set, so that Neovim's folder is not known")?;
    Ok(PathBuf::from(home).join(".local/share/nvim"))
}
