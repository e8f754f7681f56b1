#![allow(clippy::disallowed_methods)]
use archwright_grammar::format::{Options, format};
fn main() {
    for path in std::env::args().skip(1) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let out = format(&text, &Options::default());
        let again = format(&out, &Options::default());
        if out != again {
            println!("NOT IDEMPOTENT {path}");
            std::fs::write("/tmp/again.txt", &again).unwrap();
        }
        let name = format!("/tmp/fmt/{}", path.replace('/', "_"));
        std::fs::write(&name, &out).unwrap();
    }
}
